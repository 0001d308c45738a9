// Tests that no setting of a request goes missing in silence: whatever the hub has a word for is,
// at a provider of any dialect, either in its body, or named in `dropped`, or refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "dialect/test_reading.h"

namespace wye {
namespace {

constexpr std::string_view schema = R"({"type":"object","properties":{"a":{"type":"string"}}})";

// One setting: how it is put into a request, by which name it may be dropped, and what of it must
// be in the body where it is not. "" for `value`: that the body differs is enough, since some write
// it in words of their own.
struct Row {
  std::string_view name;
  std::function<void(Content&)> set;
  std::string_view dropped_as;
  std::string_view value = "";
  // Another way to be honoured: that this is not in the body.
  std::string_view absent = "";
};

Tool function_tool() {
  Tool tool;
  tool.name = "look";
  tool.parameters = schema;
  return tool;
}

void add_tool(Content& content, const std::function<void(Tool&)>& change) {
  content.tools.push_back(function_tool());
  change(content.tools.back());
}

OutputFormat json_format() {
  OutputFormat format;
  format.kind = OutputFormat::Kind::json_schema;
  format.schema = schema;
  return format;
}

// Left out: `name` of a format and `strict` of one, which say nothing to a model that keeps the
// schema; marks of spelling (`form`), and `single`, which only tell how the client wrote something.
std::vector<Row> chat_rows() {
  using Mode = ToolChoice::Mode;
  return {
      {"stream", [](Content& c) { c.stream = true; }, "stream"},
      {"temperature", [](Content& c) { c.sampling.temperature = 0.625; }, "temperature", "0.625"},
      {"top_p", [](Content& c) { c.sampling.top_p = 0.375; }, "top_p", "0.375"},
      {"min_p", [](Content& c) { c.sampling.min_p = 0.125; }, "min_p", "0.125"},
      {"presence_penalty", [](Content& c) { c.sampling.presence_penalty = 0.875; },
       "presence_penalty", "0.875"},
      {"frequency_penalty", [](Content& c) { c.sampling.frequency_penalty = 0.5; },
       "frequency_penalty", "0.5"},
      {"top_k", [](Content& c) { c.sampling.top_k = 37; }, "top_k", "37"},
      {"seed", [](Content& c) { c.sampling.seed = 7919; }, "seed", "7919"},
      {"output_tokens_max", [](Content& c) { c.output_tokens_max = 4321; }, "", "4321"},
      {"stop", [](Content& c) { c.stop = {"HALT"}; }, "stop", "HALT"},
      {"many stops", [](Content& c) { c.stop = {"a1", "a2", "a3", "a4", "a5", "a6-last"}; }, "stop",
       "a6-last"},
      {"choices", [](Content& c) { c.choices = 3; }, "n", "3"},
      {"logprobs", [](Content& c) { c.logprobs = true; }, "logprobs"},
      {"top_logprobs", [](Content& c) { c.top_logprobs = 5; }, "top_logprobs", "5"},
      {"user", [](Content& c) { c.user = "user-77"; }, "user", "user-77"},
      {"cache", [](Content& c) { c.cache = CacheControl{.ttl = "1h", .extra = {}}; },
       "cache_control"},
      {"cache of a part",
       [](Content& c) {
         c.messages.back().parts.front().cache = CacheControl{.ttl = "5m", .extra = {}};
       },
       "cache_control"},
      {"effort", [](Content& c) { c.reasoning.effort = "high"; }, "reasoning_effort"},
      {"budget", [](Content& c) { c.reasoning.budget_tokens = 2048; }, "reasoning_effort"},
      {"thinking on", [](Content& c) { c.reasoning.enabled = true; }, "reasoning_effort"},
      {"summary",
       [](Content& c) {
         c.reasoning.effort = "high";
         c.reasoning.summary = "detailed";
       },
       "reasoning.summary"},
      {"tool", [](Content& c) { c.tools.push_back(function_tool()); }, "", "look"},
      {"description of a tool",
       [](Content& c) { add_tool(c, [](Tool& tool) { tool.description = "Looks around."; }); }, "",
       "Looks around."},
      {"strict tool", [](Content& c) { add_tool(c, [](Tool& tool) { tool.strict = true; }); },
       "tools.strict", "strict"},
      {"cache of a tool",
       [](Content& c) { add_tool(c, [](Tool& tool) { tool.cache = CacheControl{}; }); },
       "cache_control"},
      {"search",
       [](Content& c) {
         Tool& tool = c.tools.emplace_back();
         tool.raw = R"({"type":"web_search"})";
         tool.search = WebSearch{};
       },
       "tools.web_search", "earch"},
      {"foreign tool", [](Content& c) { c.tools.emplace_back().raw = R"({"type":"shell"})"; },
       "tools"},
      {"no choice",
       [](Content& c) {
         c.tools.push_back(function_tool());
         c.tool_choice.mode = Mode::none;
       },
       "tool_choice", "", "look"},
      {"required choice",
       [](Content& c) {
         c.tools.push_back(function_tool());
         c.tool_choice.mode = Mode::required;
       },
       "tool_choice"},
      {"named choice",
       [](Content& c) {
         c.tools.push_back(function_tool());
         c.tool_choice.mode = Mode::named;
         c.tool_choice.names = {"look"};
       },
       "tool_choice"},
      {"one call at a time",
       [](Content& c) {
         c.tools.push_back(function_tool());
         c.tool_choice.parallel = false;
       },
       "parallel_tool_calls"},
      {"foreign choice", [](Content& c) { c.tool_choice.raw = R"({"type":"x"})"; }, "tool_choice"},
      {"JSON", [](Content& c) { c.output.kind = OutputFormat::Kind::json_object; }, ""},
      {"schema", [](Content& c) { c.output = json_format(); }, ""},
      {"description of a format",
       [](Content& c) {
         c.output = json_format();
         c.output.description = "An answer.";
       },
       "response_format.description", "An answer."},
      {"foreign format", [](Content& c) { c.output.raw = R"({"type":"grammar"})"; },
       "response_format"},
      {"metadata",
       [](Content& c) {
         c.extra = {{"metadata", R"({"k":"v-1"})"}};
       },
       "metadata", "v-1"},
      {"nested member",
       [](Content& c) {
         c.extra = {{"text\x1fodd", "true"}};
       },
       "text.odd"},
      {"conversation",
       [](Content& c) {
         c.extra = {{"previous_response_id", R"("r")"}};
       },
       ""},
      {"cached content",
       [](Content& c) {
         c.extra = {{"cachedContent", R"("c")"}};
       },
       ""},
      {"sound",
       [](Content& c) {
         c.extra = {{"modalities", R"(["audio"])"}};
       },
       ""},
  };
}

// Settings that only count beside others: they may be left out when there is nothing to apply to.
std::vector<Row> embedding_rows() {
  return {
      {"dimensions", [](Content& c) { c.embedding.dimensions = 256; }, "dimensions", "256"},
      {"purpose", [](Content& c) { c.embedding.purpose = "classification"; }, "input_type"},
      {"odd purpose", [](Content& c) { c.embedding.purpose = "FACT_VERIFICATION"; }, "input_type"},
      {"user", [](Content& c) { c.user = "user-77"; }, "user", "user-77"},
      {"tokens",
       [](Content& c) {
         c.embedding.items = {std::vector<std::int64_t>{1, 2}};
       },
       ""},
      {"picture",
       [](Content& c) {
         Part part;
         part.body =
             Image{.media = {.url = {}, .base64 = "AA==", .file_id = {}, .media_type = "image/png"},
                   .detail = {}};
         c.embedding.items = {std::vector<Part>{part}};
       },
       "", "AA=="},
      {"truncation",
       [](Content& c) {
         c.extra = {{"truncate", R"("END-1")"}};
       },
       "truncate", "END-1"},
  };
}

struct Target {
  DialectId dialect;
  std::string_view model;
  std::string_view kind = "";
  Hosting hosting = Hosting::own;
};

constexpr Target targets[]{
    {DialectId::openai, "gpt-5", "openai"},
    {DialectId::openai, "gpt-4o-search-preview", "openai"},
    {DialectId::openai, "llama", "openai_compatible"},
    {DialectId::openai, "x/y", "openrouter"},
    {DialectId::openai_responses, "gpt-5", "openai"},
    {DialectId::anthropic, "claude-sonnet-4-5", "anthropic"},
    {DialectId::anthropic, "claude-opus-4-7", "anthropic"},
    {DialectId::anthropic, "claude-3-haiku-20240307", "vertex", Hosting::vertex},
    {DialectId::gemini, "gemini-3-pro", "google"},
    {DialectId::gemini, "gemini-2.5-flash", "vertex", Hosting::vertex},
    {DialectId::bedrock, "anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock"},
    {DialectId::bedrock, "amazon.nova-pro-v1:0", "bedrock"},
    {DialectId::bedrock, "meta.llama3-1-70b-instruct-v1:0", "bedrock"},
    {DialectId::cohere, "command-a-03-2025", "cohere"},
    {DialectId::ollama, "qwen3", "ollama"},
};

constexpr Target embedding_targets[]{
    {DialectId::openai, "text-embedding-3-small", "openai"},
    {DialectId::gemini, "gemini-embedding-001", "google"},
    {DialectId::gemini, "text-embedding-005", "vertex", Hosting::vertex},
    {DialectId::bedrock, "amazon.titan-embed-text-v2:0", "bedrock"},
    {DialectId::bedrock, "cohere.embed-v4:0", "bedrock"},
    {DialectId::cohere, "embed-v4.0", "cohere"},
    {DialectId::ollama, "nomic-embed-text", "ollama"},
    {DialectId::voyage, "voyage-3", "voyage"},
};

constexpr DialectId origins[]{DialectId::openai, DialectId::openai_responses, DialectId::anthropic,
                              DialectId::gemini, DialectId::cohere,           DialectId::ollama};

Content chat(DialectId origin) {
  Content content;
  content.origin = origin;
  content.model = "m";
  content.messages.emplace_back().parts.emplace_back().body = Text{"Hello"};
  return content;
}

Content embedding(DialectId origin) {
  Content content;
  content.origin = origin;
  content.endpoint = Endpoint::embeddings;
  content.embedding.items.emplace_back(std::string("Hello"));
  return content;
}

Result<ProviderRequest> write(const Target& target, const Content& content) {
  Deployment deployment;
  deployment.model = target.model;
  Provider provider;
  provider.kind = target.kind;
  provider.dialect = target.dialect;
  provider.hosting = target.hosting;
  Ask ask;
  ask.dialect = content.origin;
  return dialect_of(target.dialect)->write_ask(content, ask, deployment, provider);
}

// "" when the setting arrived, was told or was refused; else what became of it.
std::string lost(const Row& row, const Target& target, const Content& plain) {
  const auto before = write(target, plain);
  if (!before) return "the plain request was refused: " + before.error().message;
  Content content = plain;
  row.set(content);
  const auto after = write(target, content);
  if (!after) {
    const bool clear = !after.error().message.empty() && !after.error().param.empty();
    return clear ? "" : "refused without a reason";
  }
  const std::vector<std::string>& dropped = after->dropped;
  if (std::find(dropped.begin(), dropped.end(), row.dropped_as) != dropped.end()) return {};
  const std::string body = reading::joined(*after) + after->path;
  if (!row.absent.empty() && body.find(row.absent) == std::string::npos) return {};
  const bool there = row.value.empty() ? body != reading::joined(*before) + before->path
                                       : body.find(row.value) != std::string::npos;
  return there ? "" : body;
}

template <std::size_t size>
void check(const std::vector<Row>& rows, const Target (&all)[size], Content (*plain)(DialectId)) {
  for (const Row& row : rows) {
    for (const Target& target : all) {
      for (const DialectId origin : origins) {
        if (origin == target.dialect) continue;
        EXPECT_EQ(lost(row, target, plain(origin)), "")
            << row.name << " from " << to_string(origin) << " to " << to_string(target.dialect)
            << " " << target.kind << " " << target.model;
      }
    }
  }
}

TEST(NothingLost, settings_of_a_chat) { check(chat_rows(), targets, chat); }

TEST(NothingLost, settings_of_embeddings) { check(embedding_rows(), embedding_targets, embedding); }

}  // namespace
}  // namespace wye
