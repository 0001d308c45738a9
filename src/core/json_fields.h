// JsonFields: what the writers of records share: fields that are left out when they say nothing,
// and the spelling of 64-bit values that JavaScript could not hold. Pure, any thread.
#pragma once

#include <array>
#include <charconv>
#include <string_view>

#include "core/where.h"
#include "wire/json.h"

namespace wye {

// A field that is left out when it has its usual value.
template <class T>
void field_unless(JsonWriter& json, JsonKey name, T value, T usual) {
  if (value == usual) return;
  json.key(name);
  json.value(value);
}

inline void field_unless_empty(JsonWriter& json, JsonKey name, std::string_view value) {
  if (value.empty()) return;
  json.key(name);
  json.value(value);
}

inline void field_if(JsonWriter& json, JsonKey name, bool flag) {
  if (!flag) return;
  json.key(name);
  json.value(true);
}

// "5a1e": seeds and hashes as hexadecimal strings, for numbers above 2^53 do not survive
// JavaScript.
inline void field_hex(JsonWriter& json, JsonKey name, std::uint64_t value) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  json.key(name);
  json.value(std::string_view(digits.data(), static_cast<std::size_t>(end.ptr - digits.data())));
}

// "47:5", line and column.
inline void field_where(JsonWriter& json, JsonKey name, Where where) {
  if (where.line == 0) return;
  std::array<char, 32> text;
  auto end = std::to_chars(text.data(), text.data() + 12, where.line);
  *end.ptr++ = ':';
  end = std::to_chars(end.ptr, text.data() + text.size(), where.column);
  json.key(name);
  json.value(std::string_view(text.data(), static_cast<std::size_t>(end.ptr - text.data())));
}

}  // namespace wye
