// Text: the few string helpers that every room needs. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wye {

inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // of UTF-8

// Not those of <cctype>: these know no locale and take any byte.
constexpr bool is_space(char c) {  // as JSON has it
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
std::string_view trim(std::string_view text);  // spaces and tabs, both ends
std::vector<std::string_view> split(std::string_view text, char separator);
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII
std::string to_lower(std::string_view text);                       // ASCII
std::string to_upper(std::string_view text);                       // ASCII
// "1 task", "2 tasks".
std::string plural(std::int64_t count, std::string_view noun);
// Levenshtein distance.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate nearest to `word`, or "" when none is near enough to suggest.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);
std::string to_hex(std::span<const unsigned char> bytes);

// Lets unordered containers of std::string be searched with a string_view.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace wye
