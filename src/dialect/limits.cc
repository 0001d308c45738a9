// Limits: what a provider's headers say of our rate limits there, in every format, and Retry-After.
// A number that is absent or unreadable stays -1. Pure.
#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"
#include "dialect/dialect.h"
#include "dialect/wait_time.h"

namespace wye {
namespace {

// Where one format keeps the three numbers of one limit; "" where it has none.
struct HeaderNames {
  std::string_view limit, left, reset;
};
struct Format {
  HeaderNames requests, tokens;
  // The limit fills up steadily, and its reset is the time at which it is full. Others are whole
  // again at their reset, and not before.
  bool refills = false;
};

constexpr Format openai_format{
    {"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"},
    {"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
    true};
constexpr Format anthropic_format{
    {"anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining",
     "anthropic-ratelimit-requests-reset"},
    {"anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining",
     "anthropic-ratelimit-tokens-reset"},
    true};
constexpr Format mistral_format{
    {"x-ratelimit-limit-req-minute", "x-ratelimit-remaining-req-minute", ""},
    {"x-ratelimit-limit-tokens-minute", "x-ratelimit-remaining-tokens-minute", ""}};
constexpr Format openrouter_format{
    {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}, {"", "", ""}};
constexpr Format together_format{
    {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"},
    {"x-tokenlimit-limit", "x-tokenlimit-remaining", "x-ratelimit-reset"}};
constexpr Format cerebras_format{
    {"x-ratelimit-limit-requests-day", "x-ratelimit-remaining-requests-day",
     "x-ratelimit-reset-requests-day"},
    {"x-ratelimit-limit-tokens-minute", "x-ratelimit-remaining-tokens-minute",
     "x-ratelimit-reset-tokens-minute"}};

const Format* format_of(LimitHeaders format) {
  switch (format) {
    case LimitHeaders::openai: return &openai_format;
    case LimitHeaders::anthropic: return &anthropic_format;
    case LimitHeaders::mistral: return &mistral_format;
    case LimitHeaders::openrouter: return &openrouter_format;
    case LimitHeaders::together: return &together_format;
    case LimitHeaders::cerebras: return &cerebras_format;
    case LimitHeaders::xai: return &openai_format;  // never sends a reset
    case LimitHeaders::none: break;
  }
  return nullptr;
}

// Whole numbers; a fraction ("149.5") loses it.
std::int64_t read_count(const Headers& headers, std::string_view name) {
  if (name.empty()) return -1;
  const std::string_view text = trim(headers.get(name));
  std::int64_t count = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = end == text.data() + text.size() || *end == '.';
  if (text.empty() || error != std::errc{} || !whole || count < 0) return -1;
  return count;
}

std::int64_t read_wait(const Headers& headers, std::string_view name, TimeMs now) {
  if (name.empty()) return -1;
  const std::string_view text = headers.get(name);
  return text.empty() ? -1 : parse_wait_ms(text, now).value_or(-1);
}

// Of a limit that is used up and refills: the time until so much of it is there again. Waiting
// until it is full would throw away nearly all of it.
std::int64_t wait_for(std::int64_t part, std::int64_t limit, std::int64_t full_ms) {
  if (full_ms <= 0 || limit <= 0) return full_ms;
  return static_cast<std::int64_t>(static_cast<__int128>(full_ms) * std::min(part, limit) / limit) +
         1;
}

// One request, and of tokens as many as a large request may need.
constexpr std::int64_t tokens_share = 10;

}  // namespace

LimitsSeen read_limits(LimitHeaders format, const Headers& headers, TimeMs now) {
  LimitsSeen seen;
  const Format* names = format_of(format);
  if (names == nullptr) return seen;
  seen.requests_limit = read_count(headers, names->requests.limit);
  seen.requests_left = read_count(headers, names->requests.left);
  seen.requests_reset_ms = read_wait(headers, names->requests.reset, now);
  seen.tokens_limit = read_count(headers, names->tokens.limit);
  seen.tokens_left = read_count(headers, names->tokens.left);
  seen.tokens_reset_ms = read_wait(headers, names->tokens.reset, now);
  if (names->refills && seen.requests_left == 0)
    seen.requests_reset_ms = wait_for(1, seen.requests_limit, seen.requests_reset_ms);
  if (names->refills && seen.tokens_left == 0)
    seen.tokens_reset_ms =
        wait_for(seen.tokens_limit / tokens_share, seen.tokens_limit, seen.tokens_reset_ms);
  return seen;
}

std::int64_t read_retry_after_ms(const Headers& headers, TimeMs now) {
  const std::int64_t ms = read_count(headers, "retry-after-ms");
  if (ms >= 0) return ms;
  return read_wait(headers, "retry-after", now);
}

}  // namespace wye
