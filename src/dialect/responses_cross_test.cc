// Tests between the Responses dialect and OpenAI's Chat Completions, over recorded traffic of both:
// a client of the one served by a provider of the other gets the same answer. Skipped where the
// recordings are absent.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/test_measured.h"
#include "dialect/test_responses.h"

namespace wye {
namespace {

using corpus::Dom;
using responses_test::joined;
using responses_test::Spelled;
using responses_test::Tally;

class ResponsesCross : public testing::Test {
 protected:
  void SetUp() override {
    if (!corpus::present()) GTEST_SKIP() << "corpus absent, skipped";
  }
  const Dialect& openai = *dialect_of(DialectId::openai);
  const Dialect& responses = responses_test::dialect;
  JsonReader reader;
};

// OpenAI says "stop" when a function was forced; a Responses answer with a call cannot say so.
Spelled with_calls(Spelled spelled) {
  const bool stop = spelled.finish == FinishReason::stop;
  if (stop && !spelled.calls.empty()) spelled.finish = FinishReason::tool_calls;
  return spelled;
}

// What the other side has no word for is a regular end there: no reason at all (old vision models),
// and reasons of the provider's own.
Spelled without_others(Spelled spelled) {
  const bool unnamed =
      spelled.finish == FinishReason::other || spelled.finish == FinishReason::none;
  if (unnamed) spelled.finish = FinishReason::stop;
  return with_calls(std::move(spelled));
}

void compare(Tally& tally, const Answer& before, const Answer& after, const std::string& id) {
  const std::string cause = without_others(responses_test::spelled(before))
                                .difference(without_others(responses_test::spelled(after)));
  tally.add(cause.empty(), cause, id);
}

void cross(const Dialect& from, const Dialect& to, JsonReader& reader, const Provider& where,
           const corpus::Exchange& exchange, Tally& whole, Tally& streams) {
  Ask ask;
  ask.client_wants_usage = true;
  const Provider other = corpus::provider_of("openai");
  if (!exchange.stream) {
    std::string body = exchange.answer;
    const auto answer = from.read_answer(reader, Endpoint::chat, body, where);
    if (!answer) return;
    std::string written = to.write_answer(*answer, ask);
    const auto second = to.read_answer(reader, Endpoint::chat, written, other);
    if (!second) return whole.add(false, second.error().message, exchange.id);
    return compare(whole, *answer, *second, exchange.id);
  }
  const auto deltas = responses_test::deltas_of(from, reader, where, exchange.answer);
  const Answer answer = responses_test::folded(deltas);
  if (answer.choices.empty()) return;
  const std::string written = responses_test::streamed(to, deltas, ask);
  compare(streams, answer,
          responses_test::folded(responses_test::deltas_of(to, reader, other, written)),
          exchange.id);
}

TEST_F(ResponsesCross, answers_of_responses_reach_chat_clients) {
  Tally whole, streams;
  for (const std::string_view file :
       {"openai", "azure", "xai", "openrouter", "deepseek", "chatgpt", "copilot", "bedrock"}) {
    corpus::for_each_exchange(file, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "responses" || exchange.status != 200) return;
      cross(responses, openai, reader, corpus::provider_of(file), exchange, whole, streams);
    });
  }
  whole.print("Responses answers written for Chat clients");
  streams.print("Responses streams written for Chat clients");
  EXPECT_GE(whole.percent(), 99.5);
  EXPECT_GE(streams.percent(), 99.5);
}

TEST_F(ResponsesCross, answers_of_chat_reach_responses_clients) {
  Tally whole, streams;
  for (const std::string_view file : corpus::compatible) {
    corpus::for_each_exchange(file, [&](const corpus::Exchange& exchange) {
      if (exchange.api != "chat" || exchange.status != 200) return;
      cross(openai, responses, reader, corpus::provider_of(file), exchange, whole, streams);
    });
  }
  whole.print("Chat answers written for Responses clients");
  streams.print("Chat streams written for Responses clients");
  EXPECT_GE(whole.percent(), 99.5);
  EXPECT_GE(streams.percent(), 99.5);
}

