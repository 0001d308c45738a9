#include "gateway/load_watch.h"

#include <gtest/gtest.h>

#include <deque>

namespace wye {
namespace {

using enum Criticality;

class LoadWatchTest : public testing::Test {
 protected:
  // How many of a hundred are turned away.
  int shed(Criticality criticality, std::int64_t most = 0) const {
    int count = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
      if (watch.sheds(criticality, most, i * 10'000)) ++count;
    }
    return count;
  }
  // Requests come every millisecond, each so late, as many of each criticality.
  void arrive(int milliseconds, MonoUs late_us, std::int64_t under_way = 100) {
    for (int i = 0; i < milliseconds; ++i, now += 1'000) {
      watch.note_arrival(now, {late_us, idle_us, under_way});
      watch.note_request(static_cast<Criticality>(i % 4));
    }
  }
  void take(int count) {
    for (int i = 0; i < count; ++i) held.emplace_back(watch);
  }

  LoadWatch watch;
  MonoUs idle_us = 0;  // of the loop, in all
  std::deque<LoadWatch::InFlight> held;
  MonoUs now = 1'000'000;
};

TEST_F(LoadWatchTest, AnIdleLoopTakesEverything) {
  EXPECT_TRUE(watch.takes_all(10));
  for (const Criticality one : {low, medium, high, critical}) EXPECT_EQ(shed(one, 10), 0);
}

TEST_F(LoadWatchTest, AllOfOneKindGoesBeforeAnyOfTheNext) {
  arrive(100, 0);
  Criticality at = low;
  for (int i = 0; i < 100 && at != critical; ++i) {
    arrive(25, 30'000);
    if (shed(at) < 100) continue;
    at = static_cast<Criticality>(static_cast<int>(at) + 1);
    if (at != critical) {
      EXPECT_LT(shed(critical), 20);
    }
  }
  EXPECT_EQ(at, critical) << "at last";
  EXPECT_EQ(shed(high), 100);
  EXPECT_LT(shed(critical), 100) << "somebody has to find out when it is over";
}

TEST_F(LoadWatchTest, ALaterLoopTakesLessAtOnce) {
  arrive(100, 0);
  arrive(50, 70'000);
  EXPECT_EQ(shed(low), 100) << "overrun";
  EXPECT_EQ(shed(medium), 100);
  EXPECT_EQ(shed(high), 0);
  EXPECT_EQ(shed(critical), 0);
}

TEST_F(LoadWatchTest, OneMomentOfLatenessTurnsNobodyAway) {
  arrive(100, 0);
  arrive(1, 90'000);
  EXPECT_TRUE(watch.takes_all(0)) << "no look has found the loop late";
}

TEST_F(LoadWatchTest, AFewHugeRequestsAreNotTurnedAway) {
  arrive(1'000, 100'000, 4);
  EXPECT_TRUE(watch.takes_all(0));
  for (const Criticality one : {low, critical}) EXPECT_EQ(shed(one), 0);
}

TEST_F(LoadWatchTest, ALoopThatKeepsUpTakesEverythingAgain) {
  arrive(1'000, 20'000);
  EXPECT_GT(shed(low), 0);
  arrive(3'000, 100);
  EXPECT_TRUE(watch.takes_all(0));
}

TEST_F(LoadWatchTest, BurstsAreNoOverload) {
  for (int burst = 0; burst < 100; ++burst) {
    arrive(20, 40'000);
    idle_us += 5'000;
    now += 5'000;
  }
  EXPECT_TRUE(watch.takes_all(0));
}

TEST_F(LoadWatchTest, QuietIsAsGoodAsPromptness) {
  arrive(1'000, 20'000);
  now += 10'000'000;
  arrive(1, 0);
  EXPECT_TRUE(watch.takes_all(0));
}

TEST_F(LoadWatchTest, ALoopThatDidNotComeToItsRequestsWasNotQuiet) {
  arrive(200, 20'000);
  const int before = shed(low);
  now += 500'000;
  arrive(1, 500'000);  // it came half a second ago
  arrive(26, 20'000);
  EXPECT_GE(shed(low), before);
}

TEST_F(LoadWatchTest, TheLimitIsKeptHoweverSmall) {
  for (const int most : {1, 2, 3, 10, 100}) {
    while (!watch.sheds(critical, most, 0)) take(1);
    EXPECT_EQ(watch.in_flight(), most);
    held.clear();
  }
  EXPECT_EQ(watch.in_flight(), 0);
}

TEST_F(LoadWatchTest, WhoComesBackAtOnceIsNotHeardForAWhile) {
  int unheard = 0;
  for (int i = 0; i < 1'000; ++i, now += 1'000) unheard += watch.rest_after_shed(now) > 0 ? 1 : 0;
  EXPECT_EQ(unheard, 0) << "a thousand a second are no flood";
  MonoUs longest = 0;
  for (int i = 0; i < 10'000; ++i, now += 20) {
    const MonoUs rest = watch.rest_after_shed(now);
    EXPECT_GE(rest, longest);
    longest = rest;
  }
  EXPECT_GT(longest, 50'000);
  EXPECT_LE(longest, 100'000) << "others may use the connection";
  EXPECT_EQ(watch.rest_after_shed(now + 200'000), 0) << "and it is forgotten";
}

TEST_F(LoadWatchTest, RequestsInFlightAreKeptForTheCritical) {
  take(70);
  EXPECT_EQ(shed(low, 100), 100);
  EXPECT_EQ(shed(medium, 100), 0);
  take(25);
  EXPECT_EQ(shed(high, 100), 100);
  EXPECT_EQ(shed(critical, 100), 0);
  take(5);
  EXPECT_EQ(shed(critical, 100), 100);
}

TEST(TurnedAway, IsToldWhenToComeAgainAndNotAllAtOnce) {
  const Fault one = turned_away(low, 1);
  EXPECT_EQ(one.kind, FaultKind::shed);
  EXPECT_GE(one.retry_after_ms, 1'000);
  EXPECT_LT(one.retry_after_ms, 2'000);
  EXPECT_NE(turned_away(low, 999).retry_after_ms, one.retry_after_ms);
}

}  // namespace
}  // namespace wye
