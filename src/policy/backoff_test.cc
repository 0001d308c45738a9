#include "policy/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace wye::test {
namespace {

TEST(Backoff, DoublesWithinItsRangeAndJittersBothWays) {
  RetryRules rules;
  rules.jitter_ppm = 0;
  EXPECT_EQ(backoff_ms(rules, 1, 0, 1), 500);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 2), 1'000);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 4), 4'000);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 5), 5'000);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 1'000'000), 5'000);
  rules.jitter_ppm = 200'000;
  DurationMs least = 10'000, most = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const DurationMs wait = backoff_ms(rules, seed, 0, 2);
    EXPECT_EQ(wait, backoff_ms(rules, seed, 0, 2));
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_EQ(least, 800);
  EXPECT_EQ(most, 1'200);
  rules.backoff_min_ms = rules.backoff_max_ms = 0;
  EXPECT_EQ(backoff_ms(rules, 1, 0, 1), 0);
}

}  // namespace
}  // namespace wye::test
