// Responses said. Pure.
#include "dialect/responses_said.h"

#include <string_view>

#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/json_walk.h"

namespace wye::responses {
namespace {

void add_text(JsonValue& value, Said& said) {
  if (!walk::is_string(value)) return;
  const std::size_t bytes = walk::token(value).size() - 2;
  said.bytes += static_cast<std::int64_t>(bytes);
  said.content = said.content || bytes != 0;
}

// Elements of `content` and `summary`.
void add_parts(JsonValue& value, Said& said) {
  walk::elements_if(value, [&](JsonValue& part) {
    walk::members_if(part, [&](walk::Member& member) {
      if (member.key == "text" || member.key == "refusal") add_text(member.value, said);
    });
  });
}

std::optional<Fault> fault_in(JsonValue& error) {
  if (walk::is_null(error)) return std::nullopt;
  ErrorBody body = read_error_value(error);
  if (!body.found) return std::nullopt;
  return fault_of(200, std::move(body));
}

}  // namespace

void read_item_facts(JsonValue& item, Said& said) {
  std::string_view type;
  said.any_item = true;
  walk::members_if(item, [&](walk::Member& member) {
    const std::string_view key = member.key;
    if (key == "type") {
      if (const auto text = walk::string_if(member.value)) type = *text;
    } else if (key == "content" || key == "summary") {
      add_parts(member.value, said);
    } else if (key == "arguments" || key == "input") {
      add_text(member.value, said);
    }
  });
  if (is_client_call(type)) said.calls_tool = true;
  // A call is content even without arguments, and so is what a built-in tool did.
  if (type != "message" && type != "reasoning") said.content = true;
}

void ResponseFacts::read_member(std::string_view key, JsonValue& value,
                                bool output_excludes_reasoning) {
  if (key == "model") {
    if (const auto text = walk::string_if(value)) model = *text;
  } else if (key == "status" || key == "incomplete_details") {
    read_ending(key, value, ending);
  } else if (key == "usage") {
    usage = read_usage(value, output_excludes_reasoning);
  } else if (key == "error") {
    fault = fault_in(value);
  } else if (key == "output" && walk::is_array(value)) {
    has_output = true;
    walk::elements_if(value, [&](JsonValue& item) { read_item_facts(item, said); });
    ending.calls_tool = said.calls_tool;
  }
}

void ResponseFacts::read(JsonValue& response, bool output_excludes_reasoning) {
  walk::members_if(response, [&](walk::Member& member) {
    read_member(member.key, member.value, output_excludes_reasoning);
  });
}

}  // namespace wye::responses
