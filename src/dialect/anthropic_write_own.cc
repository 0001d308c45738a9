// Anthropic write own: a request of this dialect as it was, but for thoughts that other makers
// signed. Pure.
#include "dialect/anthropic_write.h"

namespace wye::anthropic {
namespace {

constexpr WriteOptions own_options{.own = true, .to = Receiver::provider};

class OwnWriter {
 public:
  OwnWriter(JsonWriter& json, const Content& content) : json_(json), content_(content) {}

  void write(const Extra& extra) {
    for (const Message& message : content_.messages) {
      if (!has_word(message.form, "top")) continue;
      json_.key("system");
      write_blocks(message);
    }
    json_.key("messages").begin_array();
    for (const Message& message : content_.messages) write_message(message);
    json_.end_array();
    write_tools();
    write_choice();
    write_thinking();
    write_output_config();
    write_sampling();
    write_metadata();
    if (content_.cache) write_cache(json_, *content_.cache);
    if (content_.stream) json_.field("stream", true);
    write_extra(json_, extra);
  }

 private:
  void write_message(const Message& message) {
    if (has_word(message.form, "top")) return;
    if (!message.parts.empty() && !any_writable(message)) return;
    json_.begin_object();
    json_.field("role", to_string(message.role)).key("content");
    write_blocks(message);
    write_extra(json_, message.extra);
    json_.end_object();
  }

  static bool any_writable(const Message& message) {
    for (const Part& part : message.parts) {
      if (is_writable(part, own_options)) return true;
    }
    return false;
  }

  void write_blocks(const Message& message) {
    if (!has_word(message.form, "parts") && message.parts.size() == 1) {
      if (const auto* text = std::get_if<Text>(&message.parts.front().body)) {
        json_.value(text->text);
        return;
      }
    }
    json_.begin_array();
    for (const Part& part : message.parts) {
      if (is_writable(part, own_options)) write_block(json_, part, own_options);
    }
    json_.end_array();
  }

  void write_tools() {
    if (content_.tools.empty()) return;
    json_.key("tools").begin_array();
    for (const Tool& tool : content_.tools) {
      if (!tool.raw.empty()) {
        json_.raw(tool.raw);
        continue;
      }
      json_.begin_object();
      if (has_word(tool.form, "custom")) json_.field("type", "custom");
      write_tool_head(json_, tool);
      if (!tool.parameters.empty()) json_.key("input_schema").raw(tool.parameters);
      if (tool.strict) json_.field("strict", *tool.strict);
      write_extra(json_, tool.extra);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_choice() {
    using Mode = ToolChoice::Mode;
    const ToolChoice& choice = content_.tool_choice;
    if (!choice.raw.empty()) {
      json_.key("tool_choice").raw(choice.raw);
      return;
    }
    if (choice.mode == Mode::unset) return;
    json_.key("tool_choice").begin_object();
    if (choice.mode == Mode::automatic) json_.field("type", "auto");
    if (choice.mode == Mode::none) json_.field("type", "none");
    if (choice.mode == Mode::required) json_.field("type", "any");
    if (choice.mode == Mode::named) json_.field("type", "tool");
    for (const std::string& name : choice.names) json_.field("name", name);
    if (choice.parallel) json_.field("disable_parallel_tool_use", !*choice.parallel);
    json_.end_object();
  }

  void write_thinking() {
    const ReasoningSettings& reasoning = content_.reasoning;
    if (!reasoning.enabled) return;
    json_.key("thinking").begin_object();
    const std::string_view on = reasoning.form.empty() ? "enabled" : "adaptive";
    json_.field("type", *reasoning.enabled ? on : std::string_view("disabled"));
    if (reasoning.budget_tokens) json_.field("budget_tokens", *reasoning.budget_tokens);
    write_extra(json_, reasoning.extra);
    json_.end_object();
  }

  void write_output_config() {
    const OutputFormat& format = content_.output;
    // The older member for the format is among the extra ones.
    const bool older = find_extra(content_.extra, "output_format") != nullptr;
    const bool formatted =
        !older && (format.kind != OutputFormat::Kind::unset || !format.raw.empty());
    const bool others = has_extra(content_.extra, "output_config");
    if (content_.reasoning.effort.empty() && !formatted && !others) return;
    json_.key("output_config").begin_object();
    if (!content_.reasoning.effort.empty()) json_.field("effort", content_.reasoning.effort);
    if (formatted) write_format(format);
    write_extra(json_, content_.extra, "output_config");
    json_.end_object();
  }

  void write_format(const OutputFormat& format) {
    json_.key("format");
    if (!format.raw.empty()) {
      json_.raw(format.raw);
      return;
    }
    json_.begin_object().field("type", "json_schema");
    if (!format.schema.empty()) json_.key("schema").raw(format.schema);
    write_extra(json_, format.extra);
    json_.end_object();
  }

  template <class T>
  void write_if(std::string_view name, const std::optional<T>& value) {
    if (value) json_.field(name, *value);
  }

  void write_sampling() {
    write_if("max_tokens", content_.output_tokens_max);
    write_if("temperature", content_.sampling.temperature);
    write_if("top_p", content_.sampling.top_p);
    write_if("top_k", content_.sampling.top_k);
    if (content_.stop.empty()) return;
    json_.key("stop_sequences").begin_array();
    for (const std::string& each : content_.stop) json_.value(each);
    json_.end_array();
  }

  void write_metadata() {
    const bool others = has_extra(content_.extra, "metadata");
    if (content_.user.empty() && !others) return;
    json_.key("metadata").begin_object();
    if (!content_.user.empty()) json_.field("user_id", content_.user);
    write_extra(json_, content_.extra, "metadata");
    json_.end_object();
  }

  JsonWriter& json_;
  const Content& content_;
};

}  // namespace

void write_own_body(JsonWriter& json, const Content& content, const Extra& extra) {
  OwnWriter(json, content).write(extra);
}

void write_tool_head(JsonWriter& json, const Tool& tool) {
  json.field("name", tool.name);
  if (!tool.description.empty() || has_word(tool.form, "description")) {
    json.field("description", tool.description);
  }
  if (tool.cache) write_cache(json, *tool.cache);
}

}  // namespace wye::anthropic
