#include "base/decision_clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace wye {
namespace {

constexpr TimeMs noon = 1'800'000'000'000;
constexpr std::int64_t second_us = 1'000'000;
constexpr DurationMs hour_ms = 3'600'000;

// Both clocks of a machine, and who follows them once a second.
struct Machine {
  TimeMs wall = noon;
  std::int64_t steady = 5'000 * second_us;
  DecisionClock clock{wall, steady};

  void pass_seconds(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      wall += 1'000;
      steady += second_us;
      clock.follow(wall, steady);
    }
  }
  TimeMs now() const { return clock.now(steady); }
};

TEST(DecisionClock, ShowsTheWallClockWhileNobodySetsIt) {
  Machine machine;
  EXPECT_EQ(machine.now(), noon);
  machine.pass_seconds(3'600);
  EXPECT_EQ(machine.now(), machine.wall);
}

TEST(DecisionClock, DoesNotStepWithTheWallClock) {
  for (const DurationMs step : {hour_ms, -hour_ms}) {
    Machine machine;
    machine.pass_seconds(10);
    const TimeMs before = machine.now();
    machine.wall += step;
    machine.pass_seconds(30);
    EXPECT_GE(machine.now(), before + 29'000);
    EXPECT_LE(machine.now(), before + 31'000);
  }
}

TEST(DecisionClock, CatchesUpSlowly) {
  for (const DurationMs step : {hour_ms, -hour_ms}) {
    Machine machine;
    machine.wall += step;
    machine.pass_seconds(3'600);
    EXPECT_NEAR(static_cast<double>(std::abs(machine.wall - machine.now())), hour_ms * 31.0 / 32,
                2'000);
    machine.pass_seconds(34 * 3'600);
    EXPECT_LE(std::abs(machine.wall - machine.now()), 60);
  }
}

TEST(DecisionClock, FollowsAWallClockThatDrifts) {
  Machine machine;
  for (int minute = 0; minute < 600; ++minute) {
    machine.pass_seconds(60);
    machine.wall += 6;  // 100 parts in a million
    ASSERT_LE(std::abs(machine.wall - machine.now()), 60);
  }
}

TEST(DecisionClock, NeverGoesBack) {
  std::mt19937_64 dice(7);
  Machine machine;
  TimeMs last = machine.now();
  for (int i = 0; i < 200'000; ++i) {
    const std::int64_t passed = static_cast<std::int64_t>(dice() % 50'000);
    machine.steady += passed;
    machine.wall += passed / 1'000;
    if (dice() % 100 == 0) machine.wall += static_cast<TimeMs>(dice() % 20'000) - 10'000;
    if (dice() % 3 == 0) machine.clock.follow(machine.wall, machine.steady);
    ASSERT_GE(machine.now(), last);
    last = machine.now();
  }
}

}  // namespace
}  // namespace wye
