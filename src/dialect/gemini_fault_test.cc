// Tests of Gemini's errors: read from Google, and written for its clients.
#include <gtest/gtest.h>

#include "dialect/json_walk.h"
#include "dialect/test_gemini.h"

namespace wye {
namespace {

class GeminiFault : public testing::Test {
 protected:
  Fault read(int status, std::string body, const Headers& headers = {}) {
    return gemini::read_fault(reader, status, headers, body, 0);
  }
  JsonReader reader;
};

std::string quota_body(const std::string& id) {
  return R"({"error":{"code":429,"message":"You exceeded your current quota.","status":
    "RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure",
    "violations":[{"quotaMetric":"m","quotaId":")" +
         id + R"("}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}})";
}

TEST_F(GeminiFault, the_id_of_a_quota_tells_minutes_from_days) {
  const Fault minute = read(429, quota_body("GenerateRequestsPerMinutePerProjectPerModel"));
  EXPECT_EQ(minute.kind, FaultKind::rate_limit);
  EXPECT_EQ(minute.retry_after_ms, 34000);
  EXPECT_EQ(read(429, quota_body("GenerateRequestsPerDayPerProjectPerModel-FreeTier")).kind,
            FaultKind::quota);
}

TEST_F(GeminiFault, an_array_around_an_error_changes_nothing) {
  const Fault wrapped = read(429, "[" + quota_body("GenerateRequestsPerMinute") + "]");
  EXPECT_EQ(wrapped.kind, FaultKind::rate_limit);
  EXPECT_EQ(wrapped.retry_after_ms, 34000);
}

TEST_F(GeminiFault, kinds_by_words_of_google) {
  const auto kind = [&](int status, const std::string& message, const std::string& word) {
    return read(status, R"({"error":{"code":)" + std::to_string(status) + R"(,"message":")" +
                            message + R"(","status":")" + word + R"("}})")
        .kind;
  };
  EXPECT_EQ(kind(429, "Resource has been exhausted (e.g. check quota).", "RESOURCE_EXHAUSTED"),
            FaultKind::rate_limit);
  EXPECT_EQ(kind(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT"),
            FaultKind::auth);
  EXPECT_EQ(kind(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"),
            FaultKind::auth);
  EXPECT_EQ(kind(403, "Permission denied.", "PERMISSION_DENIED"), FaultKind::permission);
  EXPECT_EQ(kind(404, "models/x is not found for API version v1beta", "NOT_FOUND"),
            FaultKind::model_gone);
  EXPECT_EQ(
      kind(400, "The input token count (1250074) exceeds the maximum number of tokens allowed",
           "INVALID_ARGUMENT"),
      FaultKind::context_window);
  EXPECT_EQ(kind(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
            FaultKind::overloaded);
  EXPECT_EQ(kind(500, "An internal error has occurred.", "INTERNAL"), FaultKind::outage);
  EXPECT_EQ(kind(504, "Deadline expired before operation could complete.", "DEADLINE_EXCEEDED"),
            FaultKind::timeout);
}

TEST_F(GeminiFault, the_header_outranks_the_body) {
  Headers headers;
  headers.add({"retry-after", "2"});
  EXPECT_EQ(read(429, quota_body("GenerateRequestsPerMinute"), headers).retry_after_ms, 2000);
}

TEST_F(GeminiFault, clients_get_googles_shape) {
  Fault bad = fault(FaultKind::rate_limit, "Slow \"down\"");
  bad.code = "rate_limit_exceeded";
  bad.retry_after_ms = 1500;
  const std::string text = gemini::write_fault(bad, "req_1", Ask());
  EXPECT_EQ(text,
            R"({"error":{"code":429,"message":"Slow \"down\"","status":"RESOURCE_EXHAUSTED",)"
            R"("details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
            R"("reason":"rate_limit_exceeded","domain":"gateway","metadata":)"
            R"({"request_id":"req_1","class":"rate_limit"}},)"
            R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.500s"}]}})");
  EXPECT_EQ(gemini::write_fault_event(bad, "req_1", Ask()), "data: " + text + "\r\n\r\n");
  // What we write we can read.
  const Fault again = read(429, text);
  EXPECT_EQ(again.kind, FaultKind::rate_limit);
  EXPECT_EQ(again.retry_after_ms, 1500);
}

// A client that did not ask for events reads one JSON array, errors and all.
TEST_F(GeminiFault, arrays_stay_arrays) {
  Ask ask;
  ask.stream_as_array = true;
  const Fault bad = fault(FaultKind::outage, "it broke\n]");
  const auto is_array_of = [this](const std::string& text) {
    std::string document = R"({"all":)" + text + "}";
    pad(document);
    int elements = 0;
    const auto done = reader.read_object(document, [&](JsonObject& root) -> Result<void> {
      return walk::members(root, [&](walk::Member& member) -> Result<void> {
        walk::elements_if(member.value,
                          [&](JsonValue& each) { elements += walk::is_object(each); });
        return {};
      });
    });
    return done ? elements : -1;
  };
  EXPECT_EQ(is_array_of(gemini::write_fault(bad, "r", ask)), 1);

  const auto writer = gemini::open_writer(ask);
  std::string stream;
  writer->write({0, TextDelta{"Hel"}}, stream);
  EXPECT_EQ(is_array_of(stream + gemini::write_fault_event(bad, "r", ask)), 2);
  writer->write({0, TextDelta{"lo"}}, stream);
  EXPECT_EQ(is_array_of(stream + gemini::write_fault_event(bad, "r", ask)), 3);
}

TEST_F(GeminiFault, every_kind_has_a_status_word) {
  for (int i = 0; i < fault_kind_count; ++i) {
    const Fault each = fault(static_cast<FaultKind>(i), "x");
    const std::string text = gemini::write_fault(each, "r", Ask());
    EXPECT_NE(text.find(R"("code":)" + std::to_string(traits(each.kind).status)),
              std::string::npos);
    EXPECT_EQ(text.find(R"("status":"")"), std::string::npos);
  }
}

}  // namespace
}  // namespace wye
