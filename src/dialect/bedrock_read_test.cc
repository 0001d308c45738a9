// Tests of reading Converse's answers, streams and errors: hand-made ones, broken ones, odd ones.
#include <gtest/gtest.h>

#include "dialect/bedrock.h"
#include "wire/event_stream.h"

namespace wye {
namespace {

Result<Answer> read(std::string body) {
  JsonReader reader;
  const auto facts = bedrock::read_answer_facts(reader, Endpoint::chat, body, {});
  auto answer = bedrock::read_answer(reader, Endpoint::chat, body, {});
  EXPECT_EQ(facts.has_value(), answer.has_value());
  if (facts && answer) {
    EXPECT_EQ(facts->usage, answer->usage);
    EXPECT_EQ(facts->finish, answer->choices.front().finish);
  }
  return answer;
}

Answer answer_with(const std::string& content, const std::string& stop) {
  return read(R"({"output":{"message":{"role":"assistant","content":)" + content +
              R"(}},"stopReason":")" + stop + R"(","usage":{"inputTokens":3,"outputTokens":2}})")
      .value();
}

TEST(BedrockAnswer, reads_every_kind_of_block) {
  const Answer answer = read(R"({
    "metrics":{"latencyMs":5},"newThing":[1],
    "output":{"message":{"role":"assistant","content":[
      {"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},
      {"reasoningContent":{"redactedContent":"c2VjcmV0"}},
      {"text":"Hello "},
      {"citationsContent":{"content":[{"text":"wor"},{"text":"ld"}],"citations":[{"title":"t"}]}},
      {"toolUse":{"toolUseId":"a","name":"look","input":{"at": [1, 2]},"type":"tool_use"}},
      {"toolUse":{"toolUseId":"b","name":"run","input":{},"type":"server_tool_use"}},
      {"video":{"format":"mp4"}}]}},
    "performanceConfig":{"latency":"optimized"},"stopReason":"tool_use","trace":{"x":1},
    "usage":{"inputTokens":10,"outputTokens":7,"totalTokens":117,"cacheReadInputTokens":80,
             "cacheReadInputTokenCount":80,"cacheWriteInputTokens":20}})")
                            .value();
  EXPECT_EQ(answer.usage, (Usage{110, 80, 20, 7, 0, UsageSource::provider}));
  ASSERT_EQ(answer.choices.size(), 1u);
  const Choice& choice = answer.choices.front();
  EXPECT_EQ(choice.finish, FinishReason::tool_calls);
  EXPECT_EQ(choice.finish_text, "tool_use");
  ASSERT_EQ(choice.parts.size(), 7u);
  EXPECT_EQ(std::get<Reasoning>(choice.parts[0].body).text, "hm");
  EXPECT_EQ(choice.parts[0].signature, (Signature{"c2ln", "bedrock"}));
  EXPECT_TRUE(std::get<Reasoning>(choice.parts[1].body).encrypted);
  EXPECT_EQ(choice.parts[1].signature, (Signature{"c2VjcmV0", "bedrock"}));
  EXPECT_EQ(text_of(choice.parts), "Hello world");
  EXPECT_NE(find_extra(choice.parts[3].extra, "citations"), nullptr);
  EXPECT_EQ(std::get<ToolCall>(choice.parts[4].body), (ToolCall{"a", "look", R"({"at": [1, 2]})"}));
  EXPECT_EQ(std::get<Unknown>(choice.parts[5].body).type, "toolUse");
  EXPECT_EQ(std::get<Unknown>(choice.parts[6].body).type, "video");
  for (const char* name : {"metrics", "newThing", "performanceConfig", "trace"}) {
    EXPECT_NE(find_extra(answer.extra, name), nullptr) << name;
  }
}

TEST(BedrockAnswer, knows_every_way_to_end) {
  using enum FinishReason;
  const std::pair<const char*, FinishReason> cases[] = {
      {"end_turn", stop},
      {"stop_sequence", stop},
      {"max_tokens", length},
      {"model_context_window_exceeded", length},
      {"tool_use", tool_calls},
      {"guardrail_intervened", content_filter},
      {"content_filtered", content_filter},
      {"malformed_model_output", error},
      {"malformed_tool_use", error},
      {"word_of_next_year", other},
  };
  for (const auto& [word, reason] : cases) {
    EXPECT_EQ(answer_with("[]", word).choices.front().finish, reason) << word;
  }
}

TEST(BedrockAnswer, the_answer_tool_is_an_answer) {
  const std::string call = R"({"toolUse":{"toolUseId":"a","name":"wye_answer","input":{"x":1}}})";
  const Answer alone = answer_with("[" + call + "]", "tool_use");
  EXPECT_EQ(text_of(alone.choices.front().parts), R"({"x":1})");
  EXPECT_EQ(alone.choices.front().finish, FinishReason::stop);
  const Answer both = answer_with(
      "[" + call + R"(,{"toolUse":{"toolUseId":"b","name":"look","input":{}}}])", "tool_use");
  EXPECT_EQ(both.choices.front().finish, FinishReason::tool_calls);
  EXPECT_EQ(answer_with("[" + call + "]", "max_tokens").choices.front().finish,
            FinishReason::length);
}

TEST(BedrockAnswer, refuses_what_is_no_answer) {
  for (const char* body : {"", "[]", "{}", "<html>", R"({"message":"no"})", R"({"output":{}})",
                           R"({"output":{"message":)"}) {
    const auto answer = read(body);
    ASSERT_FALSE(answer.has_value()) << body;
    EXPECT_EQ(answer.error().kind, FaultKind::invalid_output) << body;
  }
}

TEST(BedrockAnswer, reads_embeddings_of_all_makers) {
  const auto vectors = [](std::string body) {
    JsonReader reader;
    std::string again = body;
    const auto facts = bedrock::read_answer_facts(reader, Endpoint::embeddings, again, {});
    const auto answer = bedrock::read_answer(reader, Endpoint::embeddings, body, {});
    EXPECT_EQ(facts.has_value(), answer.has_value());
    std::string out = answer ? std::to_string(answer->usage.input) : "none";
    if (!answer) return out;
    for (const Embedding& each : answer->embeddings) {
      out += " " + std::to_string(each.index) + ":" + std::to_string(each.values.size());
    }
    return out;
  };
  EXPECT_EQ(vectors(R"({"embedding":[0.5,1],"embeddingsByType":{},"inputTextTokenCount":4})"),
            "4 0:2");
  EXPECT_EQ(vectors(R"({"embeddings":[[1],[2]],"id":"i","response_type":"embeddings_floats"})"),
            "0 0:1 1:1");
  EXPECT_EQ(vectors(R"({"embeddings":{"float":[[1,2,3]],"int8":[[1]]}})"), "0 0:3");
  for (const char* odd : {R"({"embeddings":[]})", R"({"embedding":null})", "{}", "[", "",
                          R"({"embeddings":7,"inputTextTokenCount":"x"})"}) {
    EXPECT_EQ(vectors(odd), "none") << odd;
  }
}

TEST(BedrockAnswer, reads_a_count_of_tokens) {
  JsonReader reader;
  std::string body = R"({"inputTokens":42})";
  const auto answer = bedrock::read_answer(reader, Endpoint::count_tokens, body, {});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage.input, 42);
  body = R"({"inputTokens":"many"})";
  EXPECT_FALSE(bedrock::read_answer(reader, Endpoint::count_tokens, body, {}).has_value());
}

TEST(BedrockAnswer, survives_wrong_types) {
  const Answer answer =
      read(
          R"({"output":{"message":{"content":[1,{"text":5},{"toolUse":[]},{"reasoningContent":"x"}]}},)"
          R"("stopReason":7,"usage":{"inputTokens":"many"}})")
          .value();
  EXPECT_EQ(answer.usage.source, UsageSource::none);
  EXPECT_EQ(text_of(answer.choices.front().parts), "");
}

struct Event {
  const char* type;
  std::string data;
};

// All that a stream says, read both with and without deltas: the facts must be the same.
struct Reading {
  Answer answer;
  int contents = 0, done = 0, malformed = 0;
  std::int64_t bytes = 0;
  FinishReason finish = FinishReason::none;
  std::optional<Usage> usage;
  std::optional<Fault> fault;
};

Reading read_stream(const std::vector<Event>& events) {
  JsonReader json;
  const auto full = bedrock::open_reader(json, {});
  const auto brief = bedrock::open_reader(json, {});
  Reading out;
  AnswerFold fold;
  std::string bytes;
  for (const Event& each : events) append_event_stream_event(bytes, each.type, each.data);
  EventStreamReader stream(1 << 20);
  stream.feed(bytes);
  SseEvent event;
  while (stream.next(event).value()) {
    std::vector<Delta> deltas;
    const EventFacts facts = full->read(event, &deltas);
    const EventFacts same = brief->read(event, nullptr);
    EXPECT_EQ(facts.content, same.content);
    EXPECT_EQ(facts.output_bytes, same.output_bytes);
    EXPECT_EQ(facts.finish, same.finish);
    EXPECT_EQ(facts.usage, same.usage);
    for (const Delta& delta : deltas) fold.add(delta);
    out.contents += facts.content;
    out.done += facts.done;
    out.malformed += facts.malformed;
    out.bytes += facts.output_bytes;
    if (facts.finish != FinishReason::none) out.finish = facts.finish;
    if (facts.usage) out.usage = facts.usage;
    if (facts.fault) out.fault = facts.fault;
  }
  out.answer = fold.take();
  return out;
}

TEST(BedrockStream, reads_text_thoughts_and_calls) {
  const Reading reading = read_stream({
      {"messageStart", R"({"p":"abc","role":"assistant"})"},
      {"contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"h"}}})"},
      {"contentBlockDelta", R"({"delta":{"reasoningContent":{"text":"m"}},"contentBlockIndex":0})"},
      {"contentBlockDelta",
       R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}})"},
      {"contentBlockStop", R"({"contentBlockIndex":0})"},
      {"contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"text":"Hel"}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"text":"lo"},"p":"x"})"},
      {"contentBlockStop", R"({"contentBlockIndex":1})"},
      {"contentBlockStart",
       R"({"start":{"toolUse":{"toolUseId":"a","name":"look"}},"contentBlockIndex":2})"},
      {"contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":"}}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"toolUse":{"input":"1}"}}})"},
      {"contentBlockStop", R"({"contentBlockIndex":2})"},
      {"contentBlockStart",
       R"({"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"b","name":"wait"}}})"},
      {"contentBlockStop", R"({"contentBlockIndex":3})"},
      {"eventOfNextYear", R"({"contentBlockIndex":9})"},
      {"messageStop", R"({"stopReason":"tool_use"})"},
      {"metadata",
       R"({"metrics":{"latencyMs":1},"trace":{"t":1},"usage":{"inputTokens":4,"outputTokens":9,)"
       R"("cacheReadInputTokens":6}})"},
  });
  const Choice& choice = reading.answer.choices.at(0);
  ASSERT_EQ(choice.parts.size(), 4u);
  EXPECT_EQ(std::get<Reasoning>(choice.parts[0].body).text, "hm");
  EXPECT_EQ(choice.parts[0].signature, (Signature{"c2ln", "bedrock"}));
  EXPECT_EQ(text_of(choice.parts), "Hello");
  EXPECT_EQ(std::get<ToolCall>(choice.parts[2].body), (ToolCall{"a", "look", R"({"a":1})"}));
  EXPECT_EQ(std::get<ToolCall>(choice.parts[3].body), (ToolCall{"b", "wait", ""}));
  EXPECT_EQ(reading.finish, FinishReason::tool_calls);
  EXPECT_EQ(reading.usage, (Usage{10, 6, 0, 9, 0, UsageSource::provider}));
  EXPECT_EQ(reading.answer.usage, *reading.usage);
  EXPECT_EQ(reading.contents, 8);
  EXPECT_EQ(reading.bytes, 2 + 5 + 7);
  EXPECT_EQ(reading.done, 1);
  EXPECT_EQ(reading.malformed, 0);
  EXPECT_NE(find_extra(reading.answer.extra, "trace"), nullptr);
}

