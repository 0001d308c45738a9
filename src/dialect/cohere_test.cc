// Tests of the Cohere dialect on small texts: what is refused, what crosses to and from other
// dialects, streams event by event.
#include <gtest/gtest.h>

#include "core/signature.h"
#include "dialect/test_reading.h"

namespace wye {
namespace {

class Cohere : public testing::Test {
 protected:
  Result<Ask> read(std::string body, Endpoint endpoint = Endpoint::chat) {
    return cohere.read_ask(reader, {.dialect = DialectId::cohere, .endpoint = endpoint},
                           std::move(body));
  }
  // A request of an OpenAI client, for Cohere.
  Result<ProviderRequest> from_openai(const std::string& body, Endpoint endpoint = Endpoint::chat) {
    ask = std::move(*openai.read_ask(reader, {.endpoint = endpoint}, body));
    content = std::move(*openai.read_content(reader, ask));
    return cohere.write_ask(content, ask, deployment, provider);
  }
  std::string body_of(const Result<ProviderRequest>& request) {
    EXPECT_TRUE(request.has_value()) << request.error().message;
    return request ? reading::joined(*request) : std::string();
  }

  const Dialect& cohere = *dialect_of(DialectId::cohere);
  const Dialect& openai = *dialect_of(DialectId::openai);
  JsonReader reader;
  Ask ask;
  Content content;
  Deployment deployment = [] {
    Deployment out;
    out.model = "command";
    return out;
  }();
  Provider provider;
};

constexpr std::string_view hello = R"([{"role":"user","content":"Hello"}])";

std::string with(const std::string& more) {
  return R"({"model":"m","messages":)" + std::string(hello) + (more.empty() ? "" : "," + more) +
         "}";
}

TEST_F(Cohere, facts_of_a_request) {
  const auto found = read(
      with(R"("stream":true,"max_tokens":64,"seed":1,"stop_sequences":["x"],"logprobs":true,)"
           R"("tools":[{"type":"function","function":{"name":"f"}}],"thinking":{"type":"enabled"},)"
           R"("response_format":{"type":"json_object","json_schema":{}},"unknown":[{}])"));
  ASSERT_TRUE(found.has_value()) << found.error().message;
  const AskFacts& facts = found->facts;
  EXPECT_EQ(facts.model, "m");
  EXPECT_TRUE(facts.stream);
  EXPECT_EQ(facts.output_tokens_max, 64);
  EXPECT_GT(facts.input_tokens, 5);
  EXPECT_NE(facts.prefix_hash, 0U);
  EXPECT_EQ(facts.needs, (Abilities{Ability::stream, Ability::seed, Ability::stop, Ability::tools,
                                    Ability::logprobs, Ability::reasoning, Ability::json_schema}));
  EXPECT_NE(read(with(""))->facts.prefix_hash, read(R"({"model":"m","messages":[
      {"role":"user","content":"Bye"}]})")
                                                   ->facts.prefix_hash);
  EXPECT_FALSE(
      read(with(R"("thinking":{"type":"disabled"})"))->facts.needs.has(Ability::reasoning));
}

