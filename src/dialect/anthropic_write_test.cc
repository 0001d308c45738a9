// Tests of writing requests of other dialects for Anthropic, and of the tables behind that.
#include <gtest/gtest.h>

#include "dialect/anthropic_betas.h"
#include "dialect/anthropic_model.h"
#include "dialect/anthropic_parts.h"
#include "dialect/test_anthropic.h"

namespace wye {
namespace {

using namespace anthropic_test;
using anthropic::habits_of;
using anthropic::sort_betas;
using anthropic::ThinkingStyle;

Part text_part(std::string text) {
  Part part;
  part.body = Text{std::move(text)};
  return part;
}
Part call_part(std::string id, std::string arguments) {
  Part part;
  part.body = ToolCall{std::move(id), "f", std::move(arguments)};
  return part;
}
Message message_of(Role role, std::vector<Part> parts) {
  Message message;
  message.role = role;
  message.parts = std::move(parts);
  return message;
}
Message result_of(std::string id, const std::string& text) {
  Part part;
  part.body = ToolResult{.call_id = std::move(id), .name = {}, .parts = {text_part(text)}};
  return message_of(Role::tool, {std::move(part)});
}

class AnthropicWrite : public testing::Test {
 protected:
  AnthropicWrite() {
    content.messages.push_back(message_of(Role::user, {text_part("hi")}));
    deployment.model = "claude-sonnet-4-5";
  }
  Result<ProviderRequest> request() { return dialect.write_ask(content, ask, deployment, {}); }
  // The body without what every test has.
  void expect(std::string_view members) {
    auto made = request();
    ASSERT_TRUE(made.has_value()) << made.error().message;
    std::string wanted = R"({"model":")" + deployment.model + R"(",)";
    if (members.find("\"max_tokens\"") == std::string_view::npos) wanted += R"("max_tokens":4096,)";
    if (members.find("\"messages\"") == std::string_view::npos) {
      wanted += R"("messages":[{"role":"user","content":"hi"}],)";
    }
    wanted += members;
    if (wanted.back() == ',') wanted.pop_back();
    EXPECT_TRUE(same_json(joined(*made), wanted + "}"));
    dropped = made->dropped;
  }
  void expect_impossible(std::string_view param) {
    auto made = request();
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().kind, FaultKind::bad_request);
    EXPECT_EQ(made.error().code, "unsupported_parameter");
    EXPECT_EQ(made.error().param, param);
  }
  void add_tool() {
    Tool tool;
    tool.name = "f";
    content.tools.push_back(tool);
  }
  Content content;
  Ask ask;
  Deployment deployment;
  std::vector<std::string> dropped;
};
constexpr std::string_view f_tool = R"("tools":[{"name":"f","input_schema":)"
                                    R"({"type":"object","properties":{}}}])";

TEST_F(AnthropicWrite, the_limit_is_always_given) {
  expect("");
  deployment.output_tokens_max = 64000;
  expect(R"("max_tokens":64000)");
  content.output_tokens_max = 100000;
  expect(R"("max_tokens":64000)");
  content.output_tokens_max = 7;
  expect(R"("max_tokens":7)");
}

TEST_F(AnthropicWrite, turns_alternate_and_results_come_first) {
  content.messages = {
      message_of(Role::system, {text_part("s")}),
      message_of(Role::user, {text_part("a")}),
      message_of(Role::assistant,
                 {text_part(""), call_part("c.1", R"({"x":1})"), call_part("c2", "")}),
      message_of(Role::user, {text_part("well?")}),
      result_of("c.1", "one"),
      result_of("c2", "two"),
      message_of(Role::developer, {text_part("d")}),
  };
  expect(R"("system":[{"type":"text","text":"s"},{"type":"text","text":"d"}],"messages":[
    {"role":"user","content":"a"},
    {"role":"assistant","content":[{"type":"tool_use","id":"c_1","name":"f","input":{"x":1}},
      {"type":"tool_use","id":"c2","name":"f","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"c_1","content":"one"},
      {"type":"tool_result","tool_use_id":"c2","content":"two"},
      {"type":"text","text":"well?"}]}])");
}

TEST_F(AnthropicWrite, instructions_alone_are_a_question) {
  content.messages = {message_of(Role::system, {text_part("s")})};
  expect(R"("messages":[{"role":"user","content":"s"}])");
}

TEST_F(AnthropicWrite, arguments_become_objects) {
  EXPECT_EQ(anthropic::object_of(""), "{}");
  EXPECT_EQ(anthropic::object_of(R"({"a":1.0})"), R"({"a":1.0})");
  EXPECT_EQ(anthropic::object_of(R"({"a":)"), R"({"raw_arguments":"{\"a\":"})");
  EXPECT_EQ(anthropic::object_of("[1]"), R"({"raw_arguments":"[1]"})");
}

TEST_F(AnthropicWrite, only_thoughts_that_anthropic_signed_are_sent) {
  Part own, other, plain;
  own.body = Reasoning{.text = "own"};
  own.signature = {"sig", "anthropic"};
  other.body = Reasoning{.text = "other"};
  other.signature = {"sig", "gemini"};
  plain.body = Reasoning{.text = "plain"};
  content.messages.push_back(message_of(Role::assistant, {own, other, plain, text_part("a")}));
  content.messages.push_back(message_of(Role::user, {text_part("b")}));
  expect(R"("messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
    {"type":"thinking","thinking":"own","signature":"sig"},{"type":"text","text":"a"}]},
    {"role":"user","content":"b"}])");
}

