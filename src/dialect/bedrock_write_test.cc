// Tests of writing requests for Converse: what models differ in, what cannot be asked, what is left
// out and told.
#include <gtest/gtest.h>

#include "dialect/bedrock.h"
#include "dialect/bedrock_media.h"
#include "dialect/bedrock_model.h"

namespace wye {
namespace {

constexpr const char* claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

Part text(std::string_view words) {
  Part part;
  part.body = Text{std::string(words)};
  return part;
}
template <class Body>
Part part_of(Body body) {
  Part part;
  part.body = std::move(body);
  return part;
}
Message message(Role role, std::vector<Part> parts) {
  Message out;
  out.role = role;
  out.parts = std::move(parts);
  return out;
}
Content question() {
  Content content;
  content.messages.push_back(message(Role::user, {text("Hi")}));
  return content;
}
Tool tool(std::string_view name) {
  Tool out;
  out.name = name;
  out.parameters = R"({"type":"object"})";
  return out;
}

Result<ProviderRequest> write(const Content& content, std::string_view model = claude) {
  Ask ask;
  Deployment deployment;
  deployment.model = model;
  return bedrock::write_ask(content, ask, deployment, {});
}
std::string body(const Content& content, std::string_view model = claude) {
  const auto request = write(content, model);
  if (!request) return "fault: " + request.error().message;
  std::string out;
  for (const std::string_view piece : request->body) out += piece;
  EXPECT_EQ(out.size(), request->body_bytes);
  return out;
}
std::string dropped(const Content& content, std::string_view model = claude) {
  const auto request = write(content, model);
  if (!request) return "fault: " + request.error().message;
  std::string out;
  for (const std::string& each : request->dropped) out += each + " ";
  return out;
}
bool has(const std::string& json, std::string_view part) {
  return json.find(part) != std::string::npos;
}

constexpr const char* hi = R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}])";