TEST_F(Cohere, wrong_requests_are_refused_and_the_field_is_named) {
  struct Case {
    std::string body, param;
  };
  const Case cases[] = {
      {"{", ""},
      {R"({"messages":[{"role":"user","content":"x"}]})", "model"},
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":[]})", "messages"},
      {R"({"model":"m","messages":{}})", "messages"},
      {R"({"model":"m","messages":["x"]})", "messages[0]"},
      {R"({"model":"m","messages":[{"content":"x"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"king","content":"x"}]})", "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"user","content":7}]})", "messages[0].content"},
      {R"({"model":"m","messages":[{"role":"user","content":["x"]}]})", "messages[0].content[0]"},
      {with(R"("model":"n")"), "model"},
      {with(R"("stream":1)"), "stream"},
      {with(R"("max_tokens":"9")"), "max_tokens"},
      {with(R"("max_tokens":-1)"), "max_tokens"},
      {with(R"("tools":{})"), "tools"},
      {with(R"("tools":[1])"), "tools[0]"},
      {with(R"("stop_sequences":[1])"), "stop_sequences[0]"},
      {with(R"("thinking":true)"), "thinking"},
      {with(R"("response_format":"json")"), "response_format"},
      {with(R"("documents":{})"), "documents"},
  };
  for (const Case& each : cases) {
    const auto found = read(each.body);
    ASSERT_FALSE(found.has_value()) << each.body;
    EXPECT_EQ(found.error().kind, FaultKind::bad_request) << each.body;
    EXPECT_EQ(found.error().param, each.param) << each.body << found.error().message;
    EXPECT_FALSE(found.error().code.empty()) << each.body;
  }
}

TEST_F(Cohere, every_cut_of_a_request_is_refused) {
  const std::string whole = with(R"("tools":[{"type":"function","function":{"name":"f"}}])");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(read(whole.substr(0, length)).has_value()) << length;
  }
}

TEST_F(Cohere, a_spliced_body_keeps_all_but_the_model) {
  const auto found =
      read(R"({ "x":[1, 2],"model" :"m", "thinking":{"type":"enabled"},"messages":)" +
           std::string(hello) + "}");
  EXPECT_EQ(reading::joined(cohere.splice(*found, deployment, provider, false)),
            R"({ "x":[1, 2],"model" :"command", "thinking":{"type":"enabled"},"messages":)" +
                std::string(hello) + "}");
  const std::string without = reading::joined(cohere.splice(*found, deployment, provider, true));
  EXPECT_EQ(without.find("thinking"), std::string::npos);
  EXPECT_TRUE(read(without).has_value()) << without;
}

TEST_F(Cohere, openai_requests_are_written_as_cohere_wants_them) {
  const auto request = from_openai(
      R"({"model":"x","messages":[{"role":"developer","content":"Be brief"},)"
      R"({"role":"user","content":[{"type":"text","text":"Look"},)"
      R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",)"
      R"("function":{"name":"f","arguments":"{\"a\":1}"}}]},)"
      R"({"role":"tool","tool_call_id":"call_1","content":"42"}],)"
      R"("tools":[{"type":"function","function":{"name":"f","strict":true}},)"
      R"({"type":"function","function":{"name":"g","parameters":{"type":"object"}}}],)"
      R"("tool_choice":{"type":"function","function":{"name":"f"}},"top_p":0.5,"stop":"END",)"
      R"("reasoning_effort":"low","max_completion_tokens":9,"logit_bias":{"1":2},"user":"u",)"
      R"("parallel_tool_calls":false,"response_format":{"type":"json_schema","json_schema":)"
      R"({"name":"n","schema":{"type":"object"}}}})");
  EXPECT_EQ(
      body_of(request),
      R"({"model":"command","messages":[{"role":"system","content":"Be brief"},)"
      R"({"role":"user","content":[{"type":"text","text":"Look"},)"
      R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},)"
      R"({"role":"assistant","tool_calls":[{"id":"call_1","type":"function",)"
      R"("function":{"name":"f","arguments":"{\"a\":1}"}}]},)"
      R"({"role":"tool","tool_call_id":"call_1","content":"42"}],)"
      R"("tools":[{"type":"function","function":{"name":"f",)"
      R"("parameters":{"type":"object","properties":{}}}}],"strict_tools":true,)"
      R"("tool_choice":"REQUIRED",)"
      R"("response_format":{"type":"json_object","json_schema":{"type":"object"}},)"
      R"("thinking":{"type":"enabled"},"p":0.5,"max_tokens":9,"stop_sequences":["END"]})");
  EXPECT_EQ(request->dropped,
            (std::vector<std::string>{"parallel_tool_calls", "user", "logit_bias"}));
  EXPECT_EQ(request->path, "/chat");
}

