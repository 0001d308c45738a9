#include <algorithm>
// Tests of the Responses dialect on small texts of our own: what is refused and how, what crosses
// to other dialects, and what a client sees event by event.
#include <gtest/gtest.h>

#include "core/signature.h"
#include "dialect/test_responses.h"

namespace wye {
namespace {

using responses_test::dialect;
using responses_test::joined;

Result<Ask> read(JsonReader& reader, std::string body) {
  return dialect.read_ask(reader, {}, std::move(body));
}

struct Parsed {
  std::string type;
  std::string data;
};

std::vector<Parsed> events_of(const std::string& stream) {
  std::vector<Parsed> out;
  responses_test::for_each_event(stream, [&](const SseEvent& event) {
    out.push_back({std::string(event.type), std::string(event.data)});
  });
  return out;
}

std::string types_of(const std::vector<Parsed>& events) {
  std::string out;
  for (const Parsed& event : events) {
    std::string_view type = event.type;
    if (type.starts_with("response.")) type.remove_prefix(9);
    out.append(type).append(" ");
  }
  return out;
}

TEST(ResponsesAsk, reads_the_facts) {
  JsonReader reader;
  const auto ask = read(reader, R"({"input":[
      {"role":"developer","content":"be brief"},
      {"type":"message","role":"user","content":[{"type":"input_text","text":"what is it"},
        {"type":"input_image","image_url":"https://x/y.png","detail":"low"}]},
      {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
      {"type":"function_call_output","call_id":"c","output":"ok"}],
    "model":"m","stream":true,"max_output_tokens":50,"tools":[{"type":"function","name":"f"}],
    "parallel_tool_calls":true,"text":{"format":{"type":"json_schema"}},"user":"u",
    "reasoning":{"effort":"low"},"include":["message.output_text.logprobs"],
    "metadata":{"task":"t","team":"a"}})");
  ASSERT_TRUE(ask.has_value()) << ask.error().message;
  const AskFacts& facts = ask->facts;
  EXPECT_EQ(facts.model, "m");
  EXPECT_EQ(facts.endpoint, Endpoint::chat);
  EXPECT_TRUE(facts.stream);
  EXPECT_EQ(facts.output_tokens_max, 50);
  EXPECT_EQ(facts.task_metadata, "t");
  EXPECT_EQ(facts.metadata.size(), 1u);
  EXPECT_NE(facts.user_hash, 0u);
  EXPECT_GT(facts.input_tokens, 85);
  EXPECT_LT(facts.input_tokens, 160);
  const Abilities wanted{Ability::tools,  Ability::parallel_tools, Ability::json_schema,
                         Ability::images, Ability::reasoning,      Ability::logprobs,
                         Ability::stream};
  EXPECT_EQ(facts.needs.bits(), wanted.bits());
}

TEST(ResponsesAsk, refuses_what_is_wrong_and_names_the_field) {
  struct Row {
    const char* body;
    const char* param;
    const char* code;
  };
  const Row rows[]{
      {R"({"model":"m"})", "input", "missing_required_parameter"},
      {R"({"input":"x"})", "model", "missing_required_parameter"},
      {R"({"model":"m","input":5})", "input", "invalid_type"},
      {R"({"model":"m","input":"x","top_p":"a"})", "top_p", "invalid_type"},
      {R"({"model":"m","input":[5]})", "input[0]", "invalid_type"},
      {R"({"model":"m","input":[{"content":"x"}]})", "input[0].type", "missing_required_parameter"},
      {R"({"model":"m","input":[{"role":"user","content":4}]})", "input[0].content",
       "invalid_type"},
      {R"({"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":1}]}]})",
       "input[0].content[0].text", "invalid_type"},
      {R"({"model":"m","input":"x","model":"n"})", "model", "duplicate_parameter"},
      {R"({"model":"m","input":"x","stream":"yes"})", "stream", "invalid_type"},
      {R"({"model":"m","input":"x","max_output_tokens":0})", "max_output_tokens", "invalid_value"},
      {R"({"model":"m","input":"x","background":true})", "background", "unsupported_parameter"},
      {R"({"model":"m","input":"x","tools":["web"]})", "tools[0]", "invalid_type"},
      {R"({"model":"m","input":"x")", "", "invalid_json"},
  };
  JsonReader reader;
  for (const Row& row : rows) {
    const auto ask = read(reader, row.body);
    ASSERT_FALSE(ask.has_value()) << row.body;
    EXPECT_EQ(ask.error().kind, FaultKind::bad_request) << row.body;
    EXPECT_EQ(ask.error().param, row.param) << row.body;
    EXPECT_EQ(ask.error().code, row.code) << row.body;
  }
}

// What agents offer by habit is left out, and told.
TEST(ResponsesCrossing, tools_that_the_provider_runs_are_left_out_elsewhere) {
  JsonReader reader;
  const auto ask = read(
      reader,
      R"({"model":"m","input":"x","tools":[{"type":"web_search"},{"type":"mcp","server_label":"s"},)"
      R"({"type":"namespace","name":"n","tools":[]},{"type":"function","name":"f","parameters":{}}]})");
  ASSERT_TRUE(ask.has_value());
  const auto content = dialect.read_content(reader, *ask);
  ASSERT_TRUE(content.has_value()) << content.error().message;
  Deployment deployment;
  deployment.model = "m";
  for (const DialectId id : {DialectId::openai, DialectId::anthropic, DialectId::gemini,
                             DialectId::cohere, DialectId::ollama, DialectId::bedrock}) {
    const auto request = dialect_of(id)->write_ask(*content, *ask, deployment, Provider());
    ASSERT_TRUE(request.has_value()) << to_string(id) << request.error().message;
    EXPECT_NE(joined(*request).find("\"f\""), std::string::npos) << to_string(id);
    // A search of its own is told in its words, or dropped by its name; the others are tools.
    const auto& dropped = request->dropped;
    EXPECT_EQ(std::count(dropped.begin(), dropped.end(), "tools"), 1) << to_string(id);
    const bool searches = joined(*request).find("earch") != std::string::npos;
    const bool told = std::count(dropped.begin(), dropped.end(), "tools.web_search") == 1;
    EXPECT_NE(searches, told) << to_string(id);
  }
}

TEST(ResponsesCrossing, refuses_what_only_a_responses_provider_can_do) {
  struct Row {
    const char* more;
    const char* param;
  };
  const Row rows[]{
      {R"("input":"x","previous_response_id":"resp_1")", "previous_response_id"},
      {R"("input":"x","conversation":{"id":"c"})", "conversation"},
      {R"("prompt":{"id":"p"})", "prompt"},
      {R"("input":"x","tool_choice":"required","tools":[{"type":"mcp","server_label":"s"}])",
       "tools"},
      {R"("input":"x","tool_choice":{"type":"file_search"})", "tool_choice"},
      {R"("input":"x","text":{"format":{"type":"grammar"}})", "text.format"},
      {R"("input":[{"type":"item_reference","id":"msg_1"}])", "input"},
      {R"("input":[{"type":"file_search_call","id":"fs_1","status":"completed"}])", "input"},
  };
  JsonReader reader;
  for (const Row& row : rows) {
    const std::string body = std::string(R"({"model":"m",)") + row.more + "}";
    const auto ask = read(reader, body);
    ASSERT_TRUE(ask.has_value()) << body << ask.error().message;
    const auto content = dialect.read_content(reader, *ask);
    ASSERT_FALSE(content.has_value()) << body;
    EXPECT_EQ(content.error().kind, FaultKind::bad_request);
    EXPECT_EQ(content.error().code, "unsupported_parameter");
    EXPECT_EQ(content.error().param, row.param) << body;
    // To a provider of the same dialect it passes.
    Deployment deployment;
    deployment.model = "m";
    EXPECT_EQ(joined(dialect.splice(*ask, deployment, Provider(), false)), body);
  }
}

// Libraries that believe their items are kept refer to them. Thoughts are of no use to anybody
// else, so a reference to one is nothing; any other stands for content that is not here.
TEST(ResponsesCrossing, references_to_thoughts_are_left_out) {
  JsonReader reader;
  const auto ask = read(reader, R"({"model":"m","input":[{"role":"user","content":"hi"},
    {"type":"item_reference","id":"rs_1"},
    {"type":"web_search_call","id":"ws_1","status":"completed"},
    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"ho"}]},
    {"role":"user","content":"and?"}]})");
  ASSERT_TRUE(ask.has_value());
  const auto content = dialect.read_content(reader, *ask);
  ASSERT_TRUE(content.has_value()) << content.error().message;
  Deployment deployment;
  deployment.model = "x";
  const auto request =
      dialect_of(DialectId::openai)->write_ask(*content, *ask, deployment, Provider());
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(joined(*request),
            R"({"model":"x","messages":[{"role":"user","content":"hi"},)"
            R"({"role":"assistant","content":"ho"},{"role":"user","content":"and?"}]})");
}