TEST(BedrockWrite, a_question_is_small) {
  Content content = question();
  EXPECT_EQ(body(content), std::string(hi) + "}");
  EXPECT_EQ(write(content)->path, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
  content.stream = true;
  const auto request = write(content, "arn:aws:bedrock:us-east-1:1:inference-profile/x.y");
  EXPECT_EQ(request->path,
            "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx.y/converse-stream");
  EXPECT_TRUE(request->stream);
}

TEST(BedrockWrite, turns_alternate_and_results_come_first) {
  Content content;
  content.tools.push_back(tool("look"));
  content.messages = {
      message(Role::system, {text("S1")}),
      message(Role::user, {text("A")}),
      message(Role::user, {text(" \n"), text("B")}),
      message(Role::assistant,
              {part_of(ToolCall{"c1", "look", R"({"x":1})"}), part_of(ToolCall{"c2", "look", ""})}),
      message(Role::tool, {part_of(ToolResult{"c1", "", {text("one")}, false})}),
      message(Role::developer, {text("S2")}),
      message(Role::user, {text("C"), part_of(ToolResult{"c2", "", {}, true})}),
      message(Role::assistant, {text("")}),
      message(Role::user, {text("D")}),
  };
  EXPECT_TRUE(body(content).starts_with(
      R"({"system":[{"text":"S1"},{"text":"S2"}],"messages":[)"
      R"({"role":"user","content":[{"text":"A"},{"text":"B"}]},)"
      R"({"role":"assistant","content":[)"
      R"({"toolUse":{"toolUseId":"c1","name":"look","input":{"x":1}}},)"
      R"({"toolUse":{"toolUseId":"c2","name":"look","input":{}}}]},)"
      R"({"role":"user","content":[)"
      R"({"toolResult":{"toolUseId":"c1","content":[{"text":"one"}]}},)"
      R"({"toolResult":{"toolUseId":"c2","content":[{"text":"no output"}],"status":"error"}},)"
      R"({"text":"C"},{"text":"D"}]}],"toolConfig":)"))
      << body(content);
}

TEST(BedrockWrite, ids_are_made_acceptable_and_agree) {
  Content content;
  const std::string wild = "call/" + std::string(80, 'x');
  content.messages = {
      message(Role::user, {text("A")}),
      message(Role::assistant,
              {part_of(ToolCall{wild, "f", "{}"}), part_of(ToolCall{"", "g", "{}"}),
               part_of(ToolCall{"", "h", "not json"}), part_of(ToolCall{"n", "h", "null"})}),
      message(Role::user, {part_of(ToolResult{"", "h", {text("2")}, false}),
                           part_of(ToolResult{"", "g", {text("1")}, false}),
                           part_of(ToolResult{wild, "f", {text("0")}, false})}),
  };
  const std::string out = body(content);
  EXPECT_FALSE(has(out, "call/"));
  const std::size_t at = out.find("\"toolUseId\":\"call_") + 13;
  const std::string made = out.substr(at, 21);
  EXPECT_TRUE(has(out, R"({"toolResult":{"toolUseId":")" + made));
  EXPECT_TRUE(has(out, R"("toolUseId":"call_1","name":"g")"));
  EXPECT_TRUE(has(out, R"({"toolResult":{"toolUseId":"call_1","content":[{"text":"1"}]}})"));
  EXPECT_TRUE(has(out, R"({"toolResult":{"toolUseId":"call_2","content":[{"text":"2"}]}})"));
  EXPECT_TRUE(has(out, R"("name":"h","input":{"text":"not json"})"));
  EXPECT_TRUE(has(out, R"("toolUseId":"n","name":"h","input":{})"));
  // Nobody may call these, but the history needs them declared.
  EXPECT_TRUE(has(out, R"("toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":)"
                       R"({"type":"object"}}}},{"toolSpec":{"name":"g")"));
  EXPECT_FALSE(has(out, "toolChoice"));
}

TEST(BedrockWrite, results_without_an_id_find_their_call) {
  Content content;
  content.messages = {
      message(Role::assistant,
              {part_of(ToolCall{"a", "f", "{}"}), part_of(ToolCall{"b", "g", "{}"})}),
      message(Role::tool, {part_of(ToolResult{"b", "", {text("2")}, false})}),
      message(Role::tool, {part_of(ToolResult{"", "", {text("1")}, false})}),
  };
  const std::string out = body(content);
  EXPECT_TRUE(has(out, R"({"toolResult":{"toolUseId":"a","content":[{"text":"1"}]}})")) << out;
  // And a conversation that an assistant begins is given a beginning.
  EXPECT_TRUE(out.starts_with(R"({"messages":[{"role":"user","content":[{"text":"Continue."}]},)"));
}

TEST(BedrockWrite, a_system_message_may_be_all) {
  Content content;
  content.messages.push_back(message(Role::developer, {text("Say hello.")}));
  EXPECT_EQ(body(content), R"({"system":[{"text":"Say hello."}],)"
                           R"("messages":[{"role":"user","content":[{"text":"Continue."}]}]})");
}

TEST(BedrockWrite, only_own_signed_thoughts_go_back) {
  Content content = question();
  Part own = part_of(Reasoning{"mine", false, false});
  own.signature = {"c2ln", "bedrock"};
  Part hidden = part_of(Reasoning{"", false, true});
  hidden.signature = {"c2VjcmV0", "bedrock"};
  Part foreign = part_of(Reasoning{"theirs", false, false});
  foreign.signature = {"c2ln", "anthropic"};
  content.messages.push_back(
      message(Role::assistant,
              {own, hidden, foreign, part_of(Reasoning{"bare", false, false}), text("X")}));
  const std::string out = body(content);
  EXPECT_TRUE(has(out,
                  R"([{"reasoningContent":{"reasoningText":{"text":"mine","signature":"c2ln"}}},)"
                  R"({"reasoningContent":{"redactedContent":"c2VjcmV0"}},{"text":"X"}])"))
      << out;
}

TEST(BedrockWrite, tool_choice_says_what_converse_can) {
  using Mode = ToolChoice::Mode;
  Content content = question();
  content.tools = {tool("f"), tool("g"), tool("h")};
  const auto choose = [&](Mode mode, std::vector<std::string> names = {}) {
    content.tool_choice.mode = mode;
    content.tool_choice.names = std::move(names);
    return body(content);
  };
  EXPECT_FALSE(has(choose(Mode::unset), "toolChoice"));
  EXPECT_TRUE(has(choose(Mode::automatic), R"("toolChoice":{"auto":{}}})"));
  EXPECT_TRUE(has(choose(Mode::required), R"("toolChoice":{"any":{}}})"));
  EXPECT_TRUE(has(choose(Mode::named, {"g"}), R"("toolChoice":{"tool":{"name":"g"}}})"));
  const std::string some = choose(Mode::named, {"f", "h"});
  EXPECT_TRUE(has(some, R"("toolChoice":{"any":{}}})"));
  EXPECT_FALSE(has(some, R"("name":"g")"));
  EXPECT_EQ(choose(Mode::none), std::string(hi) + "}");
  // With calls in the history the tools must stay; that they may be called is told.
  content.messages.push_back(message(Role::assistant, {part_of(ToolCall{"c", "f", "{}"})}));
  content.messages.push_back(
      message(Role::tool, {part_of(ToolResult{"c", "", {text("1")}, false})}));
  EXPECT_TRUE(has(choose(Mode::none), "toolSpec"));
  EXPECT_EQ(dropped(content), "tool_choice ");
}

TEST(BedrockWrite, a_schema_is_kept_natively_or_by_a_tool) {
  Content content = question();
  content.output.kind = OutputFormat::Kind::json_schema;
  content.output.name = "city";
  content.output.schema = R"({"type":"object","properties":{}})";
  EXPECT_EQ(body(content), std::string(hi) +
                               R"(,"outputConfig":{"textFormat":{"type":"json_schema",)"
                               R"("structure":{"jsonSchema":{"schema":"{\"type\":\"object\",)"
                               R"(\"properties\":{}}","name":"city"}}}}})");
  const std::string by_tool = body(content, "us.amazon.nova-lite-v1:0");
  EXPECT_TRUE(has(by_tool, R"("name":"wye_answer")")) << by_tool;
  EXPECT_TRUE(has(by_tool, R"("inputSchema":{"json":{"type":"object","properties":{}}})"));
  EXPECT_TRUE(has(by_tool, R"("toolChoice":{"any":{}})"));
  EXPECT_TRUE(
      body(content, "us.meta.llama3-3-70b-instruct-v1:0").starts_with("fault: response_format"));
  content.output = {};
  content.output.kind = OutputFormat::Kind::json_object;
  EXPECT_TRUE(has(body(content), R"("name":"wye_answer")"));
  content.tools.push_back(tool("f"));
  EXPECT_TRUE(has(body(content), R"("name":"f")"));
  content.tool_choice.mode = ToolChoice::Mode::none;
  EXPECT_FALSE(has(body(content), R"("name":"f")"));
  // A call that the client forces comes first; the format is of the text after it.
  content.tool_choice.mode = ToolChoice::Mode::named;
  content.tool_choice.names = {"f"};
  EXPECT_FALSE(has(body(content), "wye_answer"));
}