TEST_F(Cohere, what_cohere_cannot_do_is_said) {
  const std::string audio =
      R"([{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}])";
  const std::string file =
      R"([{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}])";
  for (const std::string& body : {with(R"("n":2)"), R"({"model":"m","messages":)" + audio + "}",
                                  R"({"model":"m","messages":)" + file + "}"}) {
    const auto request = from_openai(body);
    ASSERT_FALSE(request.has_value()) << body;
    EXPECT_EQ(request.error().kind, FaultKind::bad_request);
    EXPECT_EQ(request.error().code, "unsupported_parameter");
    EXPECT_FALSE(request.error().param.empty());
  }
}

TEST_F(Cohere, a_model_that_cannot_think_is_not_asked_to) {
  deployment.abilities_known = true;
  auto request = from_openai(with(R"("reasoning_effort":"high")"));
  EXPECT_EQ(body_of(request).find("thinking"), std::string::npos);
  EXPECT_EQ(request->dropped, std::vector<std::string>{"reasoning_effort"});
  request = from_openai(with(R"("reasoning_effort":"none")"));
  EXPECT_EQ(body_of(request).find("thinking"), std::string::npos);
  EXPECT_TRUE(request->dropped.empty());
}

TEST_F(Cohere, documents_are_shown_by_the_user_to_other_models) {
  const auto found =
      read(with(R"("documents":["Plain",{"id":"a","data":{"title":"T","text":"Long"}}])"));
  const auto read_back = cohere.read_content(reader, *found);
  const auto for_openai = openai.write_ask(*read_back, *found, deployment, provider);
  EXPECT_EQ(reading::joined(*for_openai),
            R"({"model":"command","messages":[{"role":"user","content":[)"
            R"({"type":"text","text":"Hello"},{"type":"text","text":"Plain"},)"
            R"({"type":"text","text":"Long"}]}]})");
  const auto for_cohere = cohere.write_ask(*read_back, *found, deployment, provider);
  EXPECT_EQ(reading::joined(*for_cohere),
            R"({"model":"command","messages":[{"role":"user","content":"Hello"}],)"
            R"("documents":["Plain",{"id":"a","data":{"title":"T","text":"Long"}}]})");
}

TEST_F(Cohere, embeddings_cross_with_a_purpose) {
  const auto request =
      from_openai(R"({"model":"x","input":["a","b"],"dimensions":256,"encoding_format":"base64"})",
                  Endpoint::embeddings);
  EXPECT_EQ(body_of(request),
            R"({"model":"command","texts":["a","b"],"input_type":"search_document",)"
            R"("embedding_types":["float"],"output_dimension":256})");
  EXPECT_EQ(request->path, "/embed");
  EXPECT_FALSE(from_openai(R"({"model":"x","input":[1,2]})", Endpoint::embeddings).has_value());
}

TEST_F(Cohere, mixed_inputs_keep_their_order) {
  const auto found = read(
      R"({"model":"m","inputs":[{"content":[{"type":"text","text":"a"}]},{"content":[)"
      R"({"type":"image_url","image_url":{"url":"https://x/y.png"}}]}],"input_type":"classification",)"
      R"("embedding_types":["int8","float"]})",
      Endpoint::embeddings);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->facts.needs.has(Ability::images));
  const auto inside = cohere.read_content(reader, *found);
  const auto out = cohere.write_ask(*inside, *found, deployment, provider);
  EXPECT_EQ(reading::joined(*out),
            R"({"model":"command","inputs":[{"content":[{"type":"text","text":"a"}]},{"content":[)"
            R"({"type":"image_url","image_url":{"url":"https://x/y.png"}}]}],)"
            R"("input_type":"classification","embedding_types":["int8","float"]})");
}

