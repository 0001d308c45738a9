// Units: money, time, sizes, counts and shares as users write them ("$0.88/M", "2s", "32k",
// "64KiB", "10%") and as the house keeps them: integers, unit in the name. Money is never a float.
//
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wye {

using NanoUsd = std::int64_t;          // 1 USD = 1'000'000'000
using PicoUsdPerToken = std::int64_t;  // $1 per million tokens = 1'000'000
using TimeMs = std::int64_t;           // milliseconds since 1970-01-01 UTC
using DurationMs = std::int64_t;

inline constexpr std::int64_t us_per_ms = 1'000;
inline constexpr std::int64_t us_per_second = 1'000'000;
inline constexpr std::int64_t ms_per_minute = 60'000;
inline constexpr std::int64_t whole_ppm = 1'000'000;  // shares are parts of it

// "250ms", "2s", "1.5s", "10m", "1h", "7d"; a bare "0" is allowed, any other bare number is not.
std::optional<DurationMs> parse_duration_ms(std::string_view text);
// Shortest exact spelling: 1500 -> "1500ms", 2000 -> "2s", 120000 -> "2m".
std::string format_duration_ms(DurationMs value);

// "$500", "$0.25", "0.25usd" to nano-dollars; nothing when it has more than nine decimals.
std::optional<NanoUsd> parse_money(std::string_view text);
// Plain decimal dollars without the sign, at least `decimals_min` places: 380000 -> "0.00038".
std::string format_usd(NanoUsd value, int decimals_min = 2);

// "$0.88/M" (per million tokens) or "$0.00088/k" to pico-dollars a token.
std::optional<PicoUsdPerToken> parse_price(std::string_view text);
// A bare decimal of dollars per million tokens, as the catalog writes it: "0.25".
std::optional<PicoUsdPerToken> parse_price_per_million(std::string_view text);
std::string format_price(PicoUsdPerToken value);  // "$0.88/M"

// "900", "200k", "1.5M" to a count.
std::optional<std::int64_t> parse_count(std::string_view text);
// "64KiB", "32MB", "1024" (bytes).
std::optional<std::int64_t> parse_bytes(std::string_view text);
// "10%", "99.5%" to parts per million (100 % = 1'000'000).
std::optional<std::int64_t> parse_percent_ppm(std::string_view text);

// tokens * price, rounded half up to nano-dollars. Saturates instead of overflowing.
NanoUsd cost_nanousd(std::int64_t tokens, PicoUsdPerToken price);

// "2026-11-22T10:41:07.112Z" of a time.
std::string format_time_utc(TimeMs time);

}  // namespace wye
