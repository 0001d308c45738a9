// Responses content: a request in full. The body was checked when its facts were read, so that what
// is odd here is kept as it is and left to the provider. Pure.
#include <optional>
#include <utility>

#include "dialect/ask_reading.h"
#include "dialect/json_walk.h"
#include "dialect/responses.h"
#include "dialect/responses_crossing.h"
#include "dialect/responses_items.h"
#include "dialect/take.h"
#include "dialect/web_search.h"

namespace wye::responses {
namespace {

using take::keep_in;

Tool read_tool(JsonValue& value) {
  Tool tool;
  std::string type;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "type" && take::text(member, type)) return;
    if (key == "name" && take::text(member, tool.name)) return;
    if (key == "description" && take::text(member, tool.description)) {
      // An empty description is one, too.
      if (tool.description.empty()) take::add_word(tool.form, "description");
    } else if (key == "parameters" && walk::is_object(member.value)) {
      tool.parameters = walk::raw(member.value);
    } else if (key != "strict" || !take::flag(member, tool.strict)) {
      walk::keep(tool.extra, member);
    }
  });
  if (type == "function") return tool;
  Tool other;
  other.search = read_web_search(type, whole);
  other.name = std::move(type);
  other.raw = whole;
  return other;
}

// {"type": "function", "name": ...}, or {"type": "allowed_tools", "mode": "required", "tools":
// [...]} with nothing but functions.
class ChoiceReader {
 public:
  bool read(JsonValue& value, ToolChoice& choice) {
    walk::members_if(value, [&](walk::Member& member) { read_member(member); });
    if (!plain_) return false;
    if (type_ == "function" && !name_.empty() && !listed_) {
      choice.names.push_back(std::move(name_));
    } else if (type_ == "allowed_tools" && mode_ == "required" && !names_.empty()) {
      choice.names = std::move(names_);
      choice.form = "allowed_tools";
    } else {
      return false;
    }
    choice.mode = ToolChoice::Mode::named;
    return true;
  }

 private:
  void read_member(walk::Member& member) {
    if (member.key == "type" && take::text(member, type_)) return;
    if (member.key == "name" && take::text(member, name_)) return;
    if (member.key == "mode" && take::text(member, mode_)) return;
    if (member.key != "tools") {
      plain_ = false;
      return;
    }
    listed_ = true;
    walk::elements_if(member.value, [&](JsonValue& each) { read_allowed(each); });
  }

  void read_allowed(JsonValue& value) {
    std::string type, name;
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "type" && take::text(member, type)) return;
      if (member.key != "name" || !take::text(member, name)) plain_ = false;
    });
    if (type != "function" || name.empty()) plain_ = false;
    names_.push_back(std::move(name));
  }

  std::string type_, name_, mode_;
  std::vector<std::string> names_;
  bool listed_ = false, plain_ = true;
};

bool read_tool_choice(walk::Member& member, ToolChoice& choice) {
  using Mode = ToolChoice::Mode;
  if (walk::is_object(member.value)) {
    const std::string_view whole = walk::raw(member.value);
    if (!ChoiceReader().read(member.value, choice)) choice.raw = whole;
    return true;
  }
  const auto word = walk::string_if(member.value);
  if (!word) return false;
  if (*word == "auto") choice.mode = Mode::automatic;
  if (*word == "none") choice.mode = Mode::none;
  if (*word == "required") choice.mode = Mode::required;
  return choice.mode != Mode::unset;
}

bool read_format(walk::Member& member, OutputFormat& out) {
  using Kind = OutputFormat::Kind;
  if (!walk::is_object(member.value)) return false;
  const std::string_view whole = walk::raw(member.value);
  OutputFormat format;
  std::string type;
  walk::members_if(member.value, [&](walk::Member& each) {
    const std::string_view key = each.key;
    if (key == "type" && take::text(each, type)) return;
    if (key == "name" && take::text(each, format.name)) return;
    if (key == "description" && take::text(each, format.description)) return;
    if (key == "strict" && take::flag(each, format.strict)) return;
    if (key == "schema") {
      format.schema = walk::raw(each.value);
    } else {
      walk::keep(format.extra, each);
    }
  });
  if (type == "text") format.kind = Kind::text;
  if (type == "json_object") format.kind = Kind::json_object;
  if (type == "json_schema") format.kind = Kind::json_schema;
  if (format.kind == Kind::unset) {
    out.raw = whole;
  } else {
    out = std::move(format);
  }
  return true;
}

class ContentReader {
 public:
  explicit ContentReader(Content& content) : content_(content) {}

  void read(walk::Member& member) {
    if (!read_known(member)) walk::keep(content_.extra, member);
  }

  // Instructions come first, wherever they stood.
  void finish() {
    if (!has_instructions_) return;
    content_.messages.insert(content_.messages.begin(), std::move(instructions_));
  }

