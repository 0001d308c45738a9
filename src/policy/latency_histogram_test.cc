#include "policy/latency_histogram.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

TEST(LatencyHistogram, SaysNothingOfAFew) {
  LatencyHistogram times;
  EXPECT_EQ(times.at_percentile(50), -1);
  for (int i = 0; i < 19; ++i) times.add(1000);
  EXPECT_EQ(times.at_percentile(50), -1);
  times.add(1000);
  EXPECT_GT(times.at_percentile(50), 1000);
  EXPECT_EQ(times.at_percentile(99), -1) << "one in a hundred needs a hundred";
}

TEST(LatencyHistogram, FindsATailToAQuarter) {
  for (const std::int64_t scale : {1LL, 1'000LL, 1'000'000LL}) {
    LatencyHistogram times;
    for (int i = 0; i < 500; ++i) times.add(i % 100 < 94 ? 7 * scale : 70 * scale);
    EXPECT_GE(times.at_percentile(90), 7 * scale);
    EXPECT_LE(times.at_percentile(90), 7 * scale * 5 / 4 + 1);
    EXPECT_GE(times.at_percentile(95), 70 * scale);
    EXPECT_LE(times.at_percentile(95), 70 * scale * 5 / 4 + 1);
  }
}

TEST(LatencyHistogram, OldTimesFade) {
  LatencyHistogram times;
  for (int i = 0; i < 2000; ++i) times.add(5'000'000);
  for (int i = 0; i < 8000; ++i) times.add(1'000);
  EXPECT_LE(times.at_percentile(95), 1'250);
}

TEST(LatencyHistogram, TakesWhateverAClockSays) {
  LatencyHistogram times;
  for (int i = 0; i < 100; ++i) {
    times.add(0);
    times.add(-5);
    times.add(INT64_MAX);
  }
  EXPECT_GT(times.at_percentile(50), 0);
}

}  // namespace
}  // namespace wye
