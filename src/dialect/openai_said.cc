// OpenAI said: runs for every event of every stream, so it looks at first characters and lengths.
// Pure.
#include "dialect/openai_said.h"

#include <string_view>

#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/json_walk.h"
#include "dialect/openai_usage.h"

namespace wye::openai {
namespace {

// Of a string: what stands between its quotes, still escaped.
std::string_view inside(JsonValue& value) {
  const std::string_view quoted = walk::token(value);
  return quoted.substr(1, quoted.size() - 2);
}

void add(std::string_view text, Said& said) {
  said.bytes += static_cast<std::int64_t>(text.size());
  said.content = said.content || !text.empty();
}

void add_text(JsonValue& value, Said& said) {
  if (walk::is_string(value)) add(inside(value), said);
}

// {"name": ..., "arguments": ...}
void add_function(JsonValue& value, Said& said) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "arguments" || member.key == "name" || member.key == "input") {
      add_text(member.value, said);
    }
  });
}

void add_tool_calls(JsonValue& value, Said& said) {
  walk::elements_if(value, [&](JsonValue& call) {
    said.content = true;
    walk::members_if(call, [&](walk::Member& member) {
      if (member.key == "function" || member.key == "custom") add_function(member.value, said);
    });
  });
}

// Parts of Mistral: {"type": "text", "text": ...}, {"type": "thinking", "thinking": [...]}.
void add_parts(JsonValue& value, Said& said) {
  walk::elements_if(value, [&](JsonValue& part) {
    walk::members_if(part, [&](walk::Member& member) {
      if (member.key == "text") add_text(member.value, said);
      if (member.key == "thinking") add_parts(member.value, said);
    });
  });
}

bool not_empty(JsonValue& value) {
  bool any = false;
  walk::elements_if(value, [&](JsonValue&) { any = true; });
  return any;
}

void read_content(JsonValue& value, Said& said) {
  if (walk::is_array(value)) {
    said.only_text = false;
    return add_parts(value, said);
  }
  if (!walk::is_string(value)) return;
  said.only_text = said.only_text && said.text.empty();
  said.text = inside(value);
  add(said.text, said);
}

void read_said_member(walk::Member& member, Said& said) {
  JsonValue& value = member.value;
  const std::string_view key = member.key;
  if (key == "content") return read_content(value, said);
  if (walk::is_null(value) || key == "role") return;
  said.only_text = false;
  if (key == "reasoning_content" || key == "reasoning" || key == "refusal") {
    return add_text(value, said);
  }
  if (key == "tool_calls") return add_tool_calls(value, said);
  if (key == "function_call") return add_function(value, said);
  if (key == "audio") said.content = said.content || walk::is_object(value);
  if (key == "reasoning_details") said.content = not_empty(value) || said.content;
}

}  // namespace

void read_choice_facts(JsonValue& choice, bool stream, Said& said) {
  const std::string_view message = stream ? "delta" : "message";
  walk::members_if(choice, [&](walk::Member& member) {
    JsonValue& value = member.value;
    if (member.key == message) {
      return walk::members_if(value, [&](walk::Member& each) { read_said_member(each, said); });
    }
    if (member.key == "index") {
      said.only_text = said.only_text && walk::token(value) == "0";
      return;
    }
    if (walk::is_null(value)) return;
    said.only_text = false;
    if (member.key == "finish_reason") {
      const auto word = walk::string_if(value);
      if (word && !word->empty()) said.finish = finish_reason_from(*word);
    }
    if (member.key == "error") said.fault = read_inner_fault(value);
  });
}

std::optional<Fault> read_inner_fault(JsonValue& error) {
  if (walk::is_null(error)) return std::nullopt;
  ErrorBody body = read_error_value(error);
  if (!body.found) return std::nullopt;
  return fault_of(200, std::move(body));
}

}  // namespace wye::openai