TEST(ResponsesCrossing, a_reference_that_cannot_be_resolved_says_what_to_do) {
  JsonReader reader;
  const auto ask =
      read(reader, R"({"model":"m","input":[{"type":"item_reference","id":"msg_1"}]})");
  const auto content = dialect.read_content(reader, *ask);
  ASSERT_FALSE(content.has_value());
  EXPECT_NE(content.error().message.find("store: false"), std::string::npos);
}

TEST(ResponsesCrossing, calls_thoughts_and_text_of_one_turn_become_one_message) {
  JsonReader reader;
  const auto ask = read(reader, R"({"model":"m","instructions":"be kind","input":[
    {"role":"user","content":"hi"},
    {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},
      {"type":"summary_text","text":"b"}],"encrypted_content":"SECRET"},
    {"type":"message","id":"msg_1","role":"assistant","status":"completed",
     "content":[{"type":"output_text","text":"wait","annotations":[]}]},
    {"type":"function_call","call_id":"c1.wye1.gemini.SIG","name":"f","arguments":"{}"},
    {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
    {"type":"function_call_output","call_id":"c1.wye1.gemini.SIG","output":"one"},
    {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}],
    "tools":[{"type":"function","name":"f","parameters":{}}]})");
  ASSERT_TRUE(ask.has_value());
  const auto content = dialect.read_content(reader, *ask);
  ASSERT_TRUE(content.has_value()) << content.error().message;
  ASSERT_EQ(content->messages.size(), 5u);
  EXPECT_EQ(content->messages[0].role, Role::system);
  const Message& turn = content->messages[2];
  ASSERT_EQ(turn.parts.size(), 4u);
  EXPECT_EQ(std::get<Reasoning>(turn.parts[0].body).text, "a\n\nb");
  EXPECT_EQ(turn.parts[0].signature, (Signature{"SECRET", "openai_responses"}));
  EXPECT_EQ(std::get<ToolCall>(turn.parts[2].body).id, "c1");
  EXPECT_EQ(turn.parts[2].signature, (Signature{"SIG", "gemini"}));
  EXPECT_EQ(std::get<ToolResult>(content->messages[3].parts[0].body).call_id, "c1");
  EXPECT_EQ(std::get<ToolResult>(content->messages[4].parts[0].body).parts.size(), 1u);
  EXPECT_FALSE(content->tools[0].strict.has_value());
}

