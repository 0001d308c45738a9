// Responses crossing. Pure.
#include "dialect/responses_crossing.h"

#include <string_view>

#include <fmt/format.h>

#include "dialect/json_walk.h"

namespace wye::responses {
namespace {

Fault refused(std::string_view field, std::string_view why) {
  return walk::wrong_value(field, why, "unsupported_parameter");
}

struct KeptElsewhere {
  std::string_view field;
  std::string_view why;
};
// What stands for content that one provider keeps.
constexpr KeptElsewhere kept_elsewhere[]{
    {"previous_response_id",
     "names an answer that only the provider that gave it can look up; send the whole conversation "
     "in input, or name a route to providers of the Responses API"},
    {"conversation",
     "names a conversation that only one provider keeps; send the whole conversation in input, or "
     "name a route to providers of the Responses API"},
    {"prompt",
     "names a prompt that only one provider keeps; send its text as instructions, or name a route "
     "to providers of the Responses API"},
};

Result<void> check_state(const Extra& extra) {
  for (const KeptElsewhere& each : kept_elsewhere) {
    const std::string* json = find_extra(extra, each.field);
    if (json != nullptr && *json != "null") return fail(refused(each.field, each.why));
  }
  return {};
}

Result<void> check_tools(const Content& content) {
  for (const Tool& tool : content.tools) {
    if (tool.raw.empty()) continue;
    return fail(
        refused("tools", fmt::format("has {}, which only providers of the Responses API run; leave "
                                     "it out, or name a route to such providers",
                                     tool.name)));
  }
  if (content.tool_choice.raw.empty()) return {};
  return fail(refused("tool_choice",
                      "is one that only providers of the Responses API know; use auto, none, "
                      "required or a function"));
}

Result<void> check_part(const Part& part) {
  const auto* unknown = std::get_if<Unknown>(&part.body);
  if (unknown == nullptr) return {};
  // An empty message says nothing, and thoughts that nobody can read help nobody.
  if (unknown->type == "message" || unknown->type == "reasoning") return {};
  if (unknown->type == "item_reference") {
    return fail(refused("input",
                        "has an item_reference, and only the provider that made that item can "
                        "look it up; send the items themselves (store: false makes libraries do "
                        "so)"));
  }
  return fail(refused("input", fmt::format("has a part of type {}, which only providers of the "
                                           "Responses API can read",
                                           unknown->type)));
}

Result<void> check_messages(const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    for (const Part& part : message.parts) {
      if (Result<void> done = check_part(part); !done) return done;
      const auto* result = std::get_if<ToolResult>(&part.body);
      if (result == nullptr) continue;
      for (const Part& each : result->parts) {
        if (Result<void> done = check_part(each); !done) return done;
      }
    }
  }
  return {};
}

}  // namespace

Result<void> may_cross(const Content& content) {
  if (Result<void> done = check_state(content.extra); !done) return done;
  if (Result<void> done = check_tools(content); !done) return done;
  if (!content.output.raw.empty()) {
    return fail(refused("text.format", "must be text, json_object or json_schema"));
  }
  return check_messages(content.messages);
}

}  // namespace wye::responses
