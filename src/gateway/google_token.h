// Google tokens: what Vertex AI wants instead of a key. Fetched from Google with the account's
// credentials, kept until shortly before they expire. One a loop; on the loop's thread.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "core/google_credentials.h"
#include "gateway/limits.h"
#include "io/http_client.h"
#include "io/world.h"
#include "wire/json.h"

namespace wye {

class GoogleTokens {
 public:
  GoogleTokens(World& world, HttpClient& client) : world_(world), client_(client) {}

  // The token that is in hand and good for another minute, "" when one must be fetched.
  std::string_view find(const GoogleCredentials& credentials) const;
  // Fetches a token unless one is in hand. Faults: auth when Google refuses, outage, timeout.
  // `ca_file` has further trust anchors, "" for the system's.
  Async<Result<std::string>> fetch(const GoogleCredentials& credentials, const std::string& ca_file,
                                   MonoUs deadline);
  // The last that was fetched, good or not; "" when none was.
  std::string_view newest(const GoogleCredentials& credentials) const;
  // The provider refused the token that is in hand.
  void forget(const GoogleCredentials& credentials);

 private:
  struct Token {
    std::string text;
    MonoUs good_until = 0;
  };
  Result<Token> read_answer(std::string body, int status, MonoUs now);

  World& world_;
  HttpClient& client_;
  JsonReader json_;
  std::map<std::string, Token, std::less<>> tokens_;  // by account
};

}  // namespace wye