TEST_F(AnthropicWrite, choices) {
  content.tool_choice.mode = ToolChoice::Mode::required;
  expect("");  // there is nothing to choose from
  add_tool();
  expect(std::string(f_tool) + R"(,"tool_choice":{"type":"any"})");
  content.tool_choice.mode = ToolChoice::Mode::named;
  content.tool_choice.names = {"f"};
  content.tool_choice.parallel = false;
  expect(std::string(f_tool) +
         R"(,"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true})");
  content.tool_choice = {};
  content.tool_choice.parallel = false;
  expect(std::string(f_tool) +
         R"(,"tool_choice":{"type":"auto","disable_parallel_tool_use":true})");
  content.tool_choice.mode = ToolChoice::Mode::none;
  expect(std::string(f_tool) + R"(,"tool_choice":{"type":"none"})");
}

TEST_F(AnthropicWrite, thinking_by_budget) {
  content.reasoning.effort = "medium";
  expect(R"("max_tokens":12288,"thinking":{"type":"enabled","budget_tokens":8192})");
  content.output_tokens_max = 4000;
  expect(R"("max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":3000})");
  content.output_tokens_max = 1200;  // no room for the least that may be thought
  expect(R"("max_tokens":1200)");
  EXPECT_EQ(dropped, std::vector<std::string>{"reasoning_effort"});
  content.output_tokens_max.reset();
  content.reasoning.effort = "none";
  expect("");
  EXPECT_TRUE(dropped.empty());
  content.reasoning = {};
  content.reasoning.budget_tokens = 2000;
  content.sampling.temperature = 0.2;
  expect(R"("max_tokens":6096,"thinking":{"type":"enabled","budget_tokens":2000})");
  EXPECT_EQ(dropped, std::vector<std::string>{"temperature"});
}

TEST_F(AnthropicWrite, thinking_by_effort) {
  deployment.model = "claude-opus-4-7";
  content.reasoning.effort = "minimal";
  content.sampling.temperature = 0.5;
  expect(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"low"})");
  EXPECT_EQ(dropped, std::vector<std::string>{"temperature"});
  content.sampling = {};
  content.reasoning = {};
  content.reasoning.budget_tokens = 10000;
  content.reasoning.summary = "auto";
  expect(R"("thinking":{"type":"adaptive","display":"summarized"},)"
         R"("output_config":{"effort":"medium"})");
  deployment.model = "claude-opus-4-6";
  content.reasoning = {};
  content.reasoning.effort = "xhigh";
  expect(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"})");
}

