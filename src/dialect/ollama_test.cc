// Tests of the Ollama dialect on small texts: what is refused, what crosses to and from other
// dialects, streams line by line.
#include <gtest/gtest.h>

#include "core/signature.h"
#include "dialect/test_reading.h"

namespace wye {
namespace {

using reading::meaning_of;

class Ollama : public testing::Test {
 protected:
  Result<Ask> read(std::string body, Endpoint endpoint = Endpoint::chat) {
    return ollama.read_ask(reader, {.dialect = DialectId::ollama, .endpoint = endpoint},
                           std::move(body));
  }
  // A request of an OpenAI client, for Ollama.
  Result<ProviderRequest> from_openai(const std::string& body, Endpoint endpoint = Endpoint::chat) {
    ask = std::move(*openai.read_ask(reader, {.endpoint = endpoint}, body));
    content = std::move(*openai.read_content(reader, ask));
    return ollama.write_ask(content, ask, deployment, provider);
  }
  std::string body_of(const Result<ProviderRequest>& request) {
    EXPECT_TRUE(request.has_value()) << request.error().message;
    return request ? reading::joined(*request) : std::string();
  }

  const Dialect& ollama = *dialect_of(DialectId::ollama);
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
  Ask ask;
  Content content;
  Deployment deployment = [] {
    Deployment out;
    out.model = "llama";
    return out;
  }();
  Provider provider;
};

std::string with(const std::string& more) {
  return R"({"model":"m","messages":[{"role":"user","content":"Hello"}])" +
         (more.empty() ? "" : "," + more) + "}";
}

TEST_F(Ollama, a_chat_is_a_stream_unless_it_says_otherwise) {
  EXPECT_TRUE(read(with(""))->facts.stream);
  EXPECT_TRUE(read(with(R"("stream":null)"))->facts.stream);
  EXPECT_FALSE(read(with(R"("stream":false)"))->facts.stream);
  EXPECT_FALSE(read(R"({"model":"m","input":"x"})", Endpoint::embeddings)->facts.stream);
  EXPECT_EQ(ollama.stream_content_type(ask), "application/x-ndjson");
}

TEST_F(Ollama, facts_of_a_request) {
  const auto found = read(with(
      R"("think":"low","format":{"type":"object"},"tools":[{"type":"function"}],"logprobs":true,)"
      R"("options":{"num_predict":50,"seed":1,"stop":["x"],"num_ctx":4096},"keep_alive":"5m")"));
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->facts.output_tokens_max, 50);
  EXPECT_EQ(found->facts.needs,
            (Abilities{Ability::stream, Ability::reasoning, Ability::json_schema, Ability::tools,
                       Ability::seed, Ability::stop, Ability::logprobs}));
  EXPECT_EQ(read(with(R"("options":{"num_predict":-1})"))->facts.output_tokens_max, -1);
  EXPECT_TRUE(read(R"({"model":"m","messages":[{"role":"user","content":"","images":["AA"]}]})")
                  ->facts.needs.has(Ability::images));
}

TEST_F(Ollama, wrong_requests_are_refused_and_the_field_is_named) {
  struct Case {
    std::string body, param;
  };
  const Case cases[] = {
      {"nothing", ""},
      {R"({"messages":[]})", "model"},
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":[{"role":"user","content":["x"]}]})", "messages[0].content"},
      {R"({"model":"m","messages":[{"role":"user","images":"x"}]})", "messages[0].images"},
      {R"({"model":"m","messages":[{"role":"owl"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"user","role":"tool"}]})", "messages[0].role"},
      {with(R"("stream":"yes")"), "stream"},
      {with(R"("think":1)"), "think"},
      {with(R"("format":[])"), "format"},
      {with(R"("tools":[null])"), "tools[0]"},
      {with(R"("options":[])"), "options"},
      {with(R"("options":{"num_predict":"x"})"), "options.num_predict"},
      {with(R"("messages":[])"), "messages"},
  };
  for (const Case& each : cases) {
    const auto found = read(each.body);
    ASSERT_FALSE(found.has_value()) << each.body;
    EXPECT_EQ(found.error().kind, FaultKind::bad_request) << each.body;
    EXPECT_EQ(found.error().param, each.param) << each.body << found.error().message;
    EXPECT_FALSE(found.error().code.empty()) << each.body;
  }
  EXPECT_FALSE(read(R"({"model":"m","input":[1]})", Endpoint::embeddings).has_value());
}

