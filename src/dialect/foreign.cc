// Foreign. Pure.
#include "dialect/foreign.h"

#include <algorithm>

#include <fmt/format.h>

#include "dialect/take.h"
#include "dialect/writing.h"

namespace wye {
namespace {

bool is_cached(const Part& part) {
  if (part.cache) return true;
  const auto* result = std::get_if<ToolResult>(&part.body);
  return result != nullptr && std::any_of(result->parts.begin(), result->parts.end(), is_cached);
}

bool has_cache_marks(const Content& content) {
  if (content.cache) return true;
  for (const Tool& tool : content.tools) {
    if (tool.cache) return true;
  }
  for (const Message& message : content.messages) {
    if (std::any_of(message.parts.begin(), message.parts.end(), is_cached)) return true;
  }
  return false;
}

bool has_strict_tools(const Content& content) {
  return std::any_of(content.tools.begin(), content.tools.end(),
                     [](const Tool& tool) { return tool.strict.value_or(false); });
}

// A function's address in constant data, one a row.
struct Row {
  Setting setting;
  std::string_view name;
  bool (*given)(const Content&);
};

// A penalty of nothing, and no logprobs, is what everybody does anyway.
constexpr Row rows[]{
    {Setting::min_p, "min_p", [](const Content& c) { return c.sampling.min_p.has_value(); }},
    {Setting::top_k, "top_k", [](const Content& c) { return c.sampling.top_k.has_value(); }},
    {Setting::seed, "seed", [](const Content& c) { return c.sampling.seed.has_value(); }},
    {Setting::presence_penalty, "presence_penalty",
     [](const Content& c) { return c.sampling.presence_penalty.value_or(0) != 0; }},
    {Setting::frequency_penalty, "frequency_penalty",
     [](const Content& c) { return c.sampling.frequency_penalty.value_or(0) != 0; }},
    {Setting::logprobs, "logprobs", [](const Content& c) { return c.logprobs.value_or(false); }},
    {Setting::top_logprobs, "top_logprobs",
     [](const Content& c) { return c.top_logprobs.value_or(0) != 0; }},
    {Setting::user, "user", [](const Content& c) { return !c.user.empty(); }},
    {Setting::parallel_calls, "parallel_tool_calls",
     [](const Content& c) { return c.tool_choice.parallel == false; }},
    {Setting::strict_tools, "tools.strict", has_strict_tools},
    {Setting::cache_marks, "cache_control", has_cache_marks},
    {Setting::shown_thoughts, "include_thoughts",
     [](const Content& c) { return c.reasoning.include == true; }},
    {Setting::hidden_thoughts, "include_thoughts",
     [](const Content& c) { return c.reasoning.include == false; }},
    {Setting::thought_summary, "reasoning.summary",
     [](const Content& c) { return !c.reasoning.summary.empty(); }},
    {Setting::format_description, "response_format.description",
     [](const Content& c) { return !c.output.description.empty(); }},
    {Setting::embedding_purpose, "input_type",
     [](const Content& c) { return !c.embedding.purpose.empty(); }},
};

template <std::size_t size>
bool is_one_of(const std::string_view (&names)[size], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

constexpr std::string_view elsewhere =
    "names something that only its own provider keeps or runs; send the content itself, or name a "
    "route to that provider";
// Members that say where the rest of the request is, or what else must happen.
constexpr std::string_view decisive[]{
    "previous_response_id", "conversation", "prompt",     "cachedContent", "cached_content",
    "mcp_servers",          "container",    "background", "audio"};
// Served without the provider (the stream's ways), or read and kept beside what they mean.
constexpr std::string_view served[]{"stream", "stream_options", "display", "output_format"};

constexpr std::string_view openai_members[]{"metadata",
                                            "service_tier",
                                            "store",
                                            "prompt_cache_key",
                                            "safety_identifier",
                                            "prompt_cache_retention",
                                            "prompt_cache_options",
                                            "moderation"};

// What everybody leaves alone who is not told to do it.
constexpr std::string_view off_by_default[]{"store", "background", "previous_response_id"};

// Clients' libraries send members that say nothing. An empty object may say something.
bool says_nothing(std::string_view name, std::string_view json) {
  if (json == "false") return is_one_of(off_by_default, name);
  return json == "null" || json == "[]" || json == "\"\"";
}

// The name of the object, for members within one.
std::string_view outer_name(std::string_view name) {
  return name.substr(0, name.find(take::within));
}

bool asks_for_sound(const ExtraMember& member) {
  return member.name == "modalities" && member.json.find("\"audio\"") != std::string::npos;
}

}  // namespace

void drop_settings(const Content& content, Settings without, std::vector<std::string>& dropped) {
  for (const Row& row : rows) {
    if (without.has(row.setting) && row.given(content)) add_dropped(dropped, row.name);
  }
}

void drop_extra(const Content& content, std::vector<std::string>& dropped,
                bool (*carried)(std::string_view name)) {
  // How thoughts are wanted may say more than effort.
  for (const Extra* extra : {&content.extra, &content.reasoning.extra}) {
    for (const ExtraMember& member : *extra) {
      const bool said = carried != nullptr && carried(member.name);
      const bool silent = says_nothing(member.name, member.json);
      if (said || silent || is_one_of(served, outer_name(member.name))) continue;
      std::string name = member.name;
      std::replace(name.begin(), name.end(), take::within, '.');
      add_dropped(dropped, name);
    }
  }
}

Result<void> check_crossing(const Content& content) {
  for (const ExtraMember& member : content.extra) {
    if (is_one_of(decisive, outer_name(member.name)) && !says_nothing(member.name, member.json)) {
      return unsupported(outer_name(member.name),
                         fmt::format("{} {}", outer_name(member.name), elsewhere));
    }
    if (asks_for_sound(member)) {
      return unsupported("modalities",
                         "modalities asks for sound, which this provider does not make");
    }
  }
  if (!content.tool_choice.raw.empty() && content.tool_choice.mode == ToolChoice::Mode::unset) {
    return unsupported("tool_choice",
                       "tool_choice is of a sort that only providers of the client's own API know");
  }
  if (!content.output.raw.empty()) {
    return unsupported(
        "response_format",
        "response_format is of a sort that only providers of the client's own API know");
  }
  return {};
}

bool is_openai_member(std::string_view name) { return is_one_of(openai_members, name); }

std::string_view effort_for_budget(std::int64_t budget_tokens) {
  if (budget_tokens <= 0) return "none";
  if (budget_tokens <= 2048) return "low";
  return budget_tokens <= 12000 ? "medium" : "high";
}

}  // namespace wye