TEST(BedrockStream, keeps_the_providers_own_tools_to_itself) {
  const Reading reading = read_stream({
      {"contentBlockStart",
       R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"a","name":"interpreter",)"
       R"("type":"server_tool_use"}}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}})"},
      {"contentBlockStop", R"({"contentBlockIndex":0})"},
      {"contentBlockStart", R"({"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"a"}}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"toolResult":[{"text":"x"}]}})"},
      {"contentBlockStop", R"({"contentBlockIndex":1})"},
      {"contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"text":"done"}})"},
      {"messageStop", R"({"stopReason":"end_turn"})"},
  });
  ASSERT_EQ(reading.answer.choices.at(0).parts.size(), 1u);
  EXPECT_EQ(text_of(reading.answer.choices[0].parts), "done");
  EXPECT_EQ(reading.bytes, 4);
}

TEST(BedrockStream, the_answer_tool_is_an_answer) {
  const Reading reading = read_stream({
      {"contentBlockStart",
       R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"a","name":"wye_answer"}}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"x\":"}}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"1}"}}})"},
      {"contentBlockStop", R"({"contentBlockIndex":0})"},
      {"messageStop", R"({"stopReason":"tool_use"})"},
  });
  EXPECT_EQ(text_of(reading.answer.choices.at(0).parts), R"({"x":1})");
  EXPECT_EQ(reading.finish, FinishReason::stop);
}

