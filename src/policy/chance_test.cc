// The integer logarithm against the real one, and the shares that weighted scores give.
#include "policy/chance.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/hash.h"

namespace wye::test {
namespace {

TEST(Chance, TheLogarithmIsTrueToThreeMillionths) {
  Dice dice(3);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t bits = dice.next() >> dice.below(64);
    const double expected = 64 - std::log2(static_cast<double>(bits | 1));
    ASSERT_NEAR(static_cast<double>(minus_log2(bits)) / 4294967296.0, expected, 3e-6) << bits;
  }
  EXPECT_EQ(minus_log2(0), 64ULL << 32);
  EXPECT_EQ(minus_log2(1ULL << 63), 1ULL << 32);
  EXPECT_LT(minus_log2(~0ULL), 3u);
}

TEST(Chance, TheLogarithmNeverRises) {
  std::uint64_t before = minus_log2(1);
  for (int shift = 0; shift < 64; ++shift) {
    for (std::uint64_t step = 0; step < 300; ++step) {
      const std::uint64_t bits = (1ULL << shift) + ((1ULL << shift) / 300) * step;
      ASSERT_LE(minus_log2(bits), before);
      before = minus_log2(bits);
    }
  }
}

TEST(Chance, TheSmallestScoreFallsByWeight) {
  Dice dice(11);
  const std::array<std::int64_t, 4> weights{1, 2, 7, 0};
  std::array<int, 4> wins{};
  constexpr int rounds = 100'000;
  for (int i = 0; i < rounds; ++i) {
    std::size_t best = 0;
    std::int64_t best_score = std::numeric_limits<std::int64_t>::max();
    for (std::size_t j = 0; j < weights.size(); ++j) {
      const std::int64_t score = weighted_score(dice.next(), weights[j]);
      if (score < best_score) {
        best = j;
        best_score = score;
      }
    }
    ++wins[best];
  }
  EXPECT_NEAR(wins[0], rounds * 0.1, 600);
  EXPECT_NEAR(wins[1], rounds * 0.2, 600);
  EXPECT_NEAR(wins[2], rounds * 0.7, 600);
  EXPECT_EQ(wins[3], 0);
}

TEST(Chance, HugeWeightsAndNoWeightDoNotOverflow) {
  constexpr auto max = std::numeric_limits<std::int64_t>::max();
  EXPECT_GE(weighted_score(0, 1), 0);
  EXPECT_GE(weighted_score(0, max), 0);
  EXPECT_EQ(weighted_score(5, 0), max);
  EXPECT_EQ(weighted_score(5, -3), max);
}

}  // namespace
}  // namespace wye::test
