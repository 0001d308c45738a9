// Wait time: small parsers that refuse what they do not understand; a wait that is made up would be
// worse than none. Pure.
#include "dialect/wait_time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/text.h"

namespace wye {
namespace {

// A wait longer than a month is a misunderstanding.
constexpr double wait_ms_max = 31.0 * 24 * 3600 * 1000;
// Numbers from here on are times, not waits: 2001 in seconds, and in milliseconds.
constexpr double epoch_seconds_min = 1e9;
constexpr double epoch_ms_min = 1e12;

std::optional<double> take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, number);
  if (length == 0 || error != std::errc{} || end != text.data() + length) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

struct DurationUnit {
  std::string_view name;
  double ms;
};
// Longer names first: "ms" before "m", "minutes" before "m".
constexpr std::array<DurationUnit, 16> units{{
    {"milliseconds", 1},
    {"seconds", 1000},
    {"second", 1000},
    {"minutes", 60000},
    {"minute", 60000},
    {"hours", 3600000},
    {"hour", 3600000},
    {"days", 86400000},
    {"day", 86400000},
    {"ms", 1},
    {"us", 0.001},
    {"ns", 0.000001},
    {"s", 1000},
    {"m", 60000},
    {"h", 3600000},
    {"d", 86400000},
}};

std::optional<double> take_unit(std::string_view& text) {
  for (const DurationUnit& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.ms;
  }
  return std::nullopt;
}

std::optional<DurationMs> to_ms(double ms) {
  if (!(ms >= 0) || ms > wait_ms_max) return std::nullopt;
  return static_cast<DurationMs>(std::ceil(ms - 1e-6));
}

// As many "number unit" pairs as there are; `text` is left behind them.
std::optional<double> take_duration(std::string_view& text, bool spaces) {
  std::optional<double> total;
  for (;;) {
    std::string_view rest = text;
    const auto number = take_number(rest);
    if (!number) return total;
    if (spaces) rest = trim(rest);
    const auto unit = take_unit(rest);
    if (!unit) return total;
    total = total.value_or(0) + *number * *unit;
    text = rest;
  }
}

bool read_digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (at + count > text.size()) return false;
  const char* const end = text.data() + at + count;
  return std::from_chars(text.data() + at, end, out).ptr == end;
}

std::optional<TimeMs> time_of(int year, int month, int day, int hour, int minute, int second) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

// "Z", "+02:00"; the minutes ahead of UTC.
std::optional<int> zone_minutes(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  int hours = 0, minutes = 0;
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  if (!read_digits(text, 1, 2, hours) || !read_digits(text, 4, 2, minutes)) return std::nullopt;
  const int ahead = hours * 60 + minutes;
  return text[0] == '-' ? -ahead : ahead;
}

constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

}  // namespace

std::optional<DurationMs> parse_go_duration_ms(std::string_view text) {
  const auto ms = take_duration(text, false);
  if (!ms || !text.empty()) return std::nullopt;
  return to_ms(*ms);
}

std::optional<TimeMs> parse_rfc3339(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const bool shape = text.size() >= 20 && text[4] == '-' && text[7] == '-' &&
                     (text[10] == 'T' || text[10] == 't' || text[10] == ' ') && text[13] == ':' &&
                     text[16] == ':';
  if (!shape || !read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) ||
      !read_digits(text, 8, 2, day) || !read_digits(text, 11, 2, hour) ||
      !read_digits(text, 14, 2, minute) || !read_digits(text, 17, 2, second)) {
    return std::nullopt;
  }
  text.remove_prefix(19);
  double fraction = 0;
  if (text.starts_with('.')) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    fraction = *number;
  }
  const auto ahead = zone_minutes(text);
  const auto time = time_of(year, month, day, hour, minute, second);
  if (!ahead || !time) return std::nullopt;
  return *time + static_cast<TimeMs>(fraction * 1000) - static_cast<TimeMs>(*ahead) * 60000;
}

std::optional<TimeMs> parse_http_date(std::string_view text) {
  int year = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT"))
    return std::nullopt;
  const std::size_t month = months.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  if (!read_digits(text, 5, 2, day) || !read_digits(text, 12, 4, year) ||
      !read_digits(text, 17, 2, hour) || !read_digits(text, 20, 2, minute) ||
      !read_digits(text, 23, 2, second)) {
    return std::nullopt;
  }
  return time_of(year, static_cast<int>(month / 3) + 1, day, hour, minute, second);
}

std::optional<DurationMs> parse_wait_ms(std::string_view text, TimeMs now) {
  text = trim(text);
  std::string_view rest = text;
  if (const auto number = take_number(rest); number && rest.empty()) {
    if (*number < epoch_seconds_min) return to_ms(*number * 1000);
    const double at_ms = *number < epoch_ms_min ? *number * 1000 : *number;
    return to_ms(std::max(at_ms - static_cast<double>(now), 0.0));
  }
  if (const auto wait = parse_go_duration_ms(text)) return wait;
  std::optional<TimeMs> time = parse_rfc3339(text);
  if (!time) time = parse_http_date(text);
  if (!time) return std::nullopt;
  return std::max<DurationMs>(*time - now, 0);
}

std::optional<DurationMs> find_wait_ms(std::string_view sentence) {
  constexpr std::array<std::string_view, 4> leads{"again in ", "retry in ", "retry after ",
                                                  "again after "};
  for (const std::string_view lead : leads) {
    const std::size_t at = sentence.find(lead);
    if (at == std::string_view::npos) continue;
    std::string_view rest = sentence.substr(at + lead.size());
    if (const auto ms = take_duration(rest, true)) return to_ms(*ms);
  }
  return std::nullopt;
}

}  // namespace wye