TEST_F(Cohere, embedding_types_of_its_own_come_back) {
  std::string body =
      R"({"id":"i","embeddings":{"float":[[0.5,-0.25]],"int8":[[5,-3]]},"texts":["a"],)"
      R"("meta":{"billed_units":{"input_tokens":3,"image_tokens":2}},"response_type":"embeddings_by_type"})";
  const auto answer = cohere.read_answer(reader, Endpoint::embeddings, body, provider);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->usage.input, 5);
  EXPECT_EQ(answer->embeddings.at(0).values, (std::vector<double>{0.5, -0.25}));
  std::string where;
  EXPECT_TRUE(corpus::same_json(body, cohere.write_answer(*answer, Ask{}), where)) << where;
  EXPECT_NE(openai.write_answer(*answer, Ask{}).find("[0.5,-0.25]"), std::string::npos);
}

TEST_F(Cohere, answers_that_are_none_are_faults) {
  for (const std::string_view text :
       {"", "[]", "{}", R"({"id":"x"})", R"({"message":7,"finish_reason":"COMPLETE"})",
        R"({"message":{"content":[]},"finish_reason":"ERROR"})"}) {
    std::string body(text);
    EXPECT_FALSE(cohere.read_answer(reader, Endpoint::chat, body, provider).has_value()) << text;
  }
  std::string late = R"({"message":{"content":[]},"finish_reason":"TIMEOUT"})";
  const auto answer = cohere.read_answer_facts(reader, Endpoint::chat, late, provider);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, FaultKind::timeout);
  std::string other =
      R"({"message":{"content":[{"type":"text","text":"x"}]},"finish_reason":"NEW"})";
  EXPECT_EQ(cohere.read_answer_facts(reader, Endpoint::chat, other, provider)->finish,
            FinishReason::other);
}

TEST_F(Cohere, strange_events_hurt_nobody) {
  const auto stream = cohere.open_reader(reader, provider);
  std::vector<Delta> deltas;
  const auto say = [&](std::string_view data, std::string_view type = "") {
    SseEvent event;
    event.data = data;
    event.type = type;
    deltas.clear();
    return stream->read(event, &deltas);
  };
  EXPECT_TRUE(say("{oops").malformed);
  EXPECT_FALSE(say(R"({"type":"debug","delta":7})").malformed);
  EXPECT_FALSE(
      say(R"({"type":"content-delta","index":0,"delta":{"message":{"content":7}}})").content);
  EXPECT_FALSE(
      say(R"({"type":"tool-call-delta","index":2147483647,"delta":{"message":{"tool_calls":)"
          R"({"function":{"arguments":"{}"}}}}})")
          .malformed);
  EXPECT_TRUE(deltas.empty());
  const EventFacts text =
      say(R"({"delta":{"message":{"content":{"text":"a\"b"}}},"type":"content-delta"})");
  EXPECT_TRUE(text.content);
  ASSERT_EQ(deltas.size(), 1U);
  EXPECT_EQ(std::get<TextDelta>(deltas[0].body).text, "a\"b");
  const EventFacts broken = say(R"({"message":"too many requests"})");
  ASSERT_TRUE(broken.fault.has_value());
  EXPECT_EQ(broken.fault->message, "too many requests");
  const EventFacts end = say(
      R"({"type":"message-end","delta":{"finish_reason":"ERROR","error":"model is overloaded"}})");
  ASSERT_TRUE(end.fault.has_value());
  EXPECT_EQ(end.fault->kind, FaultKind::overloaded);
  EXPECT_TRUE(say("[DONE]").done);
}