TEST_F(AnthropicWrite, no_thinking_where_it_is_refused) {
  content.reasoning.effort = "low";
  add_tool();
  content.tool_choice.mode = ToolChoice::Mode::required;
  expect(std::string(f_tool) + R"(,"tool_choice":{"type":"any"})");
  EXPECT_EQ(dropped, std::vector<std::string>{"reasoning_effort"});
  content.tool_choice = {};
  // A call that another model made has no thought of Anthropic's before it.
  content.messages.push_back(message_of(Role::assistant, {call_part("c", "{}")}));
  content.messages.push_back(result_of("c", "1"));
  expect(std::string(f_tool) + R"(,"messages":[{"role":"user","content":"hi"},
    {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"1"}]}])");
  EXPECT_EQ(dropped, std::vector<std::string>{"reasoning_effort"});
  content.messages.resize(1);
  content.tools.clear();
  deployment.model = "claude-3-5-sonnet-20241022";
  expect("");
  EXPECT_EQ(dropped, std::vector<std::string>{"reasoning_effort"});
}

TEST_F(AnthropicWrite, sampling_within_what_is_allowed) {
  content.sampling.temperature = 1.7;
  content.sampling.top_p = 1.0;
  content.sampling.top_k = 5;
  expect(R"("temperature":1.0,"top_k":5)");
  content.sampling.top_p = 0.5;
  expect(R"("temperature":1.0,"top_k":5)");
  EXPECT_EQ(dropped, std::vector<std::string>{"top_p"});
  content.sampling.temperature = 1.0;
  expect(R"("top_p":0.5,"top_k":5)");
}

TEST_F(AnthropicWrite, answers_by_schema) {
  content.output.kind = OutputFormat::Kind::json_schema;
  content.output.schema = R"({"type":"object","required":["a"]})";
  deployment.abilities.insert(Ability::json_schema);
  expect(R"("output_config":{"format":{"type":"json_schema",)"
         R"("schema":{"type":"object","required":["a"]}}})");
  deployment.abilities = {};
  content.output.description = "d";
  const std::string answer = R"({"name":"wye_json_answer","description":"d",)"
                             R"("input_schema":{"type":"object","required":["a"]}})";
  expect(R"("tools":[)" + answer +
         R"(],"tool_choice":{"type":"tool","name":"wye_json_answer",)"
         R"("disable_parallel_tool_use":true})");
  add_tool();
  const std::string both = std::string(f_tool.substr(0, f_tool.size() - 1)) + "," + answer + "]";
  expect(both + R"(,"tool_choice":{"type":"any"})");
  content.tool_choice.mode = ToolChoice::Mode::required;  // then no answer is due
  expect(std::string(f_tool) + R"(,"tool_choice":{"type":"any"})");
  content.tool_choice = {};
  content.output.schema = R"({"type":"array"})";
  expect_impossible("response_format");
}

TEST_F(AnthropicWrite, what_cannot_be_done_is_a_fault) {
  content.choices = 2;
  expect_impossible("n");
  content.choices.reset();
  content.extra = {{"modalities", R"(["text","audio"])"}};
  expect_impossible("modalities");
  content.extra.clear();
  Part part;
  part.body = Audio{};
  content.messages.push_back(message_of(Role::user, {text_part("x"), part}));
  expect_impossible("messages[1].content[1]");
  part.body = Image{.media = {.url = {}, .base64 = {}, .file_id = "file-1", .media_type = {}},
                    .detail = {}};
  content.messages.back().parts[1] = part;
  expect_impossible("messages[1].content[1]");
  content.messages.back() = message_of(Role::assistant, {text_part("I")});
  expect(R"("messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"I"}])");
  deployment.model = "claude-opus-4-6";
  expect_impossible("messages");
}

TEST_F(AnthropicWrite, what_has_no_place_is_told) {
  content.sampling.seed = 1;
  content.sampling.presence_penalty = 0;
  content.sampling.frequency_penalty = 1;
  content.logprobs = true;
  content.stop = {"\n", "END"};
  content.user = "u";
  content.extra = {{"logit_bias", "{}"}, {"stream_options\x1fx", "1"}};
  expect(R"("stop_sequences":["END"],"metadata":{"user_id":"u"})");
  EXPECT_EQ(dropped, (std::vector<std::string>{"seed", "frequency_penalty", "logprobs",
                                               "logit_bias", "stop"}));
}

