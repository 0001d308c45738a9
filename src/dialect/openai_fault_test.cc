// Tests of reading and writing faults.
#include <gtest/gtest.h>

#include "dialect/dialect.h"

namespace wye {
namespace {

struct Answered {
  int status;
  std::string body;
  FaultKind kind;
  std::string code = {};
  std::int64_t wait_ms = -1;
};

Fault read(int status, std::string body, const Headers& headers = {}, TimeMs now = 0) {
  JsonReader reader;
  return dialect_of(DialectId::openai)->read_fault(reader, status, headers, body, now);
}

TEST(OpenaiFault, classifies_bodies_of_every_shape) {
  using enum FaultKind;
  const Answered cases[] = {
      {401, "", auth},
      {403, "", permission},
      {404, R"({"error":{"message":"No such File object: file-x","type":"invalid_request_error"}})",
       bad_request},
      {403, R"({"error":{"message":"No such File object: file-x"}})", bad_request},
      {403, R"({"error":{"message":"File not found: file_011"}})", bad_request},
      {404, R"({"error":{"message":"File not found: file_011","type":"not_found_error"}})",
       bad_request},
      {404, R"({"error":{"message":"You do not have permission to access the File x."}})",
       bad_request},
      {403,
       R"({"error":{"message":"You do not have permission to access the File x or it may not )"
       R"(exist.","status":"PERMISSION_DENIED"}})",
       bad_request},
      {404, "<html><title>404 Not Found</title></html>", model_gone},
      {502, "<html>", outage},
      {504, "upstream timed out", timeout},
      {529, "{}", overloaded},
      {400, R"({"error":{"message":"m","type":"invalid_request_error","code":null}})", bad_request},
      {400, R"({"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]})",
       bad_request},
      {422, R"({"detail":"nope"})", bad_request},
      {400,
       R"({"object":"error","message":"Invalid model: x","type":"invalid_model","code":"1500"})",
       model_gone, "1500"},
      {400, R"({"code":"invalid-argument","error":"Incorrect API key provided."})", auth,
       "invalid-argument"},
      {429,
       R"({"error":{"message":"Rate limit reached. Please try again in 1.2s.","type":"tokens",)"
       R"("code":"rate_limit_exceeded"}})",
       rate_limit, "rate_limit_exceeded", 1200},
      {429,
       R"({"error":{"message":"Request too large for m: Limit 5, Requested 6.",)"
       R"("code":"rate_limit_exceeded"}})",
       context_window, "rate_limit_request_too_large"},
      {429,
       R"({"error":{"message":"You exceeded your current quota","type":"insufficient_quota",)"
       R"("code":"insufficient_quota"}})",
       quota, "insufficient_quota"},
      {429,
       R"([{"error":{"code":429,"message":"You exceeded your current quota","status":)"
       R"("RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":)"
       R"("RequestsPerMinutePerProject"}]},{"retryDelay":"34s"}]}}])",
       rate_limit, "", 34000},
      {429,
       R"({"error":{"code":429,"message":"quota","details":[{"violations":[{"quotaId":)"
       R"("RequestsPerDayPerProject"}]}]}})",
       quota},
      {400, R"({"error":{"code":"content_filter","message":"filtered"}})", content_filter,
       "content_filter"},
      {413, R"({"error":{"type":"request_too_large","message":"x"}})", too_large},
      {400,
       R"({"error":{"code":400,"message":"Provider returned error","metadata":{"raw":)"
       R"("{\"error\":{\"message\":\"prompt is too long\",\"code\":\"bad\"}}"}}})",
       context_window, "bad"},
      {500, R"({"error":{"message":"boom","type":"server_error"}})", outage},
  };
  for (const Answered& each : cases) {
    const Fault fault = read(each.status, each.body);
    EXPECT_EQ(to_string(fault.kind), to_string(each.kind)) << each.body;
    EXPECT_EQ(fault.code, each.code) << each.body;
    EXPECT_EQ(fault.retry_after_ms, each.wait_ms) << each.body;
    EXPECT_EQ(fault.provider_status, each.status);
    EXPECT_FALSE(fault.message.empty());
  }
}

