#include "base/units.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <limits>

#include "base/text.h"

namespace wye {
namespace {

constexpr int usd_decimals = 9;

// A non-negative decimal number scaled by 10^places, exactly; nothing when it is not one, has more
// decimals than that, or does not fit.
std::optional<std::int64_t> scaled_decimal(std::string_view text, int places) {
  std::int64_t value = 0;
  int decimals = -1;
  bool any_digit = false;
  for (const char c : text) {
    if (c == '.') {
      if (decimals >= 0) return std::nullopt;
      decimals = 0;
      continue;
    }
    if (c == '_' && any_digit) continue;
    if (!is_digit(c)) return std::nullopt;
    any_digit = true;
    if (decimals >= 0) {
      if (decimals == places) {
        if (c != '0') return std::nullopt;
        continue;
      }
      ++decimals;
    }
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
    if (__builtin_add_overflow(value, c - '0', &value)) return std::nullopt;
  }
  if (!any_digit) return std::nullopt;
  for (int i = decimals < 0 ? 0 : decimals; i < places; ++i) {
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  }
  return value;
}

struct Suffix {
  std::string_view text;
  std::int64_t factor;
};

// A decimal followed by one of the suffixes; the first that matches counts, so longer ones go
// first.
template <std::size_t N>
std::optional<std::int64_t> with_suffix(std::string_view text,
                                        const std::array<Suffix, N>& suffixes) {
  text = trim(text);
  for (const Suffix& suffix : suffixes) {
    if (!text.ends_with(suffix.text)) continue;
    const auto milli = scaled_decimal(trim(text.substr(0, text.size() - suffix.text.size())), 6);
    if (!milli) return std::nullopt;
    const auto wide = static_cast<__int128>(*milli) * suffix.factor;
    if (wide % 1'000'000 != 0) return std::nullopt;
    const __int128 value = wide / 1'000'000;
    if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<DurationMs> parse_duration_ms(std::string_view text) {
  static constexpr std::array<Suffix, 5> suffixes{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  if (trim(text) == "0") return 0;
  return with_suffix(text, suffixes);
}

std::string format_duration_ms(DurationMs value) {
  static constexpr std::array<Suffix, 4> suffixes{
      {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}}};
  for (const Suffix& suffix : suffixes) {
    if (value != 0 && value % suffix.factor == 0) {
      return std::to_string(value / suffix.factor) + std::string(suffix.text);
    }
  }
  return std::to_string(value) + "ms";
}

std::optional<NanoUsd> parse_money(std::string_view text) {
  text = trim(text);
  if (text.starts_with('$')) return scaled_decimal(text.substr(1), usd_decimals);
  for (const std::string_view unit : {"usd", "USD"}) {
    if (text.ends_with(unit)) {
      return scaled_decimal(trim(text.substr(0, text.size() - 3)), usd_decimals);
    }
  }
  return std::nullopt;
}

std::string format_usd(NanoUsd value, int decimals_min) {
  const bool negative = value < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  // Nineteen digits at most, a point and a sign, written from the end.
  std::array<char, 24> text;
  char* const end = text.data() + text.size();
  char* at = end;
  std::uint64_t rest = magnitude;
  for (int digits = 0; digits <= usd_decimals || rest > 0; ++digits, rest /= 10) {
    if (digits == usd_decimals) *--at = '.';
    *--at = static_cast<char>('0' + rest % 10);
  }
  if (negative) *--at = '-';
  std::string out(at, end);
  const std::size_t keep = out.find('.') + 1 + static_cast<std::size_t>(decimals_min);
  while (out.size() > keep && out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

std::optional<PicoUsdPerToken> parse_price(std::string_view text) {
  text = trim(text);
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  if (text.ends_with("/M")) return parse_price_per_million(text.substr(0, text.size() - 2));
  if (text.ends_with("/k")) return scaled_decimal(trim(text.substr(0, text.size() - 2)), 9);
  return std::nullopt;
}

std::optional<PicoUsdPerToken> parse_price_per_million(std::string_view text) {
  return scaled_decimal(trim(text), 6);
}

std::string format_price(PicoUsdPerToken value) { return "$" + format_usd(value * 1000) + "/M"; }

std::optional<std::int64_t> parse_count(std::string_view text) {
  static constexpr std::array<Suffix, 4> suffixes{
      {{"k", 1000}, {"K", 1000}, {"M", 1'000'000}, {"", 1}}};
  return with_suffix(text, suffixes);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  static constexpr std::array<Suffix, 8> suffixes{{{"KiB", 1 << 10},
                                                   {"MiB", 1 << 20},
                                                   {"GiB", 1 << 30},
                                                   {"KB", 1000},
                                                   {"MB", 1'000'000},
                                                   {"GB", 1'000'000'000},
                                                   {"B", 1},
                                                   {"", 1}}};
  return with_suffix(text, suffixes);
}

std::optional<std::int64_t> parse_percent_ppm(std::string_view text) {
  static constexpr std::array<Suffix, 1> suffixes{{{"%", 10'000}}};
  return with_suffix(text, suffixes);
}

NanoUsd cost_nanousd(std::int64_t tokens, PicoUsdPerToken price) {
  const __int128 pico = static_cast<__int128>(tokens) * price;
  const __int128 nano = (pico + 500) / 1000;
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  return nano > max ? max : static_cast<NanoUsd>(nano);
}

std::string format_time_utc(TimeMs time) {
  const std::time_t seconds = static_cast<std::time_t>(time / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> buffer{};
  std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%s.%03dZ", buffer.data(), static_cast<int>(time % 1000));
  return out.data();
}

}  // namespace wye
