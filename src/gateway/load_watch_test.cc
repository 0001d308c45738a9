#include "gateway/load_watch.h"

#include <gtest/gtest.h>

#include <deque>

namespace wye {
namespace {

using enum Criticality;

// How many of a hundred are turned away.
int shed(const LoadWatch& watch, Criticality criticality, std::int64_t most = 0) {
  int count = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    if (watch.sheds(criticality, most, i * 10'007 * 499)) ++count;
  }
  return count;
}

TEST(LoadWatch, AnIdleLoopTakesEverything) {
  const LoadWatch watch;
  for (const Criticality one : {low, medium, high, critical}) EXPECT_EQ(shed(watch, one, 10), 0);
}

TEST(LoadWatch, ALateLoopTurnsTheLeastCriticalAwayFirst) {
  LoadWatch watch;
  watch.note_lateness(37'500);
  EXPECT_NEAR(shed(watch, low), 50, 15);
  EXPECT_EQ(shed(watch, medium), 0);
  watch.note_lateness(120'000);
  EXPECT_EQ(shed(watch, medium), 100);
  EXPECT_GT(shed(watch, high), 0);
  EXPECT_EQ(shed(watch, critical), 0);
  watch.note_lateness(900'000);
  EXPECT_EQ(shed(watch, critical), 100);
}

TEST(LoadWatch, LatenessFades) {
  LoadWatch watch;
  watch.note_lateness(100'000);
  for (int i = 0; i < 10; ++i) watch.note_lateness(0);
  EXPECT_EQ(shed(watch, low), 0);
}

TEST(LoadWatch, RequestsInFlightAreKeptForTheCritical) {
  LoadWatch watch;
  std::deque<LoadWatch::InFlight> held;
  const auto take = [&](int count) {
    for (int i = 0; i < count; ++i) held.emplace_back(watch);
  };
  take(71);
  EXPECT_EQ(shed(watch, low, 100), 100);
  EXPECT_EQ(shed(watch, medium, 100), 0);
  take(29);
  EXPECT_EQ(shed(watch, high, 100), 100);
  EXPECT_EQ(shed(watch, critical, 100), 0);
  take(1);
  EXPECT_EQ(shed(watch, critical, 100), 100);
  held.clear();
  EXPECT_EQ(watch.in_flight(), 0);
}

}  // namespace
}  // namespace wye