TEST(ResponsesSplice, foreign_thoughts_and_signatures_stay_behind) {
  JsonReader reader;
  const auto ask = read(reader, R"({"model":"a","x":1,"metadata":{"task":"t"},"input":[
{"type":"reasoning","id":"rs_wye_1","summary":[],"encrypted_content":"wye1.anthropic.S"},
{"type":"reasoning","id":"rs_wye_2","summary":[]},
{"type":"reasoning","id":"rs_real","summary":[],"encrypted_content":"OWN"},
{"type":"function_call","call_id":"c.wye1.gemini.T","name":"f","arguments":"{}"}],"reasoning":{"effort":"low"}})");
  ASSERT_TRUE(ask.has_value());
  Deployment deployment;
  deployment.model = "b";
  const ProviderRequest request = dialect.splice(*ask, deployment, Provider(), true);
  EXPECT_EQ(request.path, "/responses");
  std::string where;
  EXPECT_TRUE(corpus::same_json(joined(request), R"({"model":"b","x":1,"input":[
{"type":"reasoning","id":"rs_real","summary":[],"encrypted_content":"OWN"},
{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]})",
                                where))
      << where << joined(request);
}

TEST(ResponsesWriteAsk, other_dialects_requests_are_stateless_and_not_strict) {
  Content content;
  content.origin = DialectId::anthropic;
  Message& user = content.messages.emplace_back();
  user.parts.emplace_back().body = Text{"hi"};
  content.messages.emplace_back().role = Role::assistant;
  Part thought;
  thought.body = Reasoning{.text = "hm", .summary = false, .encrypted = false};
  thought.signature = {"A", "anthropic"};
  content.messages.back().parts = {thought};
  thought.signature = {"R", "openai_responses"};
  content.messages.back().parts.push_back(thought);
  Tool& tool = content.tools.emplace_back();
  tool.name = "f";
  tool.parameters = "{}";
  content.output_tokens_max = 1;
  content.sampling.seed = 7;
  Deployment deployment;
  deployment.model = "m";
  const auto request = dialect.write_ask(content, Ask(), deployment, Provider());
  ASSERT_TRUE(request.has_value());
  std::string where;
  EXPECT_TRUE(corpus::same_json(joined(*request), R"({"model":"m","input":[
    {"role":"user","content":"hi"},
    {"type":"reasoning","encrypted_content":"R","summary":[{"type":"summary_text","text":"hm"}]}],
    "tools":[{"type":"function","name":"f","parameters":{},"strict":false}],
    "max_output_tokens":16,"store":false,"include":["reasoning.encrypted_content"]})",
                                where))
      << where << joined(*request);
  EXPECT_EQ(request->dropped, std::vector<std::string>{"seed"});
}

