// Sim limits: the buckets and their headers. See sim_limits.h.
#include "lab/sim_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace wye {
namespace {

constexpr double us_per_minute = 60e6;

void write_bucket(std::string& out, std::string_view what, const SimBucket& bucket) {
  if (bucket.per_minute() == 0) return;
  fmt::format_to(std::back_inserter(out),
                 "x-ratelimit-limit-{0}: {1}\r\nx-ratelimit-remaining-{0}: "
                 "{2}\r\nx-ratelimit-reset-{0}: {3}\r\n",
                 what, bucket.per_minute(), bucket.remaining(), go_duration(bucket.full_in_us()));
}

void write_dated_bucket(std::string& out, std::string_view what, const SimBucket& bucket,
                        TimeMs now_ms) {
  if (bucket.per_minute() == 0) return;
  fmt::format_to(std::back_inserter(out),
                 "anthropic-ratelimit-{0}-limit: {1}\r\nanthropic-ratelimit-{0}-remaining: "
                 "{2}\r\nanthropic-ratelimit-{0}-reset: {3}\r\n",
                 what, bucket.per_minute(), bucket.remaining(),
                 format_time_utc(now_ms + bucket.full_in_us() / 1'000));
}

}  // namespace

void SimBucket::set_limit(std::int64_t per_minute) {
  if (per_minute == per_minute_) return;
  per_minute_ = per_minute;
  level_ = static_cast<double>(per_minute);
}

void SimBucket::refill(MonoUs now) {
  const auto most = static_cast<double>(per_minute_);
  level_ = std::min(most, level_ + most * static_cast<double>(now - at_) / us_per_minute);
  at_ = now;
}

std::int64_t SimBucket::remaining() const {
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(level_));
}

std::int64_t SimBucket::wait_us(double amount) const {
  if (per_minute_ == 0 || level_ >= amount) return 0;
  return static_cast<std::int64_t>(
      std::ceil((amount - level_) / static_cast<double>(per_minute_) * us_per_minute));
}

SimLimits::Verdict SimLimits::take(MonoUs now, std::int64_t token_count) {
  requests.refill(now);
  tokens.refill(now);
  const auto wanted = static_cast<double>(token_count);
  if (tokens.per_minute() != 0 && token_count > tokens.per_minute())
    return {.served = false, .too_large = true, .by_tokens = true};
  if (!requests.has(1)) return {.served = false, .wait_us = requests.wait_us(1)};
  if (!tokens.has(wanted))
    return {.served = false, .by_tokens = true, .wait_us = tokens.wait_us(wanted)};
  requests.take(1);
  tokens.take(wanted);
  return {};
}

void SimLimits::write_headers(DialectId dialect, TimeMs now_ms, std::string& out) const {
  if (dialect == DialectId::openai || dialect == DialectId::openai_responses) {
    write_bucket(out, "requests", requests);
    write_bucket(out, "tokens", tokens);
  } else if (dialect == DialectId::anthropic) {
    write_dated_bucket(out, "requests", requests, now_ms);
    write_dated_bucket(out, "tokens", tokens, now_ms);
  }
}

std::string go_duration(std::int64_t us) {
  const std::int64_t ms = (us + 999) / 1'000;
  if (ms == 0) return "0s";
  if (ms < 1'000) return fmt::format("{}ms", ms);
  std::string out;
  const std::int64_t minutes = ms / 60'000;
  if (minutes >= 60) out += fmt::format("{}h", minutes / 60);
  if (minutes > 0) out += fmt::format("{}m", minutes % 60);
  return out + fmt::format("{}s", static_cast<double>(ms % 60'000) / 1'000.0);
}

}  // namespace wye
