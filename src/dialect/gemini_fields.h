// Gemini fields: names and plain values as the JSON of protocol buffers spells them, and the words
// of `form`. Internal to this room.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "core/content.h"
#include "dialect/json_walk.h"
#include "dialect/take.h"

namespace wye::gemini {

using take::add_word;
using take::has_extra;
using take::has_word;
using take::write_extra;

// An extra member of a batch of embeddings whose requests have not all one purpose.
inline constexpr std::string_view mixed_purposes = "requests.taskType";

// Whether `key` is this field: "functionCall" and "function_call" are the same.
bool is_field(std::string_view key, std::string_view camel);

// The field that a table of names in camel case and fields has for this key.
template <class Table>
auto field_named(const Table& table, std::string_view key)
    -> std::optional<decltype(std::begin(table)->second)> {
  for (const auto& [name, field] : table) {
    if (is_field(key, name)) return field;
  }
  return std::nullopt;
}

// 12, 12.0 and "12".
std::optional<std::int64_t> integer_of(JsonValue& value);
// Each puts the value into `out`; false when it is of another type.
bool take_text(walk::Member& member, std::string& out);
bool take_integer(walk::Member& member, std::optional<std::int64_t>& out);
bool take_number(walk::Member& member, std::optional<double>& out);
bool take_flag(walk::Member& member, std::optional<bool>& out);

// Keeps a member that is not null; of an object within when `object` is given.
void keep_given(Extra& extra, walk::Member& member);
void keep_in(Extra& extra, std::string_view object, walk::Member& member);

// Whether the text is one whole JSON object.
bool is_json_object(JsonReader& reader, std::string_view text);
bool is_json_array(JsonReader& reader, std::string_view text);

}  // namespace wye::gemini
