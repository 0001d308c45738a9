// Cohere event. Pure.
#include "dialect/cohere_event.h"

#include "dialect/cohere_usage.h"
#include "dialect/json_walk.h"

namespace wye::cohere {
namespace {

void take_token(JsonValue& value, std::string_view& out) {
  if (walk::is_string(value)) out = walk::token(value);
}

void take_text(JsonValue& value, std::string_view& out) {
  if (const auto text = walk::string_if(value)) out = *text;
}

void read_content(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "text") take_token(member.value, event.text);
    if (member.key == "thinking") take_token(member.value, event.thinking);
  });
}

// One call, though the member's name is in the plural.
void read_call(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "id") take_text(member.value, event.call_id);
    if (member.key != "function") return;
    walk::members_if(member.value, [&](walk::Member& inner) {
      if (inner.key == "name") take_text(inner.value, event.call_name);
      if (inner.key == "arguments") take_token(inner.value, event.arguments);
    });
  });
}

void read_message(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "content") read_content(member.value, event);
    if (member.key == "tool_plan") take_token(member.value, event.tool_plan);
    if (member.key == "tool_calls") read_call(member.value, event);
    if (member.key == "citations" && walk::is_object(member.value)) {
      event.citation = walk::raw(member.value);
    }
  });
}

void read_delta(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "message") return read_message(member.value, event);
    if (member.key == "finish_reason") return take_text(member.value, event.finish_reason);
    if (member.key == "error") return take_text(member.value, event.error);
    if (member.key != "usage" || !walk::is_object(member.value)) return;
    event.usage_raw = walk::raw(member.value);
    event.usage = read_usage(member.value);
  });
}

}  // namespace

Event read_event(JsonObject& root) {
  Event event;
  (void)walk::members(root, [&](walk::Member& member) -> Result<void> {
    if (member.key == "type") take_text(member.value, event.type);
    if (member.key == "id") take_text(member.value, event.id);
    if (member.key == "index") event.index = walk::integer_if(member.value).value_or(-1);
    if (member.key == "delta") read_delta(member.value, event);
    if (member.key == "message") take_text(member.value, event.message);
    return {};
  });
  return event;
}

}  // namespace wye::cohere
