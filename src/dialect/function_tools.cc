// Function tools. Pure.
#include "dialect/function_tools.h"

#include "dialect/take.h"

namespace wye {
namespace {

constexpr std::string_view inner_name = "function";

void read_tool_member(walk::Member& member, Tool& tool) {
  if (member.key == "name" && take::text(member, tool.name)) return;
  if (member.key == "description" && take::text(member, tool.description)) {
    // An empty description is one, too.
    if (tool.description.empty()) take::add_word(tool.form, "description");
    return;
  }
  if (member.key == "strict" && take::flag(member, tool.strict)) return;
  if (member.key == "parameters" && walk::is_object(member.value)) {
    tool.parameters = walk::raw(member.value);
    return;
  }
  take::keep_in(tool.extra, inner_name, member);
}

void read_call_member(walk::Member& member, Part& part, ToolCall& call) {
  if (member.key == "name" && take::text(member, call.name)) return;
  if (member.key == "arguments" && !walk::is_null(member.value)) {
    if (take::text(member, call.arguments)) return;
    call.arguments = walk::raw(member.value);
    return take::add_word(part.form, "object");
  }
  take::keep_in(part.extra, inner_name, member);
}

}  // namespace

Tool read_function_tool(JsonValue& value) {
  Tool tool;
  bool function = false;
  std::string type;
  const std::string_view whole = walk::raw(value);
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type" && take::text(member, type)) return;
    if (member.key == inner_name && walk::is_object(member.value)) {
      function = true;
      return walk::members_if(member.value,
                              [&](walk::Member& each) { read_tool_member(each, tool); });
    }
    walk::keep(tool.extra, member);
  });
  if (function && type == inner_name) return tool;
  Tool other;
  other.raw = whole;
  return other;
}

void write_function_tool(JsonWriter& json, const Tool& tool, bool own) {
  json.begin_object().field("type", inner_name).key(inner_name).begin_object();
  json.field("name", tool.name);
  if (!tool.description.empty() || take::has_word(tool.form, "description")) {
    json.field("description", tool.description);
  }
  if (!tool.parameters.empty()) {
    json.key("parameters").raw(tool.parameters);
  } else if (!own) {
    // Some refuse a function without a schema, nobody one without parameters.
    json.key("parameters").raw(R"({"type":"object","properties":{}})");
  }
  if (own && tool.strict) json.field("strict", *tool.strict);
  if (own) take::write_extra(json, tool.extra, inner_name);
  json.end_object();
  if (own) take::write_extra(json, tool.extra);
  json.end_object();
}

Part read_function_call(JsonValue& value) {
  Part part;
  ToolCall call;
  bool typed = false;
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "id" && take::text(member, call.id)) return;
    if (member.key == inner_name && walk::is_object(member.value)) {
      return walk::members_if(member.value,
                              [&](walk::Member& each) { read_call_member(each, part, call); });
    }
    if (member.key == "type" && walk::token(member.value) == "\"function\"") {
      typed = true;
      return;
    }
    walk::keep(part.extra, member);
  });
  if (!typed) take::add_word(part.form, "untyped");
  part.body = std::move(call);
  return part;
}

void write_function_call(JsonWriter& json, const Part& part, std::string_view id, bool own) {
  const auto& call = std::get<ToolCall>(part.body);
  json.begin_object();
  if (!id.empty()) json.field("id", id);
  if (!own || !take::has_word(part.form, "untyped")) json.field("type", inner_name);
  json.key(inner_name).begin_object().field("name", call.name);
  json.field("arguments",
             call.arguments.empty() ? std::string_view("{}") : std::string_view(call.arguments));
  if (own) take::write_extra(json, part.extra, inner_name);
  json.end_object();
  if (own) take::write_extra(json, part.extra);
  json.end_object();
}

}  // namespace wye