TEST_F(ResponsesCross, requests_of_responses_reach_chat_providers_and_come_back) {
  Tally tally;
  corpus::for_each_exchange("openai", [&](const corpus::Exchange& exchange) {
    if (exchange.api != "responses" || exchange.status != 200) return;
    auto ask = responses.read_ask(reader, {}, exchange.request);
    if (!ask) return;
    auto content = responses.read_content(reader, *ask);
    if (!content) return;
    Deployment deployment;
    deployment.model = "m";
    const Provider where = corpus::provider_of("openai");
    auto chat = openai.write_ask(*content, *ask, deployment, where);
    ASSERT_TRUE(chat.has_value()) << exchange.id;
    auto read = openai.read_ask(reader, {.endpoint = Endpoint::chat}, joined(*chat));
    tally.add(read.has_value(), read ? "" : read.error().message, exchange.id);
  });
  tally.print("Responses requests are Chat requests that can be read");
  EXPECT_GE(tally.percent(), 99.5);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Members of ours that the captured requests do not have, because their makers kept state.
bool is_added(std::string_view key) { return key == "store" || key == "include"; }

// Where the captures of one case do not ask for the same thing.
struct Excepted {
  std::string_view file, where, field, why;  // "" stands for all
};
constexpr Excepted excepted[]{
    {"followup-request.json", "", "input", "holds the answer that each provider gave"},
    {"", "reasoningRequest", "reasoning", "only the Responses capture names an effort"},
    {"", "reasoningWithOutput", "reasoning", "only the Responses capture names an effort"},
    {"", "reasoningSummaryParam", "reasoning", "only the Responses capture wants a summary"},
    {"", "openAIMultipleReasoningSignaturesReplayParam", "", "a library's own signature member"},
    {"", "simpleRequestTruncated", "max_output_tokens", "1 was refused, 16 is the least"},
    {"request.json", "parallelToolCallsRequest", "input", "items repeat an optional status"},
    {"request.json", "parallelToolCallsDisabledParam", "input", "worded differently"},
    {"request.json", "reasoningSummaryParam", "input", "worded differently"},
    {"request.json", "serviceTierParam", "input", "worded differently"},
    {"request.json", "storeDisabledParam", "input", "worded differently"},
    {"request.json", "textFormatJsonObjectParam", "input", "worded differently"},
    {"request.json", "textFormatJsonSchemaParam", "input", "worded differently"},
    {"request.json", "textFormatJsonSchemaWithDescriptionParam", "input", "worded differently"},
};

const Excepted* exception_of(std::string_view file, std::string_view where,
                             std::string_view field) {
  for (const Excepted& each : excepted) {
    const bool meant = (each.file.empty() || each.file == file) &&
                       (each.where.empty() || each.where == where) &&
                       (each.field.empty() || each.field == field);
    if (meant) return &each;
  }
  return nullptr;
}

TEST_F(ResponsesCross, translated_requests_are_those_that_were_captured) {
  Tally tally, exceptions;
  for (const auto& entry : std::filesystem::directory_iterator(corpus::folder() / "lingua/open")) {
    const std::string name = entry.path().filename();
    for (const char* file : {"request.json", "followup-request.json"}) {
      const std::string chat = file_text(entry.path() / "chat-completions" / file);
      const std::string captured = file_text(entry.path() / "responses" / file);
      if (chat.empty() || captured.empty()) continue;
      auto ask = openai.read_ask(reader, {.endpoint = Endpoint::chat}, chat);
      ASSERT_TRUE(ask.has_value()) << name;
      auto content = openai.read_content(reader, *ask);
      simdjson::dom::parser first, second;
      Dom theirs, ours;
      ASSERT_EQ(first.parse(captured).get(theirs), simdjson::SUCCESS);
      Deployment deployment;
      deployment.model = corpus::text_at(theirs, "/model");
      auto written = responses.write_ask(*content, *ask, deployment, Provider());
      if (!written) {
        tally.add(false, name + ": " + written.error().message, name);
        continue;
      }
      const std::string text = joined(*written);
      ASSERT_EQ(second.parse(text).get(ours), simdjson::SUCCESS);
      const simdjson::dom::object their_members = theirs.get_object().value_unsafe();
      const simdjson::dom::object our_members = ours.get_object().value_unsafe();
      for (const auto field : their_members) {
        Dom other;
        std::string cause = "missing";
        const bool equal = ours[field.key].get(other) == simdjson::SUCCESS &&
                           corpus::same(field.value, other, cause);
        if (const Excepted* each = exception_of(file, name, field.key)) {
          exceptions.add(equal, std::string(each->why), name);
          continue;
        }
        tally.add(equal, fmt::format("{} {} {}: {}", name, file, field.key, cause), name);
      }
      for (const auto field : our_members) {
        if (theirs[field.key].error() == simdjson::SUCCESS || is_added(field.key)) continue;
        tally.add(false, name + " " + file + " added " + std::string(field.key), name);
      }
    }
  }
  tally.print("fields of translated requests");
  exceptions.print("of captures that do not ask for the same");
  test::measured("requests as captured, fields", "OpenAI to Responses",
                 tally.good + exceptions.good, tally.all + exceptions.all,
                 exceptions.all - exceptions.good);
  EXPECT_GE(tally.percent(), 100.0);
}

}  // namespace
}  // namespace wye