TEST(BedrockWrite, media_are_bytes_of_known_formats) {
  Content content = question();
  auto& parts = content.messages.front().parts;
  parts.push_back(part_of(Image{{"", "iVBORw0", "", ""}, "high"}));
  EXPECT_TRUE(has(body(content), R"({"image":{"format":"png","source":{"bytes":"iVBORw0"}}})"));
  parts.back() = part_of(Image{{"s3://b/x.webp", "", "", ""}, ""});
  EXPECT_TRUE(
      has(body(content),
          R"({"image":{"format":"webp","source":{"s3Location":{"uri":"s3://b/x.webp"}}}})"));
  for (const Part& bad :
       {part_of(Image{{"https://x/y.png", "", "", ""}, ""}),
        part_of(Image{{"", "", "file-1", "image/png"}, ""}),
        part_of(Image{{"", "AAAA", "", "image/tiff"}, ""}),
        part_of(Document{{"", "AAAA", "", "x/y"}, "a.xyz", "", ""}),
        part_of(Document{{"https://x/y.pdf", "", "", ""}, "", "", ""}), part_of(Document{}),
        part_of(Audio{{"", "AAAA", "", ""}, "wav"}), part_of(Unknown{"video", "{}"})}) {
    parts.back() = bad;
    const auto request = write(content);
    ASSERT_FALSE(request.has_value());
    EXPECT_EQ(request.error().kind, FaultKind::bad_request);
    EXPECT_EQ(request.error().code, "unsupported_parameter");
    EXPECT_TRUE(request.error().message.starts_with("messages[0].")) << request.error().message;
  }
}

TEST(BedrockWrite, documents_have_unique_allowed_names_and_a_text_beside_them) {
  Content content;
  content.messages.push_back(message(
      Role::user,
      {part_of(Document{{"", "JVBERi0", "", "application/pdf"}, "my_report.v2.pdf", "", ""}),
       part_of(Document{{"", "JVBERi0", "", ""}, "my report:v2.pdf", "", ""}),
       part_of(Document{{"", "", "", ""}, "", "", "plain words"})}));
  const std::string out = body(content);
  EXPECT_TRUE(has(out, R"({"document":{"format":"pdf","name":"my report v2 pdf","source")")) << out;
  EXPECT_TRUE(has(out, "\"name\":\"my report v2 pdf (2)\""));
  EXPECT_TRUE(has(out, R"({"text":"plain words"})"));
  content.messages.front().parts.resize(1);
  EXPECT_TRUE(has(body(content), R"({"text":"See the document."}]})"));
  EXPECT_EQ(bedrock::allowed_name("  a  b\t(c)[d]-e\xc3\xa4/ "), "a b (c)[d]-e");
  EXPECT_LE(bedrock::allowed_name(std::string(500, 'x')).size(), 190u);
}

TEST(BedrockWrite, marks_of_the_cache_go_where_models_take_them) {
  Content content = question();
  content.messages.front().parts.front().cache = CacheControl{"1h", {}};
  content.tools.push_back(tool("f"));
  content.tools.front().cache = CacheControl{};
  content.cache = CacheControl{};
  std::string out = body(content);
  EXPECT_TRUE(has(out, R"({"text":"Hi"},{"cachePoint":{"type":"default","ttl":"1h"}},)"
                       R"({"cachePoint":{"type":"default"}}])"))
      << out;
  EXPECT_TRUE(has(out, R"({"type":"object"}}}},{"cachePoint":{"type":"default"}}])"));
  out = body(content, "amazon.nova-pro-v1:0");
  EXPECT_TRUE(has(out, R"({"text":"Hi"},{"cachePoint":{"type":"default"}},)"));
  EXPECT_FALSE(has(out, R"(}}}},{"cachePoint")"));
  out = body(content, "us.meta.llama3-3-70b-instruct-v1:0");
  EXPECT_FALSE(has(out, "cachePoint"));
  EXPECT_EQ(dropped(content, "us.meta.llama3-3-70b-instruct-v1:0"), "cache_control ");
}

TEST(BedrockWrite, settings_go_where_models_want_them) {
  Content content = question();
  content.sampling.temperature = 1.5;
  content.sampling.top_k = 9;
  content.output_tokens_max = 100;
  content.stop = {"END"};
  EXPECT_EQ(body(content),
            std::string(hi) +
                R"(,"inferenceConfig":{"maxTokens":100,"temperature":1,"stopSequences":["END"]},)"
                R"("additionalModelRequestFields":{"top_k":9}})");
  EXPECT_EQ(dropped(content), "temperature ");
  EXPECT_TRUE(has(body(content, "amazon.nova-pro-v1:0"), R"({"inferenceConfig":{"topK":9}}})"));
  EXPECT_TRUE(has(body(content, "cohere.command-r-v1:0"), R"({"k":9}})"));
  EXPECT_EQ(dropped(content, "us.anthropic.claude-opus-4-7"), "temperature top_k ");
  content.sampling = {};
  content.sampling.temperature = content.sampling.top_p = 0.5;
  EXPECT_EQ(dropped(content), "top_p ");
  EXPECT_EQ(dropped(content, "anthropic.claude-3-5-sonnet-20240620-v1:0"), "");
}

TEST(BedrockWrite, thinking_is_asked_for_in_each_models_way) {
  Content content = question();
  content.reasoning.effort = "high";
  const std::pair<const char*, const char*> cases[] = {
      {"anthropic.claude-3-7-sonnet-20250219-v1:0",
       R"({"thinking":{"type":"enabled","budget_tokens":16384}})"},
      {claude, R"({"thinking":{"type":"enabled","budget_tokens":16384}})"},
      {"us.anthropic.claude-sonnet-4-6",
       R"({"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}})"},
      {"us.anthropic.claude-opus-5",
       R"({"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}})"},
      {"openai.gpt-oss-120b-1:0", R"({"reasoning_effort":"high"})"},
      {"qwen.qwen3-32b-v1:0", R"({"reasoning_config":"high"})"},
      {"us.amazon.nova-2-lite-v1:0",
       R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}})"},
  };
  for (const auto& [model, fields] : cases) {
    EXPECT_EQ(body(content, model),
              std::string(hi) + R"(,"additionalModelRequestFields":)" + fields + "}");
  }
  EXPECT_EQ(dropped(content, "amazon.nova-pro-v1:0"), "reasoning_effort ");
  content.reasoning.effort = "none";
  EXPECT_EQ(body(content), std::string(hi) + "}");
  content.reasoning = {};
  content.reasoning.budget_tokens = 4000;
  EXPECT_TRUE(has(body(content, "us.anthropic.claude-sonnet-4-6"), R"("budget_tokens":4000)"));
  EXPECT_TRUE(has(body(content, "us.anthropic.claude-opus-4-8"), R"("effort":"medium")"));
  content.output_tokens_max = 3000;
  EXPECT_TRUE(has(body(content), R"("budget_tokens":2999)"));
  content.output_tokens_max = 1000;
  EXPECT_FALSE(has(body(content), "thinking"));
  EXPECT_EQ(dropped(content), "reasoning_effort ");
}