// Whoever has a value of its own quoted back must not take a deployment out for all others.
TEST(OpenaiFault, what_a_client_has_quoted_says_nothing_of_the_account) {
  using enum FaultKind;
  const auto wrong_value = [](const std::string& said, const std::string& rest = "}}") {
    return R"({"error":{"message":")" + said + "\"" + rest;
  };
  const std::string field = R"(,"param":"service_tier","code":null}})";
  const Answered cases[] = {
      {400, wrong_value("Invalid value: 'insufficient balance'. Supported values are: 'auto'."),
       bad_request},
      {400, wrong_value("unknown variant `invalid api key`, expected `auto`"), bad_request},
      {400, wrong_value(R"(It isn't known: \"spend limit\")"), bad_request},
      {400, wrong_value("Input tag 'a' out of credits 'b' does not match 'c'"), bad_request},
      {400, wrong_value("Invalid value: 'rate limit exceeded, try again in 60s"), bad_request},
      {400, wrong_value("Invalid value: 'invalid model'."), bad_request},
      {400, wrong_value("Invalid value: insufficient balance", field), bad_request},
      {400, wrong_value("Invalid value: overloaded", R"(,"code":"invalid_value"}})"), bad_request,
       "invalid_value"},
      // All of these are the provider's own words.
      {400, wrong_value("Your credit balance is too low; it isn't enough."), quota},
      {400, wrong_value("Provider 'x' answered: insufficient balance"), quota},
      {400, wrong_value("The model 'x' does not exist"), model_gone},
      {402, wrong_value("Invalid", field), quota},
      {429, wrong_value("Quota exceeded for 'requests per day' of 'x'."), quota},
  };
  for (const Answered& each : cases) {
    const Fault fault = read(each.status, each.body);
    EXPECT_EQ(to_string(fault.kind), to_string(each.kind)) << each.body;
    EXPECT_EQ(fault.code, each.code) << each.body;
  }
}

// A conversation that is not there is no model that is gone, but it may be in another account.
TEST(OpenaiFault, only_a_model_that_is_not_there_is_gone) {
  const auto missing = [](const std::string& said) {
    return read(404, R"({"error":{"message":")" + said + R"(","type":"invalid_request_error"}})");
  };
  for (const char* other : {"Conversation with id 'conv_model' not found.",
                            "Vector store vs_1 not found.", "Container not found: cntr_1"}) {
    const Fault fault = missing(other);
    EXPECT_EQ(fault.kind, FaultKind::bad_request) << other;
    EXPECT_EQ(fault.code, "not_found");
    EXPECT_TRUE(fault.only_here);
  }
  for (const char* model : {"model: x", "The deployment is not there.", "Resource not found"}) {
    EXPECT_EQ(missing(model).kind, FaultKind::model_gone) << model;
  }
  EXPECT_EQ(read(404, "").kind, FaultKind::model_gone);
}

TEST(OpenaiFault, bounds_messages_and_masks_keys) {
  const Fault fault = read(401, R"({"error":{"message":"Incorrect API key provided: sk-abcdef, or )"
                                R"(ab***yz. See docs."}})");
  EXPECT_EQ(fault.message, "Incorrect API key provided: [key], or [key] See docs.");
  const Fault more = read(
      401,
      R"({"error":{"message":"key=sk-abcdef123 [sk-abcdef123] Authorization: Bearer 9f8e7d6c5b; )"
      R"(the Bearer token is missing"}})");
  EXPECT_EQ(more.message,
            "key=[key] [[key] Authorization: Bearer [key] the Bearer token is missing");
  EXPECT_EQ(
      read(400, R"({"error":{"message":"model=xai-org/grok [sk-learn] sk-abc:def"}})").message,
      "model=xai-org/grok [sk-learn] [key]");
  const Fault longer =
      read(400, R"({"error":{"message":")" + std::string(5000, 'x') + "\xc3\xa4\"}}");
  EXPECT_LE(longer.message.size(), 2048u);
}

TEST(OpenaiFault, waits_as_headers_say) {
  Headers headers;
  headers.add({"x-ratelimit-remaining-tokens", "0"});
  headers.add({"x-ratelimit-reset-tokens", "1m3.2s"});
  EXPECT_EQ(read(429, "{}", headers).retry_after_ms, 63200);
  EXPECT_EQ(read(500, "{}", headers).retry_after_ms, -1);
  headers.add({"retry-after", "7"});
  EXPECT_EQ(read(429, R"({"error":"try again in 3s"})", headers).retry_after_ms, 7000);
  headers.add({"retry-after-ms", "250"});
  EXPECT_EQ(read(429, "{}", headers).retry_after_ms, 250);
}

TEST(OpenaiFault, writes_what_clients_read) {
  Fault bad = fault(FaultKind::bad_request, "messages[0].role must be a string");
  bad.param = "messages[0].role";
  const Dialect& openai = *dialect_of(DialectId::openai);
  EXPECT_EQ(
      openai.write_fault(bad, "req_1", Ask()),
      R"({"error":{"message":"messages[0].role must be a string","type":"invalid_request_error",)"
      R"("param":"messages[0].role","code":"bad_request"},)"
      R"("gateway":{"request_id":"req_1","class":"bad_request"}})");
  const std::string event =
      openai.write_fault_event(fault(FaultKind::stall, "silent"), "req_2", Ask());
  EXPECT_TRUE(event.starts_with(R"(data: {"error":{"message":"silent")"));
  EXPECT_TRUE(event.ends_with("}}\n\n"));
}

}  // namespace
}  // namespace wye