TEST_F(AnthropicWrite, counting_sends_the_prompt_alone) {
  content.endpoint = ask.facts.endpoint = Endpoint::count_tokens;
  content.sampling.temperature = 0.5;
  const auto made = request();
  EXPECT_EQ(made->path, "/messages/count_tokens");
  EXPECT_TRUE(same_json(joined(*made), R"({"model":"claude-sonnet-4-5",)"
                                       R"("messages":[{"role":"user","content":"hi"}]})"));
}

TEST_F(AnthropicWrite, pictures_and_documents) {
  Part image, pdf, note;
  image.body = Image{.media = {.url = {}, .base64 = "/9j/AA", .file_id = {}, .media_type = {}},
                     .detail = {}};
  image.cache = CacheControl{.ttl = "1h", .extra = {}};
  pdf.body =
      Document{.media = {.url = "https://a/b", .base64 = {}, .file_id = {}, .media_type = {}},
               .name = "b.pdf",
               .title = {},
               .text = {}};
  note.body = Document{.media = {}, .name = {}, .title = {}, .text = "words"};
  content.messages[0].parts = {image, pdf, note};
  expect(R"("messages":[{"role":"user","content":[
    {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/AA"},
      "cache_control":{"type":"ephemeral","ttl":"1h"}},
    {"type":"document","title":"b.pdf","source":{"type":"url","url":"https://a/b"}},
    {"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}]}])");
}

TEST(AnthropicModel, habits_by_name) {
  EXPECT_EQ(habits_of("claude-3-5-sonnet-20241022").thinking, ThinkingStyle::none);
  EXPECT_EQ(habits_of("claude-3-opus-latest").thinking, ThinkingStyle::none);
  EXPECT_EQ(habits_of("claude-3-7-sonnet@20250219").thinking, ThinkingStyle::budget);
  EXPECT_EQ(habits_of("claude-opus-4-20250514").thinking, ThinkingStyle::budget);
  EXPECT_EQ(habits_of("us.anthropic.claude-sonnet-4-5-20250929-v1:0").thinking,
            ThinkingStyle::budget);
  EXPECT_EQ(habits_of("anthropic/claude-opus-4.6").thinking, ThinkingStyle::adaptive);
  EXPECT_TRUE(habits_of("claude-opus-4-6").sampling);
  EXPECT_FALSE(habits_of("claude-opus-4-7").sampling);
  EXPECT_FALSE(habits_of("claude-fable-5").sampling);
  EXPECT_FALSE(habits_of("claude-next").sampling);
  EXPECT_EQ(habits_of("claude").thinking, ThinkingStyle::adaptive);
  EXPECT_EQ(habits_of("glm-4.6").thinking, ThinkingStyle::budget);
  EXPECT_TRUE(habits_of("glm-4.6").prefill);
}

TEST(AnthropicBetas, are_sorted_by_host) {
  const std::string_view all =
      "interleaved-thinking-2025-05-14, brand-new-2027-01-01,oauth-2025-04-20,,effort-2025-11-24";
  EXPECT_EQ(sort_betas(all, Hosting::own).passed,
            "interleaved-thinking-2025-05-14,brand-new-2027-01-01,effort-2025-11-24");
  EXPECT_EQ(sort_betas(all, Hosting::own).dropped, std::vector<std::string>{"oauth-2025-04-20"});
  EXPECT_EQ(sort_betas(all, Hosting::bedrock).passed, "interleaved-thinking-2025-05-14");
  EXPECT_EQ(sort_betas("context-1m-2031-12-31", Hosting::vertex).passed, "context-1m-2031-12-31");
  EXPECT_EQ(sort_betas("", Hosting::own).passed, "");
  EXPECT_EQ(sort_betas("a\r\nx-api-key: b", Hosting::own).passed, "");
}

}  // namespace
}  // namespace wye