TEST(BedrockWrite, claude_does_not_think_where_it_would_be_refused) {
  Content content = question();
  content.reasoning.effort = "low";
  content.sampling.temperature = 0.2;
  EXPECT_EQ(dropped(content), "temperature ");
  content.sampling = {};
  content.tools.push_back(tool("f"));
  content.tool_choice.mode = ToolChoice::Mode::required;
  EXPECT_EQ(dropped(content), "reasoning_effort ");
  content.tool_choice.mode = ToolChoice::Mode::unset;
  EXPECT_EQ(dropped(content), "");
  // The thought before this call was lost on its way through the client.
  content.messages.push_back(message(Role::assistant, {part_of(ToolCall{"c", "f", "{}"})}));
  content.messages.push_back(
      message(Role::tool, {part_of(ToolResult{"c", "", {text("1")}, false})}));
  EXPECT_EQ(dropped(content), "reasoning_effort ");
  Part thought = part_of(Reasoning{"t", false, false});
  thought.signature = {"c2ln", "bedrock"};
  auto& said = content.messages[1].parts;
  said.insert(said.begin(), thought);
  EXPECT_EQ(dropped(content), "");
  said.erase(said.begin());
  content.messages.push_back(message(Role::assistant, {text("Done.")}));
  content.messages.push_back(message(Role::user, {text("And now?")}));
  EXPECT_EQ(dropped(content), "");
}

