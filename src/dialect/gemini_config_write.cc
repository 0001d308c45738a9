// Gemini config, writing: generationConfig, tools and toolConfig. Pure.
#include <fmt/format.h>

#include "base/text.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_schema.h"
#include "dialect/gemini_write.h"
#include "dialect/web_search.h"
#include "dialect/writing.h"

namespace wye::gemini {
namespace {

class ConfigWriter {
 public:
  ConfigWriter(std::string& out, const Target& target)
      : json_(out), target_(target), content_(target.content), own_(target.own()) {}

  Result<void> write() {
    json_.begin_object();
    write_sampling();
    write_thinking();
    Result<void> done = write_format();
    if (own_) write_extra(json_, content_.extra, "generationConfig");
    json_.end_object();
    return done;
  }

 private:
  template <class T>
  void write_if(std::string_view name, const std::optional<T>& value) {
    if (value) json_.field(name, *value);
  }

  void write_sampling() {
    const Sampling& sampling = content_.sampling;
    write_if("temperature", sampling.temperature);
    write_if("topP", sampling.top_p);
    write_if("topK", sampling.top_k);
    write_if("seed", sampling.seed);
    write_if("presencePenalty", sampling.presence_penalty);
    write_if("frequencyPenalty", sampling.frequency_penalty);
    write_if("maxOutputTokens", content_.output_tokens_max);
    write_if("candidateCount", content_.choices);
    write_if("responseLogprobs", content_.logprobs);
    write_if("logprobs", content_.top_logprobs);
    if (content_.stop.empty()) return;
    json_.key("stopSequences").begin_array();
    constexpr std::size_t stops_max = 5;
    for (const std::string& each : stops_for(content_, stops_max, target_.dropped)) {
      json_.value(each);
    }
    json_.end_array();
  }

  // Gemini's own client has chosen its way for its model; only another generation needs another.
  Thinking thinking() const {
    const ReasoningSettings& wanted = content_.reasoning;
    const bool level_to_old = !wanted.effort.empty() && !target_.model.by_level;
    if (!own_ || (level_to_old && target_.model.known)) return thinking_for(wanted, target_.model);
    Thinking out;
    out.budget = wanted.budget_tokens;
    if (has_word(wanted.form, "dynamic")) out.budget = -1;
    out.level = to_upper(wanted.effort);
    out.include = wanted.include;
    return out;
  }

  void write_thinking() {
    const Thinking found = thinking();
    if (found.refused) target_.drop("reasoning_effort");
    const Extra& extra = content_.reasoning.extra;
    if (found.empty() && (!own_ || extra.empty())) return;
    json_.key("thinkingConfig").begin_object();
    write_if("thinkingBudget", found.budget);
    if (!found.level.empty()) json_.field("thinkingLevel", found.level);
    write_if("includeThoughts", found.include);
    if (own_) write_extra(json_, extra);
    json_.end_object();
  }

  Result<void> write_format() {
    using Kind = OutputFormat::Kind;
    const OutputFormat& format = content_.output;
    if (format.kind == Kind::text && own_) json_.field("responseMimeType", "text/plain");
    if (format.kind != Kind::json_object && format.kind != Kind::json_schema) return {};
    json_.field("responseMimeType", "application/json");
    if (own_ && !format.extra.empty()) {
      write_extra(json_, format.extra);
    } else if (!format.schema.empty()) {
      write_schema(format.schema);
    }
    return {};
  }

  void write_schema(const std::string& schema) {
    const auto subset = own_ ? std::nullopt : to_gemini_schema(target_.reader, schema);
    json_.key(subset ? "responseSchema" : "responseJsonSchema").raw(subset ? *subset : schema);
  }

  JsonWriter json_;
  const Target& target_;
  const Content& content_;
  bool own_;
};

// Where a tool of Gemini's client stood: the last word of its form, "gN".
std::string_view group_of(const Tool& tool) {
  const std::size_t at = tool.form.rfind('g');
  return at == std::string::npos ? std::string_view() : std::string_view(tool.form).substr(at);
}

// A tool that its provider runs itself, and that Gemini has none of.
bool is_foreign(const Tool& tool) { return !tool.raw.empty() && !tool.search; }

// Whether there is any that can be told to Gemini.
bool has_tools(const Target& target) {
  const std::vector<Tool>& tools = target.content.tools;
  if (target.own()) return !tools.empty();
  return !std::all_of(tools.begin(), tools.end(), is_foreign);
}

class ToolWriter {
 public:
  ToolWriter(JsonWriter& json, const Target& target)
      : json_(json), target_(target), own_(target.own()) {}

