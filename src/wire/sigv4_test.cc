// Tests of the AWS signature: what Bedrock needs of it. The published suite is in
// sigv4_corpus_test.cc; the signature here was made by an independent calculation.
#include "wire/sigv4.h"

#include <gtest/gtest.h>

#include "wire/url_encode.h"

namespace wye {
namespace {

constexpr TimeMs now = 1767323045 * std::int64_t{1000};
const AwsService bedrock{"eu-central-1", "bedrock"};
const AwsCredentials temporary{"AKID", "secret", "TOKEN/+="};
const Header lines[]{{"Content-Type", "application/json"},
                     {"Host", "bedrock-runtime.eu-central-1.amazonaws.com"}};
const std::string_view body[]{R"({"messages")", R"(:[]})"};

AwsRequest converse() { return {"POST", "/model/us.acme.model-v1%3A0/converse", {}, lines, body}; }

TEST(SigV4, signs_a_call_of_bedrock) {
  const AwsSignature made = sign_by_headers(converse(), temporary, bedrock, now);
  EXPECT_EQ(made.signature, "4593d274c2e8954a738a52dbec2daabb02f66f7980e719cab4f408d54f69e814");
  ASSERT_EQ(made.headers.size(), 3u);
  EXPECT_EQ(made.headers[0].first, "x-amz-date");
  EXPECT_EQ(made.headers[0].second, "20260102T030405Z");
  EXPECT_EQ(made.headers[1].first, "x-amz-security-token");
  EXPECT_EQ(made.headers[1].second, "TOKEN/+=");
  EXPECT_EQ(made.headers[2].second,
            "AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-central-1/bedrock/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
            "Signature=" +
                made.signature);
}

TEST(SigV4, encodes_an_encoded_model_once_more) {
  const AwsSignature made = sign_by_headers(converse(), temporary, bedrock, now);
  EXPECT_NE(made.canonical_request.find("/model/us.acme.model-v1%253A0/converse\n"),
            std::string::npos);
}

TEST(SigV4, every_part_counts) {
  const std::string first = sign_by_headers(converse(), temporary, bedrock, now).signature;
  const auto differs = [&](const AwsRequest& request, const AwsCredentials& credentials,
                           const AwsService& service, TimeMs time) {
    return sign_by_headers(request, credentials, service, time).signature != first;
  };
  AwsRequest other = converse();
  other.body = std::span(body).first(1);
  EXPECT_TRUE(differs(other, temporary, bedrock, now));
  other = converse();
  other.query = "a=b";
  EXPECT_TRUE(differs(other, temporary, bedrock, now));
  other = converse();
  other.headers = std::span(lines).last(1);
  EXPECT_TRUE(differs(other, temporary, bedrock, now));
  EXPECT_TRUE(differs(converse(), {"AKID", "secret", ""}, bedrock, now));
  EXPECT_TRUE(differs(converse(), {"AKID", "Secret", "TOKEN/+="}, bedrock, now));
  EXPECT_TRUE(differs(converse(), temporary, {"us-east-1", "bedrock"}, now));
  EXPECT_TRUE(differs(converse(), temporary, bedrock, now + 1000));
  EXPECT_FALSE(differs(converse(), temporary, bedrock, now + 999));
}

TEST(SigV4, survives_odd_requests) {
  const AwsRequest odd{"GET", "", "&&=&x&%zz=%", {}, {}};
  const AwsSignature made = sign_by_query(odd, {}, {}, 0);
  EXPECT_EQ(made.signature.size(), 64u);
  EXPECT_TRUE(made.canonical_request.starts_with("GET\n/\n=&"));
}

TEST(UrlEncode, leaves_only_what_is_safe_anywhere) {
  EXPECT_EQ(url_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(url_encode("arn:aws:x/y z\xc3\xa4"), "arn%3Aaws%3Ax%2Fy%20z%C3%A4");
  EXPECT_EQ(url_encode("/a/b:c", "/"), "/a/b%3Ac");
}

}  // namespace
}  // namespace wye