TEST(BedrockWrite, one_call_a_turn_is_a_matter_of_claude) {
  Content content = question();
  content.tools.push_back(tool("f"));
  content.tool_choice.parallel = false;
  EXPECT_TRUE(
      has(body(content), R"({"tool_choice":{"type":"auto","disable_parallel_tool_use":true}})"));
  content.tool_choice.mode = ToolChoice::Mode::required;
  EXPECT_TRUE(has(body(content), R"({"type":"any","disable_parallel_tool_use":true})"));
  EXPECT_EQ(dropped(content, "amazon.nova-pro-v1:0"), "parallel_tool_calls ");
  content.tool_choice.parallel = true;
  EXPECT_EQ(dropped(content, "amazon.nova-pro-v1:0"), "");
}

TEST(BedrockWrite, tells_what_it_leaves_out) {
  Content content = question();
  content.user = "u";
  content.sampling.seed = 1;
  content.sampling.presence_penalty = 0.5;
  content.sampling.frequency_penalty = 0.5;
  content.sampling.min_p = 0.1;
  content.logprobs = true;
  content.extra = {
      {"logit_bias", R"({"1":2})"},  {"store", "null"},
      {"stream", "false"},           {"tools", "[]"},
      {"background", "false"},       {"service_tier", R"("auto")"},
      {"modalities", R"(["text"])"}, {"stream_options\x1finclude_obfuscation", "false"}};
  EXPECT_EQ(dropped(content),
            "logit_bias min_p seed presence_penalty frequency_penalty logprobs user ");
}

