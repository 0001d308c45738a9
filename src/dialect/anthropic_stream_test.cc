// Tests of Anthropic answers, streams and errors, both ways.
#include <gtest/gtest.h>

#include "dialect/test_anthropic.h"

namespace wye {
namespace {

using namespace anthropic_test;

std::string event(std::string_view type, std::string_view members) {
  std::string out = "event: " + std::string(type) + R"(
data: {"type":")" + std::string(type) +
                    '"';
  if (!members.empty()) out += "," + std::string(members);
  return out + "}\n\n";
}
std::string start(std::string_view block) {
  return event("content_block_start", R"("index":0,"content_block":)" + std::string(block));
}
std::string delta(std::string_view body) {
  return event("content_block_delta", R"("index":0,"delta":)" + std::string(body));
}
std::string stop() { return event("content_block_stop", R"("index":0)"); }
std::string head() {
  return event("message_start", R"("message":{"id":"msg_1","model":"c","usage":{"input_tokens":5,)"
                                R"("cache_read_input_tokens":2,"output_tokens":1}})");
}
std::string tail(std::string_view reason) {
  return event("message_delta", R"("delta":{"stop_reason":")" + std::string(reason) +
                                    R"("},"usage":{"output_tokens":9})") +
         event("message_stop", "");
}

class AnthropicStream : public testing::Test {
 protected:
  Reading read(std::string_view stream, bool full = true) {
    return read_stream(dialect, reader, stream, full);
  }
  Answer answer_of(std::string body) {
    auto answer = dialect.read_answer(reader, Endpoint::chat, body, {});
    EXPECT_TRUE(answer.has_value()) << body;
    return answer ? *answer : Answer{};
  }
  // The data of the events, without their envelopes.
  static std::vector<std::string> types(std::string_view stream) {
    std::vector<std::string> out;
    SseReader sse(1 << 20);
    sse.feed(stream);
    SseEvent each;
    while (sse.next(each).value_or(false)) out.emplace_back(each.type);
    return out;
  }
  JsonReader reader;
};

TEST_F(AnthropicStream, all_that_a_stream_says) {
  const std::string stream =
      head() + start(R"({"type":"thinking","thinking":"","signature":""})") +
      delta(R"({"type":"thinking_delta","thinking":"hm\n"})") +
      delta(R"({"type":"signature_delta","signature":"s1"})") + stop() +
      start(R"({"type":"redacted_thinking","data":"zz"})") + stop() + event("ping", "") +
      start(R"({"type":"text","text":""})") + delta(R"({"type":"text_delta","text":"h\u00e9"})") +
      stop() + start(R"({"type":"tool_use","id":"t1","name":"f","input":{}})") +
      delta(R"({"type":"input_json_delta","partial_json":""})") +
      delta(R"({"type":"input_json_delta","partial_json":"{\"a\":"})") +
      delta(R"({"type":"input_json_delta","partial_json":"1}"})") + stop() +
      start(R"({"type":"tool_use","id":"t2","name":"g","input":{}})") + stop() +
      start(R"({"type":"new_thing","x":1})") + delta(R"({"type":"new_delta","y":2})") + stop() +
      event("new_event", R"("z":3)") + tail("tool_use");
  const Reading reading = read(stream);
  const Answer& answer = reading.answer;
  EXPECT_EQ(answer.id, "msg_1");
  EXPECT_EQ(answer.model, "c");
  const std::vector<Part>& parts = answer.choices.at(0).parts;
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(std::get<Reasoning>(parts[0].body).text, "hm\n");
  EXPECT_EQ(parts[0].signature, (Signature{"s1", "anthropic"}));
  EXPECT_TRUE(std::get<Reasoning>(parts[1].body).encrypted);
  EXPECT_EQ(parts[1].signature.data, "zz");
  EXPECT_EQ(std::get<Text>(parts[2].body).text, "hé");
  EXPECT_EQ(std::get<ToolCall>(parts[3].body), (ToolCall{"t1", "f", R"({"a":1})"}));
  EXPECT_EQ(std::get<ToolCall>(parts[4].body), (ToolCall{"t2", "g", "{}"}));
  EXPECT_EQ(answer.choices[0].finish, FinishReason::tool_calls);
  EXPECT_EQ(answer.usage.input, 7);
  EXPECT_EQ(answer.usage.cache_read, 2);
  EXPECT_EQ(answer.usage.output, 9);
  EXPECT_TRUE(same_json(answer.usage_raw,
                        R"({"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":9})"));
  EXPECT_TRUE(reading.facts.back().done);
  EXPECT_FALSE(reading.facts.front().content);
  EXPECT_EQ(reading.facts.front().usage->input, 7);
  // Written for a client of this dialect, it says the same.
  const Reading again = read(write_stream(dialect, reading.deltas));
  EXPECT_EQ(difference(spell(answer), spell(again.answer)), "");
  EXPECT_EQ(again.answer.choices[0].parts[0].signature.data, "s1");
  EXPECT_EQ(again.answer.choices[0].parts[1].signature.data, "zz");
  EXPECT_EQ(again.answer.id, "msg_1");
}