TEST_F(Ollama, openai_requests_are_written_as_ollama_wants_them) {
  const auto request = from_openai(
      R"({"model":"x","messages":[{"role":"developer","content":"Be brief"},)"
      R"({"role":"user","content":[{"type":"text","text":"Look"},{"type":"text","text":"here"},)"
      R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
      R"("function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call_2","type":"function",)"
      R"("function":{"name":"g","arguments":""}},{"id":"call_3","type":"function",)"
      R"("function":{"name":"g","arguments":"{oops"}}]},)"
      R"({"role":"tool","tool_call_id":"call_2","content":"42"}],)"
      R"("response_format":{"type":"json_object"},"reasoning_effort":"minimal","stop":"END",)"
      R"("seed":5,"max_tokens":9,"stream":true,"logit_bias":{}})");
  EXPECT_EQ(body_of(request),
            R"({"model":"llama","messages":[{"role":"system","content":"Be brief"},)"
            R"({"role":"user","content":"Look\nhere","images":["AAAA"]},)"
            R"({"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function",)"
            R"("function":{"name":"f","arguments":{"a":1}}},{"id":"call_2","type":"function",)"
            R"("function":{"name":"g","arguments":{}}},{"id":"call_3","type":"function",)"
            R"("function":{"name":"g","arguments":{"arguments":"{oops"}}}]},)"
            R"({"role":"tool","content":"42","tool_name":"g","tool_call_id":"call_2"}],)"
            R"("stream":true,"format":"json","think":"low",)"
            R"("options":{"seed":5,"num_predict":9,"stop":["END"]}})");
  EXPECT_EQ(request->dropped, std::vector<std::string>{"logit_bias"});
  EXPECT_EQ(request->path, "/api/chat");
}

TEST_F(Ollama, what_ollama_cannot_do_is_said) {
  const std::string tools = R"("tools":[{"type":"function","function":{"name":"f"}}])";
  for (const std::string& body :
       {with(R"("n":2)"), with(tools + R"(,"tool_choice":"required")"),
        std::string(R"({"model":"m","messages":[{"role":"user","content":[)"
                    R"({"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]})")}) {
    const auto request = from_openai(body);
    ASSERT_FALSE(request.has_value()) << body;
    EXPECT_EQ(request.error().code, "unsupported_parameter");
  }
  const auto none = from_openai(with(tools + R"(,"tool_choice":"none")"));
  EXPECT_EQ(body_of(none).find("tools"), std::string::npos);
}

TEST_F(Ollama, answers_of_tools_find_their_calls_without_ids) {
  const std::string body =
      R"({"model":"m","messages":[{"role":"assistant","content":"","tool_calls":[)"
      R"({"function":{"name":"f","arguments":{"a":1}}},{"function":{"name":"g","arguments":{}}}]},)"
      R"({"role":"tool","content":"of g","tool_name":"g"},{"role":"tool","content":"of f"}],)"
      R"("stream":false})";
  const auto found = read(body);
  const auto inside = ollama.read_content(reader, *found);
  const auto id = [&](std::size_t message, std::size_t part) {
    const PartBody& each = inside->messages[message].parts[part].body;
    const auto* call = std::get_if<ToolCall>(&each);
    return call != nullptr ? call->id : std::get<ToolResult>(each).call_id;
  };
  EXPECT_EQ(id(0, 0), "call_1");
  EXPECT_EQ(id(0, 1), "call_2");
  EXPECT_EQ(id(1, 0), "call_2");
  EXPECT_EQ(id(2, 0), "call_1");
  EXPECT_EQ(std::get<ToolResult>(inside->messages[2].parts[0].body).name, "f");
  std::string where;
  deployment.model = "m";
  const auto written = ollama.write_ask(*inside, *found, deployment, provider);
  EXPECT_TRUE(corpus::same_json(body, reading::joined(*written), where)) << where;
}

TEST_F(Ollama, a_spliced_body_keeps_all_but_the_model) {
  const auto found = read(R"({"think":true, "keep_alive":-1,"messages":[],"model": "m"})");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(reading::joined(ollama.splice(*found, deployment, provider, false)),
            R"({"think":true, "keep_alive":-1,"messages":[],"model": "llama"})");
  EXPECT_EQ(reading::joined(ollama.splice(*found, deployment, provider, true)).find("think"),
            std::string::npos);
}

TEST_F(Ollama, answers_that_are_none_are_faults) {
  for (const std::string_view text : {"", "{}", R"({"done":false,"message":{"content":"x"}})",
                                      R"({"error":"model failed to load"})"}) {
    std::string body(text);
    EXPECT_FALSE(ollama.read_answer(reader, Endpoint::chat, body, provider).has_value()) << text;
    EXPECT_FALSE(ollama.read_answer(reader, Endpoint::embeddings, body, provider).has_value());
  }
}

TEST_F(Ollama, strange_lines_hurt_nobody) {
  const auto stream = ollama.open_reader(reader, provider);
  std::vector<Delta> deltas;
  const auto say = [&](std::string_view data) {
    SseEvent event;
    event.data = data;
    deltas.clear();
    return stream->read(event, &deltas);
  };
  EXPECT_TRUE(say("{\"model\"").malformed);
  EXPECT_FALSE(say(R"({"message":7,"done":"no"})").malformed);
  const EventFacts call = say(
      R"({"model":"m","message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":[1]}}}]}})");
  EXPECT_TRUE(call.content);
  EXPECT_EQ(call.model, "m");
  const EventFacts end = say(R"({"done":true,"done_reason":"stop","eval_count":3})");
  EXPECT_TRUE(end.done);
  EXPECT_EQ(end.finish, FinishReason::tool_calls);
  EXPECT_EQ(end.usage->output, 3);
  const EventFacts broken = say(R"({"error":"an error was encountered while running the model"})");
  ASSERT_TRUE(broken.fault.has_value());
}

TEST_F(Ollama, a_stream_for_its_clients_is_lines) {
  const auto writer = ollama.open_writer(ask);
  std::string out;
  const auto say = [&](DeltaBody body) { writer->write({0, std::move(body)}, out); };
  say(StartDelta{.id = "i", .model = "m", .created = 1700000000});
  say(ReasoningDelta{"hm", {}});
  say(TextDelta{"Hi\n"});
  say(ToolCallDelta{0, "c1", "f", {}});
  say(ToolCallDelta{1, "c2", "g", {}});
  say(ArgumentsDelta{0, "{\n\"a\":1}"});
  say(ArgumentsDelta{1, "{oops"});
  say(FinishDelta{FinishReason::length, {}, {}});
  say(UsageDelta{{.input = 3, .output = 4, .source = UsageSource::provider}, {}});
  writer->finish(out);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 4);
  const auto back = reading::read_stream(ollama, reader, provider, out);
  const reading::Meaning meaning = meaning_of(back.answer);
  EXPECT_TRUE(back.done);
  EXPECT_EQ(back.answer.created, 1700000000);
  EXPECT_EQ(meaning.text, "Hi\n");
  EXPECT_EQ(meaning.reasoning, "hm");
  EXPECT_EQ(meaning.finish, FinishReason::length);
  EXPECT_EQ(meaning.usage.input, 3);
  ASSERT_EQ(meaning.calls.size(), 2U);
  EXPECT_EQ(meaning.calls[1].second, R"({"arguments":"{oops"})");
}

TEST_F(Ollama, faults_have_the_shape_of_ollama) {
  const Fault bad = fault(FaultKind::model_gone, "No such model");
  EXPECT_EQ(ollama.write_fault_event(bad, "r1", Ask()),
            "{\"error\":\"No such "
            "model\",\"gateway\":{\"request_id\":\"r1\",\"class\":\"model_gone\"}}\n");
  std::string body = R"({"error":"model \"x\" not found, try pulling it first"})";
  EXPECT_EQ(ollama.read_fault(reader, 404, Headers{}, body, 0).kind, FaultKind::model_gone);
  body = R"({"error":"registry.ollama.ai/library/gemma:2b does not support tools"})";
  EXPECT_EQ(ollama.read_fault(reader, 400, Headers{}, body, 0).code, "unsupported_parameter");
}

TEST_F(Ollama, embeddings_cross) {
  EXPECT_EQ(
      body_of(from_openai(R"({"model":"x","input":"a","dimensions":2})", Endpoint::embeddings)),
      R"({"model":"llama","input":"a","dimensions":2})");
  EXPECT_FALSE(from_openai(R"({"model":"x","input":[[1]]})", Endpoint::embeddings).has_value());
  std::string body =
      R"({"model":"m","embeddings":[[0.5,1],[2,3]],"total_duration":7,"prompt_eval_count":4})";
  const auto answer = ollama.read_answer(reader, Endpoint::embeddings, body, provider);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage.input, 4);
  std::string where;
  EXPECT_TRUE(corpus::same_json(body, ollama.write_answer(*answer, Ask{}), where)) << where;
  EXPECT_NE(openai.write_answer(*answer, Ask{}).find("[0.5,1]"), std::string::npos);
}

}  // namespace
}  // namespace wye