// Anthropic's documents of plain text name a media type.
TEST(ResponsesWriteAsk, a_document_of_plain_text_becomes_text) {
  Content content;
  content.origin = DialectId::anthropic;
  Document document;
  document.text = "hello";
  document.media.media_type = "text/plain";
  content.messages.emplace_back().parts.emplace_back().body = document;
  Deployment deployment;
  deployment.model = "m";
  const auto request = dialect.write_ask(content, Ask(), deployment, Provider());
  ASSERT_TRUE(request.has_value());
  EXPECT_NE(joined(*request).find(R"("type":"input_text","text":"hello")"), std::string::npos)
      << joined(*request);
}

TEST(ResponsesWriteAsk, what_would_change_the_meaning_is_refused) {
  const auto refused = [](auto&& change) {
    Content content;
    content.messages.emplace_back().parts.emplace_back().body = Text{"hi"};
    change(content);
    const auto request = dialect.write_ask(content, Ask(), Deployment(), Provider());
    return request ? std::string("accepted") : request.error().param;
  };
  EXPECT_EQ(refused([](Content& c) { c.choices = 2; }), "n");
  EXPECT_EQ(refused([](Content& c) { c.stop = {"END"}; }), "stop");
  EXPECT_EQ(refused([](Content& c) { c.messages[0].parts[0].body = Audio{}; }), "messages");
  EXPECT_EQ(refused([](Content& c) {
              c.origin = DialectId::anthropic;
              Image image;
              image.media.file_id = "file_1";
              c.messages[0].parts[0].body = image;
            }),
            "messages");
  EXPECT_EQ(refused([](Content&) {}), "accepted");
}