TEST_F(AnthropicStream, a_cut_stream_gives_what_came) {
  const std::string stream = head() + start(R"({"type":"text","text":""})") +
                             delta(R"({"type":"text_delta","text":"abc"})") + stop() +
                             tail("end_turn");
  const std::string whole = text_of(read(stream).answer.choices[0].parts);
  for (std::size_t length = 0; length < stream.size(); ++length) {
    const Reading reading = read(std::string_view(stream).substr(0, length));
    const auto& choices = reading.answer.choices;
    const std::string text = choices.empty() ? "" : text_of(choices[0].parts);
    EXPECT_TRUE(whole.starts_with(text)) << length;
  }
}

TEST_F(AnthropicStream, broken_events_and_errors) {
  const Reading broken = read("event: message_start\ndata: {\"type\":\n\n" + tail("end_turn"));
  EXPECT_TRUE(broken.facts[0].malformed);
  EXPECT_EQ(broken.answer.choices[0].finish, FinishReason::stop);
  const Reading fault =
      read(head() + event("error", R"("error":{"type":"overloaded_error","message":"Busy"})"));
  ASSERT_TRUE(fault.facts[1].fault.has_value());
  EXPECT_EQ(fault.facts[1].fault->kind, FaultKind::overloaded);
  EXPECT_EQ(fault.facts[1].fault->message, "Busy");
}

TEST_F(AnthropicStream, the_answer_tool_is_the_answer) {
  const std::string stream = head() +
                             start(R"({"type":"tool_use","id":"t","name":"wye_json_answer"})") +
                             delta(R"({"type":"input_json_delta","partial_json":"{\"a\":1}"})") +
                             stop() + tail("tool_use");
  const Reading reading = read(stream);
  EXPECT_EQ(text_of(reading.answer.choices[0].parts), R"({"a":1})");
  EXPECT_EQ(reading.answer.choices[0].finish, FinishReason::stop);
  EXPECT_EQ(reading.answer.choices[0].finish_text, "end_turn");
  for (const EventFacts& facts : read(stream, false).facts) {
    EXPECT_NE(facts.finish, FinishReason::tool_calls);
  }
  const Answer answer = answer_of(R"({"model":"c","content":[
    {"type":"tool_use","id":"t","name":"wye_json_answer","input":{"a":1}}],
    "stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}})");
  EXPECT_EQ(text_of(answer.choices[0].parts), R"({"a":1})");
  EXPECT_EQ(answer.choices[0].finish, FinishReason::stop);
  const Answer with_call = answer_of(R"({"content":[
    {"type":"tool_use","id":"t","name":"wye_json_answer","input":{}},
    {"type":"tool_use","id":"u","name":"f","input":{}}],"stop_reason":"tool_use"})");
  EXPECT_EQ(with_call.choices[0].finish, FinishReason::tool_calls);
}

