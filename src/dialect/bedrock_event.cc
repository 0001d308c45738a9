// Bedrock event: reading. Pure.
#include "dialect/bedrock_event.h"

#include "dialect/bedrock_usage.h"
#include "dialect/json_walk.h"

namespace wye::bedrock {
namespace {

void read_start(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key != "toolUse") {
      event.of_server = true;
      return;
    }
    event.starts_call = true;
    walk::members_if(member.value, [&](walk::Member& each) {
      if (each.key == "toolUseId") event.id = walk::string_if(each.value).value_or("");
      if (each.key == "name") event.name = walk::string_if(each.value).value_or("");
      if (each.key == "type") event.of_server = walk::token(each.value) == "\"server_tool_use\"";
    });
  });
}

void read_thought(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "text") event.thought = walk::string_if(member.value);
    if (member.key == "signature") event.signature = walk::string_if(member.value);
    if (member.key == "redactedContent") event.redacted = walk::string_if(member.value);
  });
}

void read_delta(JsonValue& value, Event& event) {
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "text") event.text = walk::string_if(member.value);
    if (member.key == "reasoningContent") read_thought(member.value, event);
    if (member.key != "toolUse") return;
    walk::members_if(member.value, [&](walk::Member& each) {
      if (each.key == "input") event.input = walk::string_if(each.value);
    });
  });
}

void read_member(walk::Member& member, Event& event) {
  const std::string_view key = member.key;
  if (key == "contentBlockIndex") {
    event.block = walk::integer_if(member.value).value_or(0);
  } else if (key == "start") {
    read_start(member.value, event);
  } else if (key == "delta") {
    read_delta(member.value, event);
  } else if (key == "stopReason") {
    event.stop_reason = walk::string_if(member.value);
  } else if (key == "usage") {
    event.usage_raw = walk::raw(member.value);
    event.usage = read_usage(member.value);
  } else if (key != "p" && key != "role") {  // p: padding, so that lengths say nothing
    walk::keep(event.extra, member);
  }
}

}  // namespace

Result<Event> read_event(JsonReader& reader, std::string_view json) {
  Event event;
  const auto read = reader.read_object(json, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      read_member(member, event);
      return {};
    });
  });
  if (!read) return fail(read.error());
  return event;
}

}  // namespace wye::bedrock
