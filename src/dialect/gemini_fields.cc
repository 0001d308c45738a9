// Gemini fields. Pure.
#include "dialect/gemini_fields.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace wye::gemini {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

bool is_field(std::string_view key, std::string_view camel) {
  if (key == camel) return true;
  std::size_t at = 0;
  for (const char c : camel) {
    if (is_upper(c) && (at >= key.size() || key[at++] != '_')) return false;
    const char wanted = is_upper(c) ? static_cast<char>(c | 0x20) : c;
    if (at >= key.size() || key[at++] != wanted) return false;
  }
  return at == key.size();
}

std::optional<std::int64_t> integer_of(JsonValue& value) {
  if (!walk::is_string(value)) return walk::integer_if(value);
  std::string_view text = walk::token(value);
  text = text.substr(1, text.size() - 2);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool take_text(walk::Member& member, std::string& out) {
  const auto text = walk::string_if(member.value);
  if (!text) return false;
  out = *text;
  return true;
}

bool take_integer(walk::Member& member, std::optional<std::int64_t>& out) {
  out = integer_of(member.value);
  return out.has_value();
}

bool take_number(walk::Member& member, std::optional<double>& out) {
  out = walk::number_if(member.value);
  return out.has_value();
}

bool take_flag(walk::Member& member, std::optional<bool>& out) {
  out = walk::boolean_if(member.value);
  return out.has_value();
}

void keep_given(Extra& extra, walk::Member& member) {
  if (!walk::is_null(member.value)) walk::keep(extra, member);
}

void keep_in(Extra& extra, std::string_view object, walk::Member& member) {
  if (!walk::is_null(member.value)) take::keep_in(extra, object, member);
}

bool is_json_object(JsonReader& reader, std::string_view text) {
  std::string padded(text);
  pad(padded);
  return reader.read_object(padded, [](JsonObject&) -> Result<void> { return {}; }).has_value();
}

// The reader takes objects only, so that an array is looked at as the one member of an object.
bool is_json_array(JsonReader& reader, std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with('[')) return false;
  std::string wrapped = std::string(R"({"a":)").append(text).append("}");
  pad(wrapped);
  bool whole = false;
  const auto read = reader.read_object(wrapped, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      whole = whole || walk::raw(member.value).size() == text.size();
      return {};
    });
  });
  return read.has_value() && whole;
}

}  // namespace wye::gemini