  Result<void> write() {
    const std::vector<Tool>& tools = target_.content.tools;
    if (!own_ && std::any_of(tools.begin(), tools.end(), is_foreign)) target_.drop("tools");
    if (!has_tools(target_)) return {};
    json_.key("tools").begin_array();
    for (std::size_t from = 0; from < tools.size();) {
      std::size_t to = from + 1;
      while (to < tools.size() && (!own_ || group_of(tools[to]) == group_of(tools[from]))) ++to;
      if (Result<void> done = write_group({&tools[from], to - from}); !done) return done;
      from = to;
    }
    json_.end_array();
    return {};
  }

 private:
  Result<void> write_group(std::span<const Tool> tools) {
    json_.begin_object();
    bool functions = false;
    for (const Tool& tool : tools) {
      if (!tool.raw.empty()) continue;
      if (!std::exchange(functions, true)) json_.key("functionDeclarations").begin_array();
      write_function(tool);
    }
    if (functions) json_.end_array();
    for (const Tool& tool : tools) {
      if (tool.raw.empty()) continue;
      if (!own_ && tool.search) write_search(*tool.search, functions);
      if (!own_) continue;
      if (Result<void> done = write_raw(tool.raw); !done) return done;
    }
    json_.end_object();
    return {};
  }

  // Beside functions Gemini refuses to search, and only a client can call those.
  void write_search(const WebSearch& search, bool functions) {
    if (functions) return target_.drop(search_name);
    json_.key("googleSearch");
    write_gemini_search(json_, search, target_.vertex(), target_.dropped);
  }

  // {"googleSearch": {}} as a member of the group.
  Result<void> write_raw(std::string text) {
    pad(text);
    return target_.reader.read_object(text, [&](JsonObject& root) -> Result<void> {
      return walk::members(root, [&](walk::Member& member) -> Result<void> {
        json_.key(member.key).raw(walk::raw(member.value));
        return {};
      });
    });
  }

  void write_function(const Tool& tool) {
    json_.begin_object().field("name", tool.name);
    if (!tool.description.empty() || (own_ && has_word(tool.form, "description"))) {
      json_.field("description", tool.description);
    }
    const bool as_it_came = own_ && find_extra(tool.extra, "parameters") != nullptr;
    if (!as_it_came && !tool.parameters.empty()) write_parameters(tool);
    if (own_) write_extra(json_, tool.extra);
    json_.end_object();
  }

  void write_parameters(const Tool& tool) {
    const auto subset = own_ ? std::nullopt : to_gemini_schema(target_.reader, tool.parameters);
    json_.key(subset ? "parameters" : "parametersJsonSchema");
    json_.raw(subset ? *subset : tool.parameters);
  }

  JsonWriter& json_;
  const Target& target_;
  bool own_;
};

std::string_view mode_of(const ToolChoice& choice) {
  using Mode = ToolChoice::Mode;
  switch (choice.mode) {
    case Mode::unset: return "";
    case Mode::automatic: return choice.form == "VALIDATED" ? "VALIDATED" : "AUTO";
    case Mode::none: return "NONE";
    case Mode::required:
    case Mode::named: return "ANY";
  }
  return "";
}

// AUTO is what happens anyway, and is only said when Gemini's own client said it.
bool says_nothing(const ToolChoice& choice, bool own) {
  if (choice.mode == ToolChoice::Mode::unset) return !own || choice.names.empty();
  return !own && (choice.mode == ToolChoice::Mode::automatic && choice.names.empty());
}

void write_calling_config(JsonWriter& json, const ToolChoice& choice) {
  json.key("functionCallingConfig").begin_object();
  if (const std::string_view mode = mode_of(choice); !mode.empty()) json.field("mode", mode);
  if (!choice.names.empty()) {
    json.key("allowedFunctionNames").begin_array();
    for (const std::string& name : choice.names) json.value(name);
    json.end_array();
  }
  json.end_object();
}

Result<void> write_tool_config(JsonWriter& json, const Target& target) {
  const Content& content = target.content;
  const ToolChoice& choice = content.tool_choice;
  const bool own = target.own();
  // Without functions there is nothing to choose from, and Gemini refuses the choice.
  const bool silent =
      choice.raw.empty() && (says_nothing(choice, own) || (!own && !has_tools(target)));
  const bool others = own && has_extra(content.extra, "toolConfig");
  if (silent && !others) return {};
  json.key("toolConfig").begin_object();
  if (!choice.raw.empty()) {
    json.key("functionCallingConfig").raw(choice.raw);
  } else if (!silent) {
    write_calling_config(json, choice);
  }
  if (own) write_extra(json, content.extra, "toolConfig");
  json.end_object();
  return {};
}

}  // namespace

Result<void> write_config(JsonWriter& json, const Target& target) {
  std::string config;
  if (Result<void> done = ConfigWriter(config, target).write(); !done) return done;
  if (config != "{}") json.key("generationConfig").raw(config);
  if (Result<void> done = ToolWriter(json, target).write(); !done) return done;
  return write_tool_config(json, target);
}

}  // namespace wye::gemini