TEST(BedrockStream, exceptions_are_faults) {
  using enum FaultKind;
  const std::tuple<const char*, const char*, FaultKind> cases[] = {
      {"throttlingException", R"({"message":"Too many tokens, please wait"})", rate_limit},
      {"throttlingException", R"({"message":"Too many tokens per day"})", quota},
      {"validationException", R"({"message":"Input is too long for requested model."})",
       context_window},
      {"validationException", R"({"message":"no"})", bad_request},
      {"serviceUnavailableException", "{}", overloaded},
      {"modelStreamErrorException",
       R"({"message":"m","originalStatusCode":500,"originalMessage":"o"})", outage},
      {"internalServerException", "", outage},
      {"InternalFailureException", R"({"message":"m"})", outage},
  };
  for (const auto& [type, data, kind] : cases) {
    const Reading reading = read_stream({{type, data}});
    ASSERT_TRUE(reading.fault.has_value()) << type;
    EXPECT_EQ(to_string(reading.fault->kind), to_string(kind)) << type << data;
    EXPECT_EQ(reading.fault->provider_status, 200);
    EXPECT_FALSE(reading.fault->message.empty());
  }
}

TEST(BedrockStream, counts_and_survives_broken_events) {
  std::vector<Event> events{
      {"contentBlockDelta", ""},
      {"contentBlockDelta", R"({"delta":)"},
      {"contentBlockDelta", "[]"},
      {"contentBlockDelta", R"({"delta":{"text":1}})"},
      {"contentBlockDelta", R"({"contentBlockIndex":"x","delta":{"toolUse":{"input":"{}"}}})"},
      {"contentBlockStart", R"({"start":{}})"},
      {"messageStop", "{}"},
      {"metadata", R"({"usage":{}})"},
  };
  for (int i = 0; i < 1000; ++i) {
    events.push_back({"contentBlockStart", R"({"contentBlockIndex":)" + std::to_string(i) +
                                               R"(,"start":{"toolUse":{"name":"n"}}})"});
  }
  const Reading reading = read_stream(events);
  EXPECT_EQ(reading.malformed, 3);
  EXPECT_FALSE(reading.usage.has_value());
  EXPECT_EQ(reading.answer.choices.at(0).parts.size(), 256u);
}