 private:
  bool read_known(walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "model") return take::text(member, content_.model);
    if (key == "input") return read_input(member);
    if (key == "instructions") return read_instructions(member);
    if (key == "stream") {
      content_.stream = walk::token(member.value) == "true";
      return content_.stream;
    }
    if (key == "tools") return read_tools(member);
    if (key == "tool_choice") return read_tool_choice(member, content_.tool_choice);
    if (key == "parallel_tool_calls") return take::flag(member, content_.tool_choice.parallel);
    if (key == "text") return read_text(member);
    if (key == "reasoning") return read_reasoning(member);
    if (key == "max_output_tokens") return take::integer(member, content_.output_tokens_max);
    if (key == "temperature") return take::number(member, content_.sampling.temperature);
    if (key == "top_p") return take::number(member, content_.sampling.top_p);
    if (key == "top_logprobs") return take::integer(member, content_.top_logprobs);
    if (key == "user") return take::text(member, content_.user);
    if (key == "metadata") return read_metadata(member);
    if (key == "include") read_include(member);  // and kept
    return false;
  }

  bool read_input(walk::Member& member) {
    std::string text;
    if (take::text(member, text)) {
      Message& message = content_.messages.emplace_back();
      message.form = "input";
      message.parts.emplace_back().body = Text{std::move(text)};
      return true;
    }
    if (!walk::is_array(member.value)) return false;
    bool any = false;
    walk::elements_if(member.value, [&](JsonValue& each) {
      any = true;
      read_item(each, content_.messages);
    });
    return any;
  }

  bool read_instructions(walk::Member& member) {
    std::string text;
    if (!take::text(member, text)) return false;
    has_instructions_ = true;
    instructions_.role = Role::system;
    instructions_.form = "instructions";
    instructions_.parts.emplace_back().body = Text{std::move(text)};
    return true;
  }

  bool read_tools(walk::Member& member) {
    const std::size_t before = content_.tools.size();
    walk::elements_if(member.value,
                      [&](JsonValue& each) { content_.tools.push_back(read_tool(each)); });
    return content_.tools.size() != before;
  }

  bool read_text(walk::Member& member) {
    if (!walk::is_object(member.value)) return false;
    const std::size_t before = content_.extra.size();
    bool formatted = false;
    const std::string_view whole = walk::raw(member.value);
    walk::members_if(member.value, [&](walk::Member& each) {
      if (each.key == "format" && read_format(each, content_.output)) {
        formatted = true;
      } else {
        keep_in(content_.extra, "text", each);
      }
    });
    if (!formatted && content_.extra.size() == before) {
      content_.extra.push_back({"text", std::string(whole)});
    }
    return true;
  }

  bool read_reasoning(walk::Member& member) {
    if (!walk::is_object(member.value)) return false;
    ReasoningSettings& reasoning = content_.reasoning;
    reasoning.form = "reasoning";
    walk::members_if(member.value, [&](walk::Member& each) {
      if (each.key == "effort" && take::text(each, reasoning.effort)) return;
      if (each.key == "summary" && take::text(each, reasoning.summary)) return;
      walk::keep(reasoning.extra, each);
    });
    if (!reasoning.summary.empty()) reasoning.include = true;
    return true;
  }

  // Who serves it is no business of the provider's.
  bool read_metadata(walk::Member& member) {
    if (!walk::is_object(member.value)) return false;
    std::string others;
    JsonWriter json(others);
    json.begin_object();
    bool task = false, any = false;
    walk::members_if(member.value, [&](walk::Member& pair) {
      task = task || pair.key == "task";
      any = any || pair.key != "task";
      if (pair.key != "task") json.key(pair.key).raw(walk::raw(pair.value));
    });
    json.end_object();
    if (any || !task) content_.extra.push_back({"metadata", std::move(others)});
    return true;
  }

  void read_include(walk::Member& member) {
    const std::string_view whole = walk::raw(member.value);
    if (whole.find(R"("message.output_text.logprobs")") != std::string_view::npos) {
      content_.logprobs = true;
    }
  }

  Content& content_;
  Message instructions_;
  bool has_instructions_ = false;
};

}  // namespace

Result<Content> read_own_content(JsonReader& reader, const Ask& ask) {
  Content content;
  content.origin = DialectId::openai_responses;
  content.endpoint = ask.facts.endpoint;
  ContentReader parts(content);
  auto read = read_members_into(ask, reader, parts);
  if (!read) return fail(std::move(read.error()));
  parts.finish();
  return content;
}

Result<Content> read_content(JsonReader& reader, const Ask& ask) {
  if (Result<void> may = may_be_kept(ask); !may) return fail(std::move(may.error()));
  Result<Content> content = read_own_content(reader, ask);
  if (!content) return content;
  if (Result<void> may = may_cross(*content); !may) return fail(std::move(may.error()));
  return content;
}

}  // namespace wye::responses
