// Tests of Gemini's answers and streams: what a relay learns, and what clients get.
#include <gtest/gtest.h>

#include <algorithm>

#include "dialect/test_corpus.h"
#include "dialect/test_gemini.h"
#include "dialect/test_gemini_spelling.h"

namespace wye {
namespace {

class GeminiStream : public testing::Test {
 protected:
  test::StreamReading read(const std::string& body) {
    return test::read_stream(test::gemini_dialect, reader, provider, body);
  }
  Result<Answer> answer(std::string body, Endpoint endpoint = Endpoint::chat) {
    return gemini::read_answer(reader, endpoint, body, provider);
  }
  Provider provider = test::gemini_provider();
  JsonReader reader;
};

// The line ends of a raw literal would end the event's line, too.
std::string event(std::string json) {
  std::replace(json.begin(), json.end(), '\n', ' ');
  return "data: " + json + "\r\n\r\n";
}
std::string parts(const std::string& inner, const std::string& rest = "") {
  return event(R"({"candidates":[{"content":{"parts":[)" + inner +
               R"(],"role":"model"},"index":0)" + rest +
               R"(}],"modelVersion":"m","responseId":"r"})");
}

TEST_F(GeminiStream, text_thoughts_calls_and_the_last_counts) {
  const auto seen = read(
      parts(R"({"text":"hm","thought":true})") + parts(R"({"text":"he"})") +
      parts(R"({"text":"llo"})") +
      parts(R"({"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2ln"})") +
      event(R"({"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP","index":0}],
        "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}})") +
      event(R"({"usageMetadata":{"trafficType":"ON_DEMAND"}})") +
      event(R"({"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":2,
        "cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7,
        "totalTokenCount":24}})"));
  EXPECT_EQ(seen.finish, FinishReason::tool_calls);
  EXPECT_EQ(seen.usage.input, 12);
  EXPECT_EQ(seen.usage.cache_read, 4);
  EXPECT_EQ(seen.usage.output, 12);
  EXPECT_EQ(seen.usage.reasoning, 7);
  EXPECT_EQ(seen.contents, 4);
  ASSERT_EQ(seen.answer.choices.size(), 1u);
  const auto& made = seen.answer.choices[0].parts;
  ASSERT_EQ(made.size(), 3u);
  EXPECT_EQ(std::get<Reasoning>(made[0].body).text, "hm");
  EXPECT_EQ(std::get<Text>(made[1].body).text, "hello");
  EXPECT_EQ(std::get<ToolCall>(made[2].body).arguments, R"({"a":1})");
  EXPECT_EQ(made[2].signature, (Signature{"c2ln", "gemini"}));
  EXPECT_EQ(seen.answer.id, "r");
}

TEST_F(GeminiStream, invented_ids_are_stable_and_differ) {
  const std::string calls =
      R"({"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{}}})";
  const auto first = read(parts(calls)), second = read(parts(calls));
  const auto id = [](const test::StreamReading& from, int i) {
    return std::get<ToolCall>(from.answer.choices[0].parts[i].body).id;
  };
  EXPECT_EQ(id(first, 0), id(second, 0));
  EXPECT_NE(id(first, 0), id(first, 1));
  const auto whole = answer(R"({"candidates":[{"content":{"parts":[)" + calls +
                            R"(]},"finishReason":"STOP","index":0}],"responseId":"r"})");
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(std::get<ToolCall>(whole->choices[0].parts[1].body).id, id(first, 1));
  EXPECT_EQ(whole->choices[0].finish, FinishReason::tool_calls);
  // They are the hub's alone.
  EXPECT_EQ(gemini::write_answer(*whole, Ask{}).find(R"("id")"), std::string::npos);
}

TEST_F(GeminiStream, a_signed_text_stands_alone) {
  const auto seen =
      read(parts(R"({"text":"a"})") + parts(R"({"text":"b","thoughtSignature":"cw=="})") +
           parts(R"({"text":"c"})") + parts(R"({"text":"","thoughtSignature":"dA=="})"));
  const auto& made = seen.answer.choices[0].parts;
  ASSERT_EQ(made.size(), 4u);
  EXPECT_EQ(std::get<Text>(made[1].body).text, "b");
  EXPECT_EQ(made[1].signature.data, "cw==");
  EXPECT_TRUE(made[2].signature.empty());
  EXPECT_EQ(made[3].signature.data, "dA==");
}