TEST_F(AnthropicStream, calls_that_come_at_once_are_written_one_after_the_other) {
  const std::vector<Delta> deltas{
      {0, StartDelta{"id", "m", 0}},       {0, TextDelta{"let me see"}},
      {0, ToolCallDelta{0, "a", "f", {}}}, {0, ToolCallDelta{1, "b", "g", {}}},
      {0, ArgumentsDelta{1, "{\"y\":"}},   {0, ArgumentsDelta{0, "{\"x\":1}"}},
      {0, ArgumentsDelta{1, "2}"}},        {0, FinishDelta{FinishReason::stop, "stop", {}}},
      {1, TextDelta{"another choice"}},
  };
  const std::string stream = write_stream(dialect, deltas);
  const std::vector<std::string> expected{
      "message_start",       "content_block_start", "content_block_delta", "content_block_stop",
      "content_block_start", "content_block_delta", "content_block_stop",  "content_block_start",
      "content_block_delta", "content_block_stop",  "message_delta",       "message_stop"};
  EXPECT_EQ(types(stream), expected);
  const Reading reading = read(stream);
  const Spelled said = spell(reading.answer);
  EXPECT_EQ(said.text, "let me see");
  ASSERT_EQ(said.calls.size(), 2u);
  EXPECT_EQ(said.calls[0].second, R"({"x":1})");
  EXPECT_EQ(said.calls[1].second, R"({"y":2})");
  EXPECT_EQ(said.finish, FinishReason::tool_calls);  // clients here call on nothing else
}

TEST_F(AnthropicStream, an_empty_stream_is_a_message_all_the_same) {
  const std::vector<std::string> expected{"message_start", "message_delta", "message_stop"};
  EXPECT_EQ(types(write_stream(dialect, {})), expected);
}

TEST_F(AnthropicStream, signatures_of_others_are_carried) {
  const std::string stream =
      write_stream(dialect, {{0, ReasoningDelta{"a", {}}},
                             {0, SignatureDelta{{"GG", "gemini"}, false}},
                             {0, PartEndDelta{}},
                             {0, ReasoningDelta{"b", {}}},
                             {0, SignatureDelta{{"EE", "openai_responses"}, true}},
                             {0, ToolCallDelta{0, "c", "f", {}}},
                             {0, ArgumentsDelta{0, "{}"}},
                             {0, SignatureDelta{{"HH", "gemini"}, false}},
                             {0, FinishDelta{FinishReason::tool_calls, "", {}}}});
  EXPECT_NE(stream.find(R"("signature":"wye1.gemini.GG")"), std::string::npos);
  EXPECT_NE(stream.find(R"("signature":"wye1.none.")"), std::string::npos);
  EXPECT_NE(stream.find(R"("data":"wye1.openai_responses.EE")"), std::string::npos);
  EXPECT_NE(stream.find(R"("id":"c.wye1.gemini.HH")"), std::string::npos);
}

TEST_F(AnthropicStream, whole_answers_of_others) {
  Answer answer;
  answer.origin = DialectId::gemini;
  answer.model = "g";
  answer.usage = {.input = 10,
                  .cache_read = 3,
                  .cache_write = 1,
                  .output = 5,
                  .reasoning = 2,
                  .source = UsageSource::provider};
  Choice& choice = answer.choices.emplace_back();
  choice.finish = FinishReason::stop;
  Part thought, call;
  thought.body = Reasoning{.text = "t"};
  call.body = ToolCall{"c", "f", ""};
  call.signature = {"S", "gemini"};
  choice.parts = {thought, call};
  EXPECT_TRUE(same_json(dialect.write_answer(answer, Ask{}), R"({"id":"msg_wye","type":"message",
    "role":"assistant","model":"g","content":[
      {"type":"thinking","thinking":"t","signature":"wye1.none."},
      {"type":"tool_use","id":"c.wye1.gemini.S","name":"f","input":{}}],
    "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":6,
      "cache_creation_input_tokens":1,"cache_read_input_tokens":3,"output_tokens":5,
      "output_tokens_details":{"thinking_tokens":2}}})"));
  choice.parts.clear();
  choice.stop_sequence = "END";
  EXPECT_NE(dialect.write_answer(answer, Ask{}).find(R"("stop_reason":"stop_sequence")"),
            std::string::npos);
}

