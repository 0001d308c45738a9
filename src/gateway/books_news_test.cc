// Books, news: what a loop is told at once, although it waits for nothing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/books.h"
#include "io/sim_store.h"
#include "io/sim_world.h"

namespace wye {
namespace {

class Listener final : public BooksClient {
 public:
  World& world() override { return world_; }
  void accept_snapshot(SnapshotPtr snapshot) override { heard_.push_back(std::move(snapshot)); }
  const DeploymentFacts& newest() {
    world_.universe().run_until_idle();
    return heard_.back()->deployments.front();
  }

 private:
  SimUniverse universe_{1};
  SimWorld world_{universe_, "loop"};
  std::vector<SnapshotPtr> heard_;
};

Outcome failed_at(TimeMs started) {
  Outcome outcome;
  outcome.started = started;
  outcome.fault = fault(FaultKind::outage, "connection refused");
  return outcome;
}

// One deployment, whose circuit opens at its first failure.
class BooksNews : public testing::Test {
 protected:
  BooksNews() {
    books.add_client(listener);
    rules->deployments.resize(1);
    rules->reliability.breaker.consecutive = 1;
    rules->reliability.breaker.cooldown_min_ms = 100;  // it is over before the next tick
  }

  SimStore store;
  TimeMs now = 1'000'000;
  Books books{store, [this] { return now; }, Books::Limits{}};
  Listener listener;
  std::shared_ptr<Rules> rules = std::make_shared<Rules>();
};

TEST_F(BooksNews, TheOperatorIsToldThatACircuitOpenedAndNotOfWhatADrillBringsAbout) {
  std::vector<std::string> told;
  books.set_notice([&](bool, const std::string& text) { told.push_back(text); });
  const ActivePolicyPtr policy = books.activate(rules);
  const ActivePolicyPtr drilled = books.activate_drilled(*policy, {0});
  books.note({drilled->live[0], failed_at(now)}, rules);
  books.run_once();
  EXPECT_TRUE(told.empty());
  for (int i = 0; i < 2; ++i) books.note({policy->live[0], failed_at(now)}, rules);
  books.run_once();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with("the circuit of deployment ")) << told[0];
}

TEST_F(BooksNews, EveryLoopHearsAtOnceThatAProbeFailed) {
  const ActivePolicyPtr policy = books.activate(rules);
  books.run_once();  // the tick of this half second

  books.note({policy->live[0], failed_at(now)}, rules);
  books.run_once();
  ASSERT_EQ(listener.newest().breaker, BreakerState::open);
  const TimeMs first = listener.newest().open_until;

  now = first + 1;
  books.note({policy->live[0], failed_at(now)}, rules);
  books.run_once();
  EXPECT_EQ(listener.newest().breaker, BreakerState::open);
  EXPECT_GT(listener.newest().open_until, first);
}

TEST_F(BooksNews, EveryLoopHearsAtOnceThatAProbeWasAnsweredAndItsPlaceIsFree) {
  rules->reliability.breaker.half_open = 2;
  const ActivePolicyPtr policy = books.activate(rules);
  DeploymentLive& live = *policy->live[0];
  books.run_once();
  books.note({&live, failed_at(now)}, rules);
  books.run_once();
  now = listener.newest().open_until + 1;

  Outcome answered;
  answered.started = now;
  answered.status = 200;
  answered.holds_probe = true;
  live.probe_taken.store(true);
  books.note({&live, answered}, rules);
  books.run_once();
  EXPECT_EQ(listener.newest().breaker, BreakerState::half_open);
  EXPECT_EQ(listener.newest().probes_ok, 1);
  EXPECT_FALSE(live.probe_taken.load());

  live.probe_taken.store(true);
  books.note({&live, answered}, rules);
  books.run_once();
  EXPECT_EQ(listener.newest().breaker, BreakerState::closed);
  EXPECT_FALSE(live.probe_taken.load());
  EXPECT_EQ(live.opened.load(), 1U);
}

}  // namespace
}  // namespace wye