TEST(ResponsesWriter, writes_the_events_in_the_order_that_libraries_expect) {
  Ask ask;
  ask.facts.model = "route";
  Usage usage;
  usage.input = 5;
  usage.output = 7;
  usage.source = UsageSource::provider;
  const std::vector<Delta> deltas{{0, StartDelta{"chatcmpl-1", "gpt", 12}},
                                  {0, ReasoningDelta{"think", {}}},
                                  {0, SignatureDelta{{"S", "anthropic"}, false}},
                                  {0, TextDelta{"Hel"}},
                                  {0, TextDelta{"lo"}},
                                  {0, ToolCallDelta{0, "call_1", "f", {}}},
                                  {0, ArgumentsDelta{0, "{\"a\""}},
                                  {0, ArgumentsDelta{0, ":1}"}},
                                  {0, ToolCallDelta{1, "call_2", "g", {}}},
                                  {0, SignatureDelta{{"T", "gemini"}, false}},
                                  {0, FinishDelta{FinishReason::tool_calls, "tool_calls", {}}},
                                  {0, UsageDelta{usage, {}}}};
  const auto events = events_of(responses_test::streamed(dialect, deltas, ask));
  EXPECT_EQ(types_of(events),
            "created in_progress "
            "output_item.added reasoning_summary_part.added reasoning_summary_text.delta "
            "reasoning_summary_text.done reasoning_summary_part.done output_item.done "
            "output_item.added content_part.added output_text.delta output_text.delta "
            "output_text.done content_part.done output_item.done "
            "output_item.added function_call_arguments.delta function_call_arguments.delta "
            "function_call_arguments.done output_item.done "
            "output_item.added function_call_arguments.done output_item.done "
            "completed ");
  simdjson::dom::parser parser;
  std::int64_t number = 0;
  for (const Parsed& event : events) {
    corpus::Dom root;
    ASSERT_EQ(parser.parse(event.data).get(root), simdjson::SUCCESS) << event.data;
    EXPECT_EQ(corpus::text_at(root, "/type"), event.type);
    EXPECT_EQ(root["sequence_number"].get_int64().value_unsafe(), number++);
  }
  corpus::Dom end;
  ASSERT_EQ(parser.parse(events.back().data).get(end), simdjson::SUCCESS);
  EXPECT_EQ(corpus::text_at(end, "/response/status"), "completed");
  EXPECT_EQ(corpus::text_at(end, "/response/output_text"), "Hello");
  EXPECT_EQ(corpus::text_at(end, "/response/output/0/encrypted_content"), "wye1.anthropic.S");
  EXPECT_EQ(corpus::text_at(end, "/response/output/1/content/0/text"), "Hello");
  EXPECT_EQ(corpus::text_at(end, "/response/output/2/arguments"), "{\"a\":1}");
  EXPECT_EQ(corpus::text_at(end, "/response/output/3/call_id"), "call_2.wye1.gemini.T");
  EXPECT_EQ(corpus::text_at(end, "/response/output/3/arguments"), "{}");
  EXPECT_EQ(end.at_pointer("/response/usage/total_tokens").get_int64().value_unsafe(), 12);
}

TEST(ResponsesWriter, an_answer_that_was_cut_short_says_so) {
  const std::vector<Delta> deltas{{0, TextDelta{"half"}},
                                  {0, FinishDelta{FinishReason::length, "length", {}}}};
  const auto events = events_of(responses_test::streamed(dialect, deltas, Ask()));
  EXPECT_EQ(events.back().type, "response.incomplete");
  simdjson::dom::parser parser;
  corpus::Dom end;
  ASSERT_EQ(parser.parse(events.back().data).get(end), simdjson::SUCCESS);
  EXPECT_EQ(corpus::text_at(end, "/response/incomplete_details/reason"), "max_output_tokens");
  EXPECT_EQ(corpus::text_at(end, "/response/output/0/status"), "incomplete");
}

TEST(ResponsesWriter, calls_told_in_turns_lose_nothing) {
  const std::vector<Delta> deltas{
      {0, ToolCallDelta{0, "a", "f", {}}}, {0, ArgumentsDelta{0, "{\"x\":"}},
      {0, ToolCallDelta{1, "b", "g", {}}}, {0, ArgumentsDelta{1, "{\"y\":"}},
      {0, ArgumentsDelta{0, "1}"}},        {0, ArgumentsDelta{1, "2}"}}};
  JsonReader reader;
  const std::string stream = responses_test::streamed(dialect, deltas, Ask());
  const Answer answer =
      responses_test::folded(responses_test::deltas_of(dialect, reader, Provider(), stream));
  EXPECT_EQ(responses_test::spelled(answer).calls, R"(f({"x":1})g({"y":2}))");
}

TEST(ResponsesReader, broken_and_strange_events_do_no_harm) {
  JsonReader reader;
  auto stream = dialect.open_reader(reader, Provider());
  const auto facts = [&](std::string_view type, std::string_view data) {
    SseEvent event;
    event.type = type;
    event.data = data;
    std::vector<Delta> deltas;
    return stream->read(event, &deltas);
  };
  EXPECT_TRUE(facts("response.output_text.delta", R"({"type":"resp)").malformed);
  EXPECT_FALSE(facts("response.new_thing", R"({"type":"response.new_thing","x":[1]})").malformed);
  EXPECT_FALSE(facts("x", R"({"item":5,"response":"no","delta":{},"output_index":"a"})").content);
  EXPECT_TRUE(facts("", R"({"delta":"a","type":"response.output_text.delta"})").content);
  const EventFacts error = facts(
      "error", R"({"type":"error","code":"rate_limit_exceeded","message":"slow","param":null})");
  ASSERT_TRUE(error.fault.has_value());
  EXPECT_EQ(error.fault->kind, FaultKind::rate_limit);
  const EventFacts failed = facts(
      "response.failed",
      R"({"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"oops"}}})");
  ASSERT_TRUE(failed.fault.has_value());
  EXPECT_EQ(failed.fault->kind, FaultKind::outage);
  EXPECT_TRUE(facts("", "[DONE]").done);
}

