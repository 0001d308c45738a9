// Typed members. Pure.
#include "dialect/typed_members.h"

namespace wye {
namespace {

bool is_of(JsonType type, JsonValue& value) {
  switch (type) {
    case JsonType::flag: return walk::boolean_if(value).has_value();
    case JsonType::integer: return walk::integer_if(value).has_value();
    case JsonType::number: return walk::number_if(value).has_value();
    case JsonType::text: return walk::is_string(value);
    case JsonType::object: return walk::is_object(value);
    case JsonType::array: return walk::is_array(value);
    case JsonType::text_or_object: return walk::is_string(value) || walk::is_object(value);
  }
  return false;
}

std::string_view words_for(JsonType type) {
  switch (type) {
    case JsonType::flag: return "true or false";
    case JsonType::integer: return "an integer";
    case JsonType::number: return "a number";
    case JsonType::text: return "a string";
    case JsonType::object: return "an object";
    case JsonType::array: return "an array";
    case JsonType::text_or_object: return "a string or an object";
  }
  return "";
}

}  // namespace

Result<void> check_type(std::span<const TypedMember> table, walk::Member& member) {
  for (const auto& [name, type] : table) {
    if (name != member.key) continue;
    if (walk::is_null(member.value) || is_of(type, member.value)) return {};
    return fail(walk::must_be(name, words_for(type)));
  }
  return {};
}

Result<void> check_types(std::span<const TypedMember> table, JsonValue& value,
                         std::string_view path) {
  auto checked = walk::members(
      value, "", [&](walk::Member& member) -> Result<void> { return check_type(table, member); });
  if (!checked) return fail(walk::inside(std::move(checked.error()), path));
  return {};
}

}  // namespace wye