TEST_F(AnthropicStream, counts) {
  std::string body = R"({"input_tokens":12})";
  const auto answer = dialect.read_answer(reader, Endpoint::count_tokens, body, {});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage.input, 12);
  EXPECT_EQ(dialect.write_answer(*answer, Ask{}), body);
  std::string other = R"({"tokens":12})";
  EXPECT_FALSE(dialect.read_answer(reader, Endpoint::count_tokens, other, {}).has_value());
}

TEST_F(AnthropicStream, what_is_no_answer) {
  for (const char* text : {"", "<html>", "[]", R"({"type":"message"})", R"({"content":"x"})"}) {
    std::string body = text;
    const auto facts = dialect.read_answer_facts(reader, Endpoint::chat, body, {});
    ASSERT_FALSE(facts.has_value()) << text;
    EXPECT_EQ(facts.error().kind, FaultKind::invalid_output) << text;
  }
  std::string error = R"({"type":"error","error":{"type":"api_error","message":"m"}})";
  const auto facts = dialect.read_answer_facts(reader, Endpoint::chat, error, {});
  ASSERT_FALSE(facts.has_value());
  EXPECT_EQ(facts.error().kind, FaultKind::outage);
}

TEST_F(AnthropicStream, faults_in_anthropics_shape) {
  const auto type_of = [](FaultKind kind) {
    return compact(dialect.write_fault(fault(kind, "m"), "r", Ask()));
  };
  EXPECT_EQ(type_of(FaultKind::bad_request),
            R"({"type":"error","error":{"type":"invalid_request_error","message":"m"},)"
            R"("request_id":"r","gateway":{"class":"bad_request"}})");
  const std::pair<FaultKind, std::string_view> kinds[]{
      {FaultKind::unauthenticated, "authentication_error"},
      {FaultKind::forbidden, "permission_error"},
      {FaultKind::not_found, "not_found_error"},
      {FaultKind::too_large, "request_too_large"},
      {FaultKind::rate_limit, "rate_limit_error"},
      {FaultKind::overloaded, "overloaded_error"},
      {FaultKind::budget, "billing_error"},
      {FaultKind::quota, "billing_error"},
      {FaultKind::ttft, "timeout_error"},
      {FaultKind::outage, "api_error"},
      {FaultKind::auth, "api_error"},
      {FaultKind::context_window, "invalid_request_error"},
  };
  for (const auto& [kind, type] : kinds) {
    EXPECT_NE(type_of(kind).find(R"("type":")" + std::string(type)), std::string::npos) << type;
  }
  const std::string frame =
      dialect.write_fault_event(fault(FaultKind::overloaded, "b"), "r", Ask());
  EXPECT_TRUE(frame.starts_with("event: error\ndata: {\"type\":\"error\""));
  const Reading reading = read(frame);
  EXPECT_EQ(reading.facts.at(0).fault->kind, FaultKind::overloaded);
}

TEST_F(AnthropicStream, waits_come_from_headers) {
  Headers headers;
  headers.add({"retry-after", "7"});
  std::string body = R"({"type":"error","error":{"type":"rate_limit_error","message":"slow"}})";
  const Fault limited = dialect.read_fault(reader, 429, headers, body, 0);
  EXPECT_EQ(limited.kind, FaultKind::rate_limit);
  EXPECT_EQ(limited.retry_after_ms, 7000);
  Headers resets;
  resets.add({"anthropic-ratelimit-requests-remaining", "0"});
  resets.add({"anthropic-ratelimit-requests-reset", "1970-01-01T00:00:12Z"});
  EXPECT_EQ(dialect.read_fault(reader, 429, resets, body, 2000).retry_after_ms, 10000);
}

}  // namespace
}  // namespace wye
