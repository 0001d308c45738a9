// Anthropic content: a request in full, for a provider of another dialect. The body was checked
// when its facts were read, so that what is odd here is kept as it is and left to the provider.
// Pure.
#include <utility>

#include "dialect/anthropic.h"
#include "dialect/anthropic_parts.h"
#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/web_search.h"

namespace wye::anthropic {
namespace {

// Tools that Anthropic itself provides have a type of their own, and no schema.
Tool read_tool(JsonValue& value) {
  Tool tool;
  std::string type = "custom";
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) return add_word(tool.form, "custom");
    if (member.key == "name" && take::text(member, tool.name)) return;
    if (member.key == "description" && take::text(member, tool.description)) {
      if (tool.description.empty()) add_word(tool.form, "description");
      return;
    }
    if (member.key == "strict" && take::flag(member, tool.strict)) return;
    if (member.key == "cache_control" && take_cache(member, tool.cache)) return;
    if (member.key == "input_schema") {
      tool.parameters = walk::raw(member.value);
      return;
    }
    walk::keep(tool.extra, member);
  });
  if (type == "custom") return tool;
  Tool other;
  other.search = read_web_search(type, whole);
  other.name = std::move(tool.name);
  other.raw = whole;
  return other;
}

bool read_tool_choice(walk::Member& member, ToolChoice& choice) {
  using Mode = ToolChoice::Mode;
  if (!walk::is_object(member.value)) return false;
  const std::string_view whole = walk::raw(member.value);
  std::string type, name;
  std::optional<bool> no_parallel;
  bool plain = true;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type" && take::text(each, type)) return;
    if (each.key == "name" && take::text(each, name)) return;
    if (each.key == "disable_parallel_tool_use" && take::flag(each, no_parallel)) return;
    plain = false;
  });
  if (type == "auto") choice.mode = Mode::automatic;
  if (type == "none") choice.mode = Mode::none;
  if (type == "any") choice.mode = Mode::required;
  if (type == "tool") choice.mode = Mode::named;
  if (no_parallel) choice.parallel = !*no_parallel;
  if (!name.empty()) choice.names.push_back(std::move(name));
  if (!plain || choice.mode == Mode::unset) choice.raw = whole;
  return true;
}

// {"type": "json_schema", "schema": ...}
bool read_format(walk::Member& member, OutputFormat& out) {
  if (!walk::is_object(member.value)) return false;
  const std::string_view whole = walk::raw(member.value);
  OutputFormat format;
  std::string type;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type" && take::text(each, type)) return;
    if (each.key == "schema") {
      format.schema = walk::raw(each.value);
      return;
    }
    walk::keep(format.extra, each);
  });
  format.kind = OutputFormat::Kind::json_schema;
  if (type != "json_schema") {
    format = {};
    format.raw = whole;
  }
  out = std::move(format);
  return true;
}

bool read_thinking(walk::Member& member, ReasoningSettings& out) {
  std::string type;
  ReasoningSettings found;
  walk::members_if(member.value, [&](walk::Member& each) {
    if (each.key == "type" && take::text(each, type)) return;
    if (each.key == "budget_tokens" && take::integer(each, found.budget_tokens)) return;
    if (each.key == "display") found.include = walk::token(each.value) != "\"omitted\"";
    walk::keep(found.extra, each);
  });
  if (type != "enabled" && type != "disabled" && type != "adaptive") return false;
  found.enabled = type != "disabled";
  if (type == "adaptive") found.form = type;
  found.effort = std::move(out.effort);
  out = std::move(found);
  return true;
}

bool read_stop(walk::Member& member, Content& content) {
  bool plain = walk::is_array(member.value);
  std::vector<std::string> list;
  walk::elements_if(member.value, [&](JsonValue& each) {
    const auto one = walk::string_if(each);
    plain = plain && one.has_value();
    if (one) list.emplace_back(*one);
  });
  if (!plain || list.empty()) return false;
  content.stop = std::move(list);
  return true;
}

class ContentReader {
 public:
  explicit ContentReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    if (!read_conversation(member) && !read_settings(member) && !read_sampling(member)) {
      walk::keep(content_.extra, member);
    }
  }

 private:
  bool read_conversation(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "messages") {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.messages.push_back(read_message(each)); });
      return true;
    }
    if (key == "system") return read_system(member);
    if (key == "tools") {
      walk::elements_if(member.value,
                        [&](JsonValue& each) { content_.tools.push_back(read_tool(each)); });
      return !content_.tools.empty();
    }
    if (key == "tool_choice") return read_tool_choice(member, content_.tool_choice);
    return false;
  }

  // Wherever the member stands, it is said before the messages.
  bool read_system(walk::Member& member) {
    Message message;
    message.role = Role::system;
    message.form = "top";
    if (!read_blocks(member.value, message.parts, message.form)) return false;
    content_.messages.insert(content_.messages.begin(), std::move(message));
    return true;
  }

  bool read_settings(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "model") return take::text(member, content_.model);
    if (key == "stream") {
      content_.stream = walk::token(member.value) == "true";
      return content_.stream;
    }
    if (key == "max_tokens") return take::integer(member, content_.output_tokens_max);
    if (key == "thinking") return read_thinking(member, content_.reasoning);
    if (key == "output_config") return read_output_config(member);
    if (key == "output_format") {
      // An older name. Kept as well, so that it is written back by the name that it came with.
      walk::keep(content_.extra, member);
      (void)read_format(member, content_.output);
      return true;
    }
    if (key == "metadata") return read_metadata(member);
    if (key == "cache_control") return take_cache(member, content_.cache);
    return false;
  }

  bool read_sampling(walk::Member& member) {
    Sampling& sampling = content_.sampling;
    const std::string_view key = member.key;
    if (key == "temperature") return take::number(member, sampling.temperature);
    if (key == "top_p") return take::number(member, sampling.top_p);
    if (key == "top_k") return take::integer(member, sampling.top_k);
    if (key == "stop_sequences") return read_stop(member, content_);
    return false;
  }

  bool read_output_config(walk::Member& member) {
    bool any = false;
    walk::members_if(member.value, [&](walk::Member& each) {
      any = true;
      if (each.key == "effort" && take::text(each, content_.reasoning.effort)) return;
      if (each.key == "format" && read_format(each, content_.output)) return;
      keep_in(content_.extra, "output_config", each);
    });
    return any;
  }

  // The task is ours; the rest is the client's.
  bool read_metadata(walk::Member& member) {
    bool any = false;
    walk::members_if(member.value, [&](walk::Member& each) {
      any = true;
      if (each.key == "task") return;
      if (each.key == "user_id" && take::text(each, content_.user)) return;
      keep_in(content_.extra, "metadata", each);
    });
    return any;
  }

  Content& content_;
};

}  // namespace

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  Content content;
  content.origin = DialectId::anthropic;
  content.endpoint = ask.facts.endpoint;
  ContentReader parts(content);
  auto read = read_members_into(ask, reader, parts);
  if (!read) return fail(std::move(read.error()));
  return content;
}

}  // namespace wye::anthropic