Fault fault_for(int status, std::string body, std::string_view name = {}) {
  JsonReader reader;
  Headers headers;
  if (!name.empty()) headers.add({"x-amzn-ErrorType", name});
  return bedrock::read_fault(reader, status, headers, body, 0);
}

TEST(BedrockFault, reads_the_name_from_header_or_body) {
  using enum FaultKind;
  const std::tuple<int, const char*, const char*, FaultKind> cases[] = {
      {429, R"({"message":"slow"})", "ThrottlingException:http://internal.amazon.com/", rate_limit},
      {429, R"({"message":"Too many tokens per day"})", "ThrottlingException", quota},
      {403, R"({"message":"no"})", "UnrecognizedClientException", auth},
      {403, R"({"message":"no"})", "ExpiredTokenException", auth},
      {403, R"({"message":"no"})", "AccessDeniedException", permission},
      {403, R"({"Message":"User is not authorized"})", "", permission},
      {403, R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException"})", "",
       auth},
      {400, R"({"message":"The provided model identifier is invalid."})", "ValidationException",
       model_gone},
      {400, R"({"message":"Input is too long for requested model."})", "ValidationException",
       context_window},
      {400, R"({"message":"Malformed input request"})", "ValidationException", bad_request},
      {404, R"({"message":"end of its life"})", "ResourceNotFoundException", model_gone},
      {408, "{}", "ModelTimeoutException", timeout},
      {424, "{}", "ModelErrorException", outage},
      {429, "{}", "ModelNotReadyException", overloaded},
      {503, R"({"message":"Model is getting throttled."})", "ServiceUnavailableException",
       rate_limit},
      {503, "", "ServiceUnavailableException", overloaded},
      {500, "<html>", "", outage},
  };
  for (const auto& [status, body, name, kind] : cases) {
    const Fault fault = fault_for(status, body, name);
    EXPECT_EQ(to_string(fault.kind), to_string(kind)) << status << body << name;
    EXPECT_EQ(fault.provider_status, status);
  }
  EXPECT_EQ(fault_for(403, R"({"Message":"User is not authorized"})").message,
            "User is not authorized");
}

}  // namespace
}  // namespace wye
