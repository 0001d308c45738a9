// The timer wheel against a plain list: never early, at most two ticks late, in both levels and
// beyond.
#include "io/timer_wheel.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "base/hash.h"

namespace wye {
namespace {

constexpr MonoUs tick_us = MonoUs{1} << TimerWheel::tick_shift;

struct Alarm final : Timer {
  MonoUs rang_us = -1;
  void on_timer(MonoUs now) override { rang_us = now; }
};

TEST(TimerWheel, RingsOnTimeAtAllDistances) {
  MonoUs wake = INT64_MAX;
  MonoUs now = 123'456'789;
  TimerWheel wheel(now, [&](MonoUs at) { wake = at; });
  Dice dice(7);
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 2000; ++i) {
    alarms.push_back(std::make_unique<Alarm>());
    const std::uint64_t spans[] = {20'000, 3'000'000, 60'000'000, 7'200'000'000};
    wheel.arm(*alarms.back(), now + static_cast<MonoUs>(dice.below(spans[i % 4])));
  }
  int wakes = 0;
  while (wake != INT64_MAX) {
    ASSERT_GE(wake, now);
    now = wake + static_cast<MonoUs>(dice.below(200));
    wake = INT64_MAX;
    wheel.advance(now);
    ASSERT_LT(++wakes, 10'000);
  }
  for (const auto& alarm : alarms) {
    ASSERT_FALSE(alarm->armed());
    ASSERT_GE(alarm->rang_us, alarm->due_us());
    ASSERT_LE(alarm->rang_us, alarm->due_us() + 2 * tick_us);
  }
}

TEST(TimerWheel, CatchesUpAfterALongSleep) {
  TimerWheel wheel(0, [](MonoUs) {});
  Alarm soon;
  Alarm later;
  wheel.arm(soon, 10'000);
  wheel.arm(later, 5'000'000'000);
  wheel.advance(3'600'000'000);
  EXPECT_EQ(soon.rang_us, 3'600'000'000);
  EXPECT_TRUE(later.armed());
  wheel.advance(5'100'000'000);
  EXPECT_EQ(later.rang_us, 5'100'000'000);
}

TEST(TimerWheel, DisarmedAndDeadTimersAreSilent) {
  TimerWheel wheel(0, [](MonoUs) {});
  Alarm disarmed;
  wheel.arm(disarmed, 10'000);
  disarmed.disarm();
  {
    Alarm dead;
    wheel.arm(dead, 10'000);
  }
  wheel.advance(1'000'000);
  EXPECT_EQ(disarmed.rang_us, -1);
}

TEST(TimerWheel, ATimerMayArmItselfAndKillOthers) {
  struct Chain final : Timer {
    TimerWheel& wheel;
    std::unique_ptr<Alarm> victim = std::make_unique<Alarm>();
    int rings = 0;
    explicit Chain(TimerWheel& of) : wheel(of) {}
    void on_timer(MonoUs now) override {
      victim.reset();
      if (++rings < 3) wheel.arm(*this, now);
    }
  };
  TimerWheel wheel(0, [](MonoUs) {});
  Chain chain(wheel);
  wheel.arm(chain, 1'000);
  wheel.arm(*chain.victim, 1'000);
  for (MonoUs now = 0; now < 10 * tick_us; now += tick_us) wheel.advance(now);
  EXPECT_EQ(chain.rings, 3);
}

TEST(TimerWheel, AsksToBeWokenEarlierOnly) {
  std::vector<MonoUs> asked;
  TimerWheel wheel(0, [&](MonoUs at) { asked.push_back(at); });
  Alarm a;
  Alarm b;
  Alarm c;
  wheel.arm(a, 100'000);
  wheel.arm(b, 200'000);
  wheel.arm(c, 50'000);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_LT(asked[1], asked[0]);
}

}  // namespace
}  // namespace wye