TEST_F(GeminiStream, blocked_prompts_and_broken_answers_are_faults) {
  const auto blocked = read(event(R"({"promptFeedback":{"blockReason":"SAFETY"}})"));
  ASSERT_TRUE(blocked.fault.has_value());
  EXPECT_EQ(blocked.fault->kind, FaultKind::content_filter);
  const auto whole = answer(R"({"promptFeedback":{"blockReason":"OTHER","safetyRatings":[]}})");
  ASSERT_FALSE(whole.has_value());
  EXPECT_EQ(whole.error().kind, FaultKind::content_filter);
  const auto broken = answer(R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]})");
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().kind, FaultKind::invalid_output);
  EXPECT_EQ(
      read(event(R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]})")).fault->kind,
      FaultKind::invalid_output);
  // After words it is how the answer ended.
  const auto late =
      read(parts(R"({"text":"a"})") + parts("", R"(,"finishReason":"MALFORMED_FUNCTION_CALL")"));
  EXPECT_FALSE(late.fault.has_value());
  EXPECT_EQ(late.finish, FinishReason::error);
}

TEST_F(GeminiStream, errors_within_a_stream_even_in_an_array) {
  const std::string error =
      R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})";
  EXPECT_EQ(read(parts(R"({"text":"a"})") + event(error)).fault->kind, FaultKind::overloaded);
  EXPECT_EQ(read(event("[" + error + "]")).fault->kind, FaultKind::overloaded);
  EXPECT_EQ(read(event("{broken") + parts(R"({"text":"a"})")).malformed, 1);
}

TEST_F(GeminiStream, unknown_words_and_members_fail_nothing) {
  const auto seen =
      read(parts(R"({"text":"a"},{"newThing":{}},{})", R"(,"finishReason":"NEW_REASON","x":[1])"));
  EXPECT_EQ(seen.finish, FinishReason::other);
  EXPECT_EQ(seen.answer.choices[0].finish_text, "NEW_REASON");
  EXPECT_FALSE(seen.fault.has_value());
}

TEST_F(GeminiStream, every_cut_of_an_event_is_malformed_or_harmless) {
  const std::string json =
      R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]})";
  for (std::size_t length = 1; length < json.size(); ++length) {
    const auto seen = read(event(json.substr(0, length)));
    EXPECT_EQ(seen.malformed, 1) << length;
    EXPECT_TRUE(seen.deltas.empty());
    EXPECT_FALSE(answer(json.substr(0, length)).has_value());
  }
}

TEST_F(GeminiStream, logprobs_become_openais_and_come_back) {
  const auto whole = answer(R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0,
    "logprobsResult":{"chosenCandidates":[{"token":"a","tokenId":1,"logProbability":-0.5}],
    "topCandidates":[{"candidates":[{"token":"a","logProbability":-0.5},
                                    {"token":"b","logProbability":-1.5}]}]}}]})");
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(
      whole->choices[0].logprobs,
      R"({"content":[{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[)"
      R"({"token":"a","logprob":-0.5,"bytes":null},{"token":"b","logprob":-1.5,"bytes":null}]}]})");
  Answer foreign = *whole;
  foreign.origin = DialectId::openai;
  EXPECT_NE(
      gemini::write_answer(foreign, Ask{})
          .find(R"("logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-0.5}],)"
                R"("topCandidates":[{"candidates":[{"token":"a","logProbability":-0.5},)"
                R"({"token":"b","logProbability":-1.5}]}]})"),
      std::string::npos);
}