TEST(BedrockWrite, passes_converses_own_words_on) {
  Content content = question();
  content.extra = {{"guardrailConfig", R"({"guardrailIdentifier":"g"})"},
                   {"performanceConfig", R"({"latency":"optimized"})"},
                   {"service_tier", R"("flex")"}};
  EXPECT_EQ(body(content),
            std::string(hi) +
                R"(,"guardrailConfig":{"guardrailIdentifier":"g"},)"
                R"("performanceConfig":{"latency":"optimized"},"serviceTier":{"type":"flex"}})");
}

TEST(BedrockWrite, refuses_what_would_be_another_question) {
  const auto refused = [](const Content& content, std::string_view param) {
    const auto request = write(content);
    ASSERT_FALSE(request.has_value()) << param;
    EXPECT_EQ(request.error().kind, FaultKind::bad_request);
    EXPECT_EQ(request.error().code, "unsupported_parameter");
    EXPECT_EQ(request.error().param, param);
  };
  for (const auto& [name, json] :
       std::vector<std::pair<const char*, const char*>>{{"audio", "{}"},
                                                        {"modalities", R"(["text","audio"])"},
                                                        {"previous_response_id", R"("r")"},
                                                        {"mcp_servers", "[{}]"}}) {
    Content content = question();
    content.extra.push_back({name, json});
    refused(content, name);
  }
  Content content = question();
  content.choices = 2;
  refused(content, "n");
  content = question();
  content.tools.emplace_back().raw = R"({"type":"web_search"})";
  refused(content, "tools");
  content = question();
  content.output.raw = R"({"type":"grammar"})";
  refused(content, "response_format");
  content = question();
  content.messages.front().parts = {text("  ")};
  refused(content, "messages");
  content = question();
  content.endpoint = Endpoint::embeddings;
  refused(content, "model");
  content.endpoint = Endpoint::rerank;
  refused(content, "endpoint");
}

Content embedding(std::vector<EmbeddingItem> items) {
  Content content;
  content.endpoint = Endpoint::embeddings;
  content.embedding.items = std::move(items);
  return content;
}