// A provider that says everything only at the end is still understood.
TEST(ResponsesReader, what_was_not_streamed_is_taken_from_the_end) {
  JsonReader reader;
  const std::string stream =
      "data: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"model\":\"m\"}}\n\n"
      "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"model\":\"m\","
      "\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"role\":\"assistant\","
      "\"content\":[{\"type\":\"output_text\",\"text\":\"hi\"}]},{\"type\":\"function_call\","
      "\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"{}\"}]}}\n\n";
  const Answer answer =
      responses_test::folded(responses_test::deltas_of(dialect, reader, Provider(), stream));
  EXPECT_EQ(responses_test::spelled(answer).text, "hi");
  EXPECT_EQ(responses_test::spelled(answer).calls, "f({})");
  EXPECT_EQ(answer.choices.front().finish, FinishReason::tool_calls);
}

TEST(ResponsesAnswer, what_is_no_answer_is_a_fault) {
  JsonReader reader;
  const auto kind = [&](std::string body) {
    const auto facts = dialect.read_answer_facts(reader, Endpoint::chat, body, Provider());
    return facts ? std::string("answer") : std::string(to_string(facts.error().kind));
  };
  EXPECT_EQ(kind("<html>"), "invalid_output");
  EXPECT_EQ(kind(R"({"id":"r"})"), "invalid_output");
  EXPECT_EQ(kind(R"({"output":[],"status":"queued"})"), "invalid_output");
  EXPECT_EQ(kind(R"({"output":[],"status":"failed","error":null})"), "outage");
  EXPECT_EQ(
      kind(
          R"({"output":[],"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}})"),
      "rate_limit");
  EXPECT_EQ(kind(R"({"output":[],"status":"completed"})"), "answer");
}

TEST(ResponsesFault, is_written_for_both_readings_of_the_specification) {
  Fault broken = fault(FaultKind::outage, "it broke");
  const std::string event = dialect.write_fault_event(broken, "req_1", Ask());
  EXPECT_TRUE(event.starts_with("event: error\ndata: "));
  EXPECT_TRUE(event.ends_with("\n\n"));
  JsonReader reader;
  auto stream = dialect.open_reader(reader, Provider());
  responses_test::for_each_event(event, [&](const SseEvent& each) {
    const EventFacts facts = stream->read(each, nullptr);
    ASSERT_TRUE(facts.fault.has_value());
    EXPECT_EQ(facts.fault->message, "it broke");
  });
  EXPECT_NE(event.find(R"("code":"outage","message":"it broke","param":null)"), std::string::npos);
}

// Every prefix of a body, and every byte changed, is refused or read; nothing else happens.
TEST(ResponsesAsk, survives_cut_and_changed_bodies) {
  JsonReader reader;
  const std::string body =
      R"({"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a"}]},)"
      R"({"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"encrypted_content":"wye1.x.y"},)"
      R"({"type":"function_call","call_id":"c","name":"f","arguments":"{}"}],)"
      R"("reasoning":{"effort":"low"},"metadata":{"task":"t"},"text":{"format":{"type":"text"}}})";
  const auto use = [&](std::string text) {
    auto ask = read(reader, std::move(text));
    if (!ask) return;
    auto content = responses::read_own_content(reader, *ask);
    if (!content) return;
    (void)dialect.write_ask(*content, *ask, Deployment(), Provider());
    (void)dialect.splice(*ask, Deployment(), Provider(), true);
  };
  for (std::size_t length = 0; length <= body.size(); ++length) use(body.substr(0, length));
  for (std::size_t at = 0; at < body.size(); ++at) {
    for (const char c : {'"', '{', '[', '0', 'n', ','}) {
      std::string changed = body;
      changed[at] = c;
      use(std::move(changed));
    }
  }
}

}  // namespace
}  // namespace wye