TEST_F(GeminiStream, embeddings_and_counts) {
  const std::string single = R"({"embedding":{"values":[0.5,-0.25]}})";
  const auto one = answer(single, Endpoint::embeddings);
  ASSERT_TRUE(one.has_value());
  Ask ask;
  ask.embedding_single = true;
  EXPECT_EQ(gemini::write_answer(*one, ask), single);
  EXPECT_EQ(gemini::write_answer(*one, Ask{}), R"({"embeddings":[{"values":[0.5,-0.25]}]})");
  const auto vertex = answer(
      R"({"predictions":[{"embeddings":{"values":[1],"statistics":{"token_count":3}}},
                         {"embeddings":{"values":[2],"statistics":{"token_count":4}}}]})",
      Endpoint::embeddings);
  ASSERT_TRUE(vertex.has_value());
  EXPECT_EQ(vertex->usage.input, 7);
  EXPECT_EQ(vertex->embeddings[1].values, std::vector<double>{2});
  EXPECT_FALSE(answer(R"({"embeddings":[]})", Endpoint::embeddings).has_value());
  const auto count = answer(R"({"totalTokens":12})", Endpoint::count_tokens);
  ASSERT_TRUE(count.has_value());
  EXPECT_EQ(count->usage.input, 12);
  EXPECT_EQ(gemini::write_answer(*count, Ask{}), R"({"totalTokens":12})");
  EXPECT_FALSE(answer("{}", Endpoint::count_tokens).has_value());
}

// What a client gets of another dialect's stream.
std::string written(const std::vector<Delta>& deltas, bool as_array) {
  Ask ask;
  ask.facts.model = "task/x";
  ask.stream_as_array = as_array;
  auto writer = gemini::open_writer(ask);
  std::string out;
  for (const Delta& delta : deltas) writer->write(delta, out);
  writer->finish(out);
  return out;
}

TEST_F(GeminiStream, a_writer_holds_calls_until_they_are_whole) {
  const std::vector<Delta> deltas{
      {0, StartDelta{"id1", "claude", 0}},
      {0, ReasoningDelta{"hm", ""}},
      {0, SignatureDelta{{"c2ln", "anthropic"}, false}},
      {0, PartEndDelta{}},
      {0, ToolCallDelta{0, "t0", "f", {}}},
      {0, ToolCallDelta{1, "t1", "g", {}}},
      {0, ArgumentsDelta{1, "{\n\"b\":"}},
      {0, ArgumentsDelta{1, "2\r\n}"}},
      {0, FinishDelta{FinishReason::tool_calls, "tool_use", ""}},
      {0, UsageDelta{Usage{.input = 3, .output = 5, .source = UsageSource::provider}, ""}}};
  const std::string out = written(deltas, false);
  const auto seen = read(out);
  ASSERT_EQ(seen.events, 5);
  const auto& made = seen.answer.choices.at(0).parts;
  EXPECT_EQ(std::get<Reasoning>(made.at(0).body).text, "hm");
  EXPECT_EQ(std::get<ToolCall>(made.at(2).body), (ToolCall{"t0", "f", "{}"}));
  EXPECT_EQ(std::get<ToolCall>(made.at(3).body), (ToolCall{"t1", "g", R"({ "b":2  })"}));
  EXPECT_EQ(seen.finish, FinishReason::tool_calls);
  EXPECT_EQ(seen.usage.output, 5);
  EXPECT_EQ(seen.model, "claude");
  EXPECT_NE(out.find("\r\n\r\n"), std::string::npos);
}

TEST_F(GeminiStream, a_writer_of_arrays_writes_one_json_document) {
  const std::vector<Delta> deltas{{0, TextDelta{"a"}}, {1, TextDelta{"b"}}, {0, TextDelta{"c"}}};
  for (const auto& some : {deltas, std::vector<Delta>{}}) {
    const std::string out = written(some, true);
    simdjson::dom::parser parser;
    simdjson::dom::array array;
    ASSERT_EQ(parser.parse(out).get(array), simdjson::SUCCESS) << out;
    EXPECT_EQ(array.size(), some.size() + 1);
  }
}

TEST_F(GeminiStream, what_only_gemini_says_comes_back_to_its_clients) {
  const auto seen = read(parts(R"({"text":"a"},{"executableCode":{"code":"1"}})",
                               R"(,"safetyRatings":[{"category":"X"}],"finishReason":"STOP")"));
  const std::string out = written(seen.deltas, false);
  EXPECT_NE(out.find(R"("safetyRatings":[{"category":"X"}])"), std::string::npos);
  EXPECT_NE(out.find(R"({"executableCode":{"code":"1"}})"), std::string::npos);
}

}  // namespace
}  // namespace wye
