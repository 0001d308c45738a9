// Tests of one rule for all clients: an answer whose provider gives it no id and no time has those
// of the request.
#include <gtest/gtest.h>

#include "dialect/test_reading.h"

namespace wye {
namespace {

constexpr DialectId clients[]{DialectId::openai, DialectId::openai_responses, DialectId::anthropic,
                              DialectId::gemini, DialectId::cohere,           DialectId::ollama};

std::string stream_of(DialectId client, const Ask& ask, const StartDelta* start) {
  const auto writer = dialect_of(client)->open_writer(ask);
  std::string out;
  if (start != nullptr) writer->write({0, *start}, out);
  writer->write({0, TextDelta{"Hello"}}, out);
  writer->write({0, FinishDelta{.reason = FinishReason::stop, .text = {}, .stop_sequence = {}}},
                out);
  writer->finish(out);
  return out;
}

TEST(AnswerId, streams_without_one_have_the_requests) {
  Ask ask;
  ask.answer_id = "req-77";
  ask.answer_created = 1'700'000'000;
  const StartDelta nameless{.id = "", .model = "m", .created = 0};
  for (const DialectId client : clients) {
    // Responses has ids of its own making, Ollama has none.
    const bool made = client == DialectId::openai_responses;
    for (const StartDelta* start : {static_cast<const StartDelta*>(nullptr), &nameless}) {
      const std::string out = stream_of(client, ask, start);
      EXPECT_NE(out, stream_of(client, Ask(), start)) << to_string(client);
      const bool named = out.find("req-77") != std::string::npos;
      EXPECT_EQ(named, !made && client != DialectId::ollama) << to_string(client);
      EXPECT_EQ(out.find(":1700000000") != std::string::npos ||
                    out.find("2023-11-14T22:13:20") != std::string::npos,
                client == DialectId::openai || made || client == DialectId::ollama)
          << to_string(client);
    }
  }
}

TEST(AnswerId, the_providers_own_counts_more) {
  Ask ask;
  ask.answer_id = "req-77";
  ask.answer_created = 1'700'000'000;
  const StartDelta named{.id = "gen-1", .model = "m", .created = 1'600'000'000};
  for (const DialectId client : clients) {
    EXPECT_EQ(stream_of(client, ask, &named), stream_of(client, Ask(), &named))
        << to_string(client);
  }
}

}  // namespace
}  // namespace wye
