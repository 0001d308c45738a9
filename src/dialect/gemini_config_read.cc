// Gemini config, reading. Pure.
#include <fmt/format.h>

#include "base/text.h"
#include "dialect/gemini_config.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_schema.h"
#include "dialect/web_search.h"

namespace wye::gemini {
namespace {

constexpr std::string_view config_name = "generationConfig";

bool read_stop(walk::Member& member, std::vector<std::string>& stop) {
  if (!walk::is_array(member.value)) return false;
  walk::elements_if(member.value, [&](JsonValue& each) {
    if (const auto text = walk::string_if(each)) stop.emplace_back(*text);
  });
  return true;
}

// A budget of -1 leaves the amount to the model.
void read_thinking(walk::Member& member, ReasoningSettings& out) {
  walk::members_if(member.value, [&](walk::Member& each) {
    std::string level;
    if (is_field(each.key, "includeThoughts") && take_flag(each, out.include)) return;
    if (is_field(each.key, "thinkingBudget") && take_integer(each, out.budget_tokens)) {
      if (*out.budget_tokens >= 0) return;
      out.budget_tokens.reset();
      out.enabled = true;
      add_word(out.form, "dynamic");
    } else if (is_field(each.key, "thinkingLevel") && take_text(each, level)) {
      out.effort = to_lower(level);
    } else {
      keep_given(out.extra, each);
    }
  });
}

class ConfigReader {
 public:
  explicit ConfigReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    if (walk::is_null(member.value)) return;
    if (!read_format(member) && !read_sampling(member)) {
      keep_in(content_.extra, config_name, member);
    }
  }

  void settle() {
    OutputFormat& format = content_.output;
    if (!format.schema.empty()) format.kind = OutputFormat::Kind::json_schema;
  }

 private:
  bool read_format(walk::Member& member) {
    using Kind = OutputFormat::Kind;
    OutputFormat& format = content_.output;
    if (is_field(member.key, "responseMimeType")) {
      const std::string_view type = walk::token(member.value);
      if (type == "\"application/json\"") format.kind = Kind::json_object;
      if (type == "\"text/plain\"") format.kind = Kind::text;
      return format.kind != Kind::unset;
    }
    if (is_field(member.key, "responseSchema") && walk::is_object(member.value)) {
      format.extra.push_back({"responseSchema", std::string(walk::raw(member.value))});
      format.schema = to_json_schema(member.value);
      return true;
    }
    if (!is_field(member.key, "responseJsonSchema") || !walk::is_object(member.value)) return false;
    format.schema = walk::raw(member.value);
    return true;
  }

  bool read_sampling(walk::Member& member) {
    Sampling& sampling = content_.sampling;
    const std::string_view key = member.key;
    if (key == "temperature") return take_number(member, sampling.temperature);
    if (is_field(key, "topP")) return take_number(member, sampling.top_p);
    if (is_field(key, "topK")) return take_integer(member, sampling.top_k);
    if (key == "seed") return take_integer(member, sampling.seed);
    if (is_field(key, "presencePenalty")) return take_number(member, sampling.presence_penalty);
    if (is_field(key, "frequencyPenalty")) return take_number(member, sampling.frequency_penalty);
    if (is_field(key, "maxOutputTokens")) return take_integer(member, content_.output_tokens_max);
    if (is_field(key, "candidateCount")) return take_integer(member, content_.choices);
    if (is_field(key, "responseLogprobs")) return take_flag(member, content_.logprobs);
    if (key == "logprobs") return take_integer(member, content_.top_logprobs);
    if (is_field(key, "stopSequences")) return read_stop(member, content_.stop);
    if (!is_field(key, "thinkingConfig")) return false;
    read_thinking(member, content_.reasoning);
    return true;
  }

  Content& content_;
};

Tool read_function(JsonValue& value) {
  Tool tool;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "name" && take_text(member, tool.name)) return;
    if (member.key == "description" && take_text(member, tool.description)) {
      // An empty description is one, too.
      if (tool.description.empty()) add_word(tool.form, "description");
      return;
    }
    if (member.key == "parameters" && walk::is_object(member.value)) {
      tool.extra.push_back({"parameters", std::string(walk::raw(member.value))});
      tool.parameters = to_json_schema(member.value);
      return;
    }
    if (is_field(member.key, "parametersJsonSchema") && walk::is_object(member.value)) {
      tool.parameters = walk::raw(member.value);
      return;
    }
    keep_given(tool.extra, member);
  });
  return tool;
}

void read_tool_group(JsonValue& value, std::size_t index, std::vector<Tool>& out) {
  const std::string group = fmt::format("g{}", index);
  walk::members_if(value, [&](walk::Member& member) {
    if (walk::is_null(member.value)) return;
    if (is_field(member.key, "functionDeclarations")) {
      walk::elements_if(member.value, [&](JsonValue& each) {
        out.push_back(read_function(each));
        add_word(out.back().form, group);
      });
      return;
    }
    // A tool of Google's own.
    Tool& tool = out.emplace_back();
    tool.search = read_web_search(member.key, walk::raw(member.value));
    JsonWriter(tool.raw).begin_object().key(member.key).raw(walk::raw(member.value)).end_object();
    tool.form = group;
  });
}

void read_calling_config(JsonValue& value, ToolChoice& choice) {
  using Mode = ToolChoice::Mode;
  std::string mode;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "mode" && take_text(member, mode)) return;
    if (!is_field(member.key, "allowedFunctionNames")) return;
    walk::elements_if(member.value, [&](JsonValue& each) {
      if (const auto name = walk::string_if(each)) choice.names.emplace_back(*name);
    });
  });
  mode = to_lower(mode);
  if (mode == "any") choice.mode = choice.names.empty() ? Mode::required : Mode::named;
  if (mode == "none") choice.mode = Mode::none;
  if (mode == "auto" || mode == "validated") choice.mode = Mode::automatic;
  if (mode == "validated") choice.form = "VALIDATED";
  if (choice.mode == Mode::unset && !mode.empty()) choice.raw = whole;
}

}  // namespace

void read_generation_config(JsonValue& value, Content& content) {
  ConfigReader parts(content);
  walk::members_if(value, [&](walk::Member& member) { parts.read(member); });
  parts.settle();
}

void read_tools(JsonValue& value, Content& content) {
  std::size_t index = 0;
  walk::elements_if(value, [&](JsonValue& each) { read_tool_group(each, index++, content.tools); });
}

void read_tool_config(JsonValue& value, Content& content) {
  walk::members_if(value, [&](walk::Member& member) {
    if (is_field(member.key, "functionCallingConfig") && walk::is_object(member.value)) {
      return read_calling_config(member.value, content.tool_choice);
    }
    keep_in(content.extra, "toolConfig", member);
  });
}

}  // namespace wye::gemini
