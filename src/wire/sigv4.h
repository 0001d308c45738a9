// AWS Signature Version 4: proves with a shared secret that a request is its owner's, without
// sending the secret. Pure; time and credentials are arguments. Any thread.
//
// The path and the query are given as they stand on the request line. Of the path every segment is
// encoded once more for the signature, as all services but S3 want it: a model id that stands as
// "a%3Ab" on the line is signed as "a%253Ab".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"
#include "wire/http1.h"

namespace wye {

// The secrets are never printed, logged or recorded.
struct AwsCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // of temporary credentials, else ""
};

struct AwsService {
  std::string region;  // "eu-central-1"
  std::string name;    // "bedrock"
};

struct AwsRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query = {};                  // without its question mark
  std::span<const Header> headers;              // those that are signed; host must be among them
  std::span<const std::string_view> body = {};  // in pieces
};

// Habits of services; Bedrock has the usual ones.
struct AwsSigning {
  bool normalize_path = true;         // "/a/./b//c" is signed as "/a/b/c"
  bool send_body_hash = false;        // adds x-amz-content-sha256
  bool sign_session_token = true;     // some want the token added after signing
  DurationMs expires_ms = 3'600'000;  // of a signed address
};

struct AwsSignature {
  std::vector<std::pair<std::string, std::string>> headers;  // to be added to the request
  std::string query;              // of a signed address: replaces the request's query
  std::string canonical_request;  // what was signed, for a look at what a service objects to
  std::string string_to_sign;
  std::string signature;
};

// Signs by headers: authorization, x-amz-date, and x-amz-security-token for temporary credentials.
AwsSignature sign_by_headers(const AwsRequest& request, const AwsCredentials& credentials,
                             const AwsService& service, TimeMs now, const AwsSigning& signing = {});
// Signs by the query: an address that whoever has it may use until it expires.
AwsSignature sign_by_query(const AwsRequest& request, const AwsCredentials& credentials,
                           const AwsService& service, TimeMs now, const AwsSigning& signing = {});

}  // namespace wye
