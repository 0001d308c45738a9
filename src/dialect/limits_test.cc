// Tests of rate-limit headers and of waits in every notation.
#include <gtest/gtest.h>

#include "dialect/dialect.h"
#include "dialect/wait_time.h"

namespace wye {
namespace {

constexpr TimeMs now = 1'763'800'000'000;  // 2025-11-22T08:26:40Z

TEST(WaitTime, reads_every_notation) {
  struct Case {
    const char* text;
    std::int64_t ms;  // -1: refused
  };
  const Case cases[] = {
      {"2ms", 2},
      {"0s", 0},
      {"1m3.2s", 63200},
      {"24m28.8s", 1468800},
      {"1h", 3600000},
      {"3", 3000},
      {"0.25", 250},
      {"1763800010", 10000},
      {"1763800010000", 10000},
      {"1763799999", 0},
      {"2025-11-22T08:26:45Z", 5000},
      {"2025-11-22T08:26:45.5Z", 5500},
      {"2025-11-22T09:26:45+01:00", 5000},
      {"Sat, 22 Nov 2025 08:26:50 GMT", 10000},
      {"", -1},
      {"soon", -1},
      {"-3", -1},
      {"3 parsecs", -1},
      {"2025-13-45T00:00:00Z", -1},
      {"1e99", -1},
      {"99999d", -1},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(parse_wait_ms(each.text, now).value_or(-1), each.ms) << each.text;
  }
}

TEST(WaitTime, finds_waits_in_sentences) {
  EXPECT_EQ(find_wait_ms("Please try again in 644ms."), 644);
  EXPECT_EQ(find_wait_ms("Please try again in 1m3.2s. Visit"), 63200);
  EXPECT_EQ(find_wait_ms("Please retry in 48.5s."), 48500);
  EXPECT_EQ(find_wait_ms("retry after 3 seconds"), 3000);
  EXPECT_EQ(find_wait_ms("try again later"), std::nullopt);
}

TEST(Limits, reads_every_format) {
  struct Case {
    LimitHeaders format;
    std::vector<Header> headers;
    LimitsSeen wanted;
  };
  const Case cases[] = {
      {LimitHeaders::openai,
       {{"X-RateLimit-Limit-Requests", "500"},
        {"x-ratelimit-remaining-requests", "499"},
        {"x-ratelimit-reset-requests", "120ms"},
        {"x-ratelimit-limit-tokens", "200000"},
        {"x-ratelimit-remaining-tokens", "199998"},
        {"x-ratelimit-reset-tokens", "1m3.2s"}},
       {500, 499, 120, 200000, 199998, 63200}},
      {LimitHeaders::openai,  // Azure
       {{"x-ratelimit-remaining-tokens", "10"}, {"x-ratelimit-reset-tokens", "7"}},
       {-1, -1, -1, -1, 10, 7000}},
      {LimitHeaders::anthropic,
       {{"anthropic-ratelimit-requests-limit", "50"},
        {"anthropic-ratelimit-requests-remaining", "49"},
        {"anthropic-ratelimit-requests-reset", "2025-11-22T08:26:45Z"}},
       {50, 49, 5000, -1, -1, -1}},
      {LimitHeaders::mistral,
       {{"x-ratelimit-limit-req-minute", "60"},
        {"x-ratelimit-remaining-req-minute", "0"},
        {"x-ratelimit-remaining-tokens-minute", "499"}},
       {60, 0, -1, -1, 499, -1}},
      {LimitHeaders::openrouter,
       {{"x-ratelimit-limit", "20"},
        {"x-ratelimit-remaining", "0"},
        {"x-ratelimit-reset", "1763800010000"}},
       {20, 0, 10000, -1, -1, -1}},
      {LimitHeaders::together,
       {{"x-ratelimit-limit", "10"}, {"x-ratelimit-remaining", "9"}, {"x-ratelimit-reset", "1"}},
       {10, 9, 1000, -1, -1, 1000}},
      {LimitHeaders::cerebras,
       {{"x-ratelimit-remaining-requests-day", "14399"},
        {"x-ratelimit-reset-tokens-minute", "11.382883"}},
       {-1, 14399, -1, -1, -1, 11383}},
      {LimitHeaders::xai, {{"x-ratelimit-limit-tokens", "abc"}}, {}},
      {LimitHeaders::none, {{"x-ratelimit-limit-tokens", "5"}}, {}},
  };
  for (const Case& each : cases) {
    Headers headers;
    for (const Header& line : each.headers) headers.add(line);
    EXPECT_EQ(read_limits(each.format, headers, now), each.wanted) << static_cast<int>(each.format);
  }
}

TEST(Limits, reads_retry_after) {
  const auto read = [](std::string_view name, std::string_view value) {
    Headers headers;
    headers.add({name, value});
    return read_retry_after_ms(headers, now);
  };
  EXPECT_EQ(read("Retry-After", "3"), 3000);
  EXPECT_EQ(read("retry-after", "Sat, 22 Nov 2025 08:26:50 GMT"), 10000);
  EXPECT_EQ(read("retry-after-ms", "250"), 250);
  EXPECT_EQ(read("retry-after", "later"), -1);
  EXPECT_EQ(read("x", "3"), -1);
}

}  // namespace
}  // namespace wye