TEST(BedrockWrite, embeds_in_the_words_of_the_models_maker) {
  Content one = embedding({std::string("a")});
  one.embedding.dimensions = 256;
  EXPECT_EQ(body(one, "amazon.titan-embed-text-v2:0"), R"({"inputText":"a","dimensions":256})");
  EXPECT_EQ(write(one, "amazon.titan-embed-text-v2:0")->path,
            "/model/amazon.titan-embed-text-v2%3A0/invoke");
  EXPECT_EQ(body(one, "amazon.titan-embed-image-v1"),
            R"({"inputText":"a","embeddingConfig":{"outputEmbeddingLength":256}})");
  Content two = embedding({std::string("a"), std::string("b")});
  two.embedding.purpose = "search_query";
  two.user = "u";
  EXPECT_EQ(body(two, "cohere.embed-multilingual-v3"),
            R"({"texts":["a","b"],"input_type":"search_query","embedding_types":["float"]})");
  EXPECT_EQ(dropped(two, "cohere.embed-multilingual-v3"), "user ");
  Part image = part_of(
      Image{.media = {.url = {}, .base64 = "AA==", .file_id = {}, .media_type = "image/png"},
            .detail = {}});
  EXPECT_EQ(
      body(embedding({std::vector<Part>{image}}), "cohere.embed-v4:0"),
      R"({"images":["data:image/png;base64,AA=="],"input_type":"image","embedding_types":["float"]})");
}

TEST(BedrockWrite, says_what_cannot_be_embedded) {
  const auto param = [](const Content& content, std::string_view model) {
    const auto request = write(content, model);
    return request ? "written" : request.error().param;
  };
  const Content two = embedding({std::string("a"), std::string("b")});
  EXPECT_EQ(param(two, "amazon.titan-embed-text-v2:0"), "input");
  EXPECT_EQ(param(embedding({}), "amazon.titan-embed-text-v2:0"), "input");
  EXPECT_EQ(param(embedding({std::vector<std::int64_t>{1}}), "cohere.embed-v4:0"), "input");
  Content small = embedding({std::string("a")});
  small.embedding.dimensions = 8;
  EXPECT_EQ(param(small, "amazon.titan-embed-text-v1"), "dimensions");
  EXPECT_EQ(param(small, "cohere.embed-english-v3"), "dimensions");
}

TEST(BedrockWrite, asks_for_a_count_of_the_prompt_alone) {
  Content content = question();
  content.endpoint = Endpoint::count_tokens;
  content.output_tokens_max = 5;
  content.sampling.temperature = 1;
  content.tools.push_back(tool("f"));
  EXPECT_EQ(body(content),
            R"({"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}],)"
            R"("toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":)"
            R"({"type":"object"}}}}]}}}})");
  EXPECT_TRUE(write(content)->path.ends_with("/count-tokens"));
  EXPECT_FALSE(write(content, "amazon.nova-pro-v1:0").has_value());
}

TEST(BedrockModel, claudes_version_is_read_from_every_spelling) {
  using bedrock::Thinking;
  const std::pair<const char*, Thinking> cases[] = {
      {"anthropic.claude-v2:1", Thinking::none},
      {"anthropic.claude-instant-v1", Thinking::none},
      {"anthropic.claude-3-haiku-20240307-v1:0", Thinking::none},
      {"anthropic.claude-3-5-sonnet-20241022-v2:0", Thinking::none},
      {"us.anthropic.claude-3-7-sonnet-20250219-v1:0", Thinking::budget},
      {"us.anthropic.claude-opus-4-20250514-v1:0", Thinking::budget},
      {"us.anthropic.claude-opus-4-1-20250805-v1:0", Thinking::budget},
      {"global.anthropic.claude-opus-4-6-v1", Thinking::either},
      {"us.anthropic.claude-sonnet-5", Thinking::adaptive},
      {"us.anthropic.claude-fable-5-1", Thinking::adaptive},
      {"arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3-7-sonnet-20250219-v1:0",
       Thinking::budget},
      {"arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", Thinking::none},
      {"claude-", Thinking::none},
  };
  for (const auto& [id, thinking] : cases) {
    EXPECT_EQ(bedrock::traits_of(id).thinking, thinking) << id;
  }
  EXPECT_FALSE(bedrock::traits_of("us.anthropic.claude-opus-4-20250514-v1:0").schema_output);
  EXPECT_TRUE(bedrock::traits_of(claude).schema_output);
}

}  // namespace
}  // namespace wye
