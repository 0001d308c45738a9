// Json walk: small helpers over wire/json.h that every dialect shares: members and elements as
// callbacks, typed reads whose faults name the field, raw text of values. Internal to this room.
//
// JsonReader has checked the whole document before anybody walks it, so that only types can be
// wrong here. Nothing owns anything; views point into the document or its reader's buffer.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/text.h"
#include "core/content.h"
#include "wire/json.h"

namespace wye::walk {

struct Member {
  std::string_view key;  // unescaped
  JsonValue value;
};

// The field that a table of names and fields has for this key.
template <class Table>
auto field_named(const Table& table, std::string_view key)
    -> std::optional<decltype(std::begin(table)->second)> {
  for (const auto& [name, field] : table) {
    if (name == key) return field;
  }
  return std::nullopt;
}

// Faults. All are bad_request; `param` names the field, and `message` begins with it.
Fault wrong_value(std::string_view path, std::string_view must, std::string_view code);
Fault must_be(std::string_view path, std::string_view wanted);  // of the wrong type
Fault duplicate(std::string_view path);
// The same fault seen from outside: "content" in "messages[3]" becomes "messages[3].content".
Fault inside(Fault fault, std::string_view outer);
Fault inside(Fault fault, std::string_view outer, std::size_t index);

// The value's text: all of a scalar, the opening bracket of anything else. Does not consume it.
inline std::string_view token(JsonValue& value) {
  std::string_view text = value.raw_json_token();
  while (is_space(text.back())) text.remove_suffix(1);
  return text;
}
inline char first_char(JsonValue& value) { return *value.raw_json_token().data(); }
inline bool is_null(JsonValue& value) { return first_char(value) == 'n'; }
inline bool is_string(JsonValue& value) { return first_char(value) == '"'; }
inline bool is_object(JsonValue& value) { return first_char(value) == '{'; }
inline bool is_array(JsonValue& value) { return first_char(value) == '['; }
inline bool is_number(JsonValue& value) {
  const char first = first_char(value);
  return first == '-' || is_digit(first);
}
// The whole raw JSON of a value; does not consume it.
std::string_view raw(JsonValue value);

// Calls on_member(Member&) for every member, in order; it returns Result<void>.
template <class OnMember>
Result<void> members(JsonObject object, OnMember&& on_member) {
  return for_each_field(object, "", {},
                        [&](std::string_view key, JsonValue& value) -> Result<void> {
                          Member member{key, value};
                          return on_member(member);
                        });
}
template <class OnMember>
Result<void> members(JsonValue& value, std::string_view path, OnMember&& on_member) {
  if (!is_object(value)) return fail(must_be(path, "an object"));
  return members(value.get_object().value_unsafe(), std::forward<OnMember>(on_member));
}

// Calls on_element(JsonValue&, std::size_t index) for every element.
template <class OnElement>
Result<void> elements(JsonValue& value, std::string_view path, OnElement&& on_element) {
  if (!is_array(value)) return fail(must_be(path, "an array"));
  std::size_t index = 0;
  JsonArray array = value.get_array().value_unsafe();
  for (auto each : array) {
    JsonValue element = each.value_unsafe();
    if (Result<void> done = on_element(element, index); !done) return done;
    ++index;
  }
  return {};
}

// For what providers send: members of a value, and none when it is no object; the same for arrays.
// The callback returns nothing.
template <class OnMember>
void members_if(JsonValue& value, OnMember&& on_member) {
  if (!is_object(value)) return;
  (void)members(value.get_object().value_unsafe(), [&](Member& member) -> Result<void> {
    on_member(member);
    return {};
  });
}
template <class OnElement>
void elements_if(JsonValue& value, OnElement&& on_element) {
  if (!is_array(value)) return;
  JsonArray array = value.get_array().value_unsafe();
  for (auto each : array) {
    JsonValue element = each.value_unsafe();
    on_element(element);
  }
}
// Nothing when the value is of another type.
std::optional<std::string_view> string_if(JsonValue& value);
std::optional<std::int64_t> integer_if(JsonValue& value);  // 12.0 counts, "12" does not
std::optional<double> number_if(JsonValue& value);
std::optional<bool> boolean_if(JsonValue& value);

// Puts an unknown member away.
void keep(Extra& extra, Member& member);

}  // namespace wye::walk