TEST_F(Cohere, a_stream_for_its_clients_has_every_event) {
  const auto writer = cohere.open_writer(ask);
  std::string out;
  const auto say = [&](DeltaBody body) { writer->write({0, std::move(body)}, out); };
  say(StartDelta{.id = "i", .model = "m"});
  say(ReasoningDelta{"hm", {}});
  say(TextDelta{"Hi"});
  say(ToolCallDelta{0, "c1", "f", {}});
  say(ArgumentsDelta{0, "{\"a\""});
  say(ArgumentsDelta{0, ":1}"});
  say(SignatureDelta{{"SIG", "gemini"}, false});
  say(FinishDelta{FinishReason::tool_calls, {}, {}});
  writer->finish(out);
  std::string types;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("event: ")) types += line.substr(7) + " ";
  }
  EXPECT_EQ(types,
            "message-start content-start content-delta content-end content-start content-delta "
            "content-end tool-call-start tool-call-delta tool-call-end message-end ");
  EXPECT_TRUE(out.ends_with("data: [DONE]\n\n"));
  const auto back = reading::read_stream(cohere, reader, provider, out);
  const reading::Meaning meaning = reading::meaning_of(back.answer);
  EXPECT_EQ(meaning.text, "Hi");
  EXPECT_EQ(meaning.reasoning, "hm");
  EXPECT_EQ(meaning.finish, FinishReason::tool_calls);
  ASSERT_EQ(meaning.calls.size(), 1U);
  EXPECT_EQ(meaning.calls[0].second, R"({"a":1})");
  // The signature of another maker comes back with the call.
  const auto& call = std::get<ToolCall>(back.answer.choices[0].parts.back().body);
  EXPECT_EQ(call.id, id_with("c1", {"SIG", "gemini"}));
  const auto again =
      read(R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":")" + call.id +
           R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
           R"({"role":"tool","tool_call_id":")" +
           call.id + R"(","content":"1"}]})");
  const auto inside = cohere.read_content(reader, *again);
  EXPECT_EQ(inside->messages[0].parts[0].signature, (Signature{"SIG", "gemini"}));
  EXPECT_EQ(std::get<ToolCall>(inside->messages[0].parts[0].body).id, "c1");
  EXPECT_EQ(std::get<ToolResult>(inside->messages[1].parts[0].body).call_id, "c1");
}

TEST_F(Cohere, faults_have_the_shape_of_cohere) {
  Fault bad = fault(FaultKind::rate_limit, "Too \"many\"");
  bad.code = "limit";
  EXPECT_EQ(cohere.write_fault(bad, "r1", Ask()),
            R"({"id":"r1","message":"Too \"many\"","error_type":"limit",)"
            R"("gateway":{"request_id":"r1","class":"rate_limit"}})");
  const auto back =
      reading::read_stream(cohere, reader, provider, cohere.write_fault_event(bad, "r1", Ask()));
  EXPECT_EQ(back.fault, "Too \"many\"");
}

TEST_F(Cohere, rankings_come_and_go) {
  const auto found = read(
      R"({"model":"m","query":"q","documents":["a",{"text":"b"},{"x":1}],"top_n":2,"rank_fields":["x"]})",
      Endpoint::rerank);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  const auto inside = cohere.read_content(reader, *found);
  EXPECT_EQ(inside->rerank.documents, (std::vector<std::string>{"a", "b", R"({"x":1})"}));
  EXPECT_EQ(reading::joined(*cohere.write_ask(*inside, *found, deployment, provider)),
            R"({"model":"command","query":"q","documents":["a",{"text":"b"},{"x":1}],"top_n":2,)"
            R"("rank_fields":["x"]})");
  for (const std::string_view bad :
       {R"({"model":"m","query":"q"})", R"({"model":"m","documents":[]})",
        R"({"model":"m","query":1,"documents":[]})", R"({"model":"m","query":"q","documents":[1]})",
        R"({"model":"m","query":"q","documents":[],"top_n":0})",
        R"({"model":"m","query":"q","documents":[],"top_n":1,"top_k":1})"}) {
    EXPECT_FALSE(read(std::string(bad), Endpoint::rerank).has_value()) << bad;
  }
}

}  // namespace
}  // namespace wye
