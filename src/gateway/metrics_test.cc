// What is counted of a record, and how it is written.
#include "gateway/metrics.h"

#include <gtest/gtest.h>

#include <limits>

#include "gateway/metrics_text.h"

namespace wye {
namespace {

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    for (std::size_t i = 0; i < 3; ++i) {
      live_[i].slot = i;
      policy_.live.push_back(&live_[i]);
    }
    policy_.task_places = {1, 2};
    policy_.route_places = {1};
    record_.status = 200;
  }
  Outcome& attempt(int step, std::optional<FaultKind> kind = {}) {
    Outcome& outcome = record_.outcomes.emplace_back();
    outcome.step = step;
    outcome.deployment = step;
    outcome.cost_known = true;
    if (kind) outcome.fault = fault(*kind, "");
    return outcome;
  }
  void count() { metrics_.count(record_, policy_); }
  Count fallbacks(int deployment, FaultKind kind) const {
    return metrics_.deployments[static_cast<std::size_t>(deployment)]
        .fallbacks[static_cast<std::size_t>(kind) + 1];
  }

  DeploymentLive live_[3];
  ActivePolicy policy_;
  Record record_;
  Metrics metrics_;
};

TEST_F(MetricsTest, ARequestWithoutTaskOrPlanIsCounted) {
  record_.status = 0;
  record_.fault = fault(FaultKind::client_gone, "");
  count();
  ASSERT_EQ(metrics_.tasks.size(), 1U);
  EXPECT_EQ(metrics_.tasks[0].requests[0][place_of(record_.fault)], 1U);
  EXPECT_EQ(metrics_.routes[0].requests[0], 1U);
  EXPECT_TRUE(metrics_.deployments.empty());
}

TEST_F(MetricsTest, KindsOfTokensDoNotOverlap) {
  attempt(0).usage = {100, 30, 20, 50, 40, UsageSource::provider};
  attempt(0).usage = {-5, 0, 0, std::numeric_limits<std::int64_t>::min(), 0, UsageSource::provider};
  count();
  const std::array<Count, token_kinds> expected{50, 30, 20, 10, 40};
  EXPECT_EQ(metrics_.deployments[0].tokens, expected);
}

TEST_F(MetricsTest, AFallbackIsCountedByWhatItLeaves) {
  attempt(0, FaultKind::outage);
  attempt(0, FaultKind::outage).retry = 1;
  attempt(1, FaultKind::rate_limit);
  attempt(2);
  count();
  EXPECT_EQ(fallbacks(0, FaultKind::outage), 1U);
  EXPECT_EQ(fallbacks(1, FaultKind::rate_limit), 1U);
  EXPECT_EQ(metrics_.deployments[0].retries, 1U);
}

TEST_F(MetricsTest, ARaceIsNoFallback) {
  attempt(0, FaultKind::hedged);
  attempt(1).hedge = true;
  count();
  EXPECT_EQ(metrics_.deployments[1].hedges_started, 1U);
  EXPECT_EQ(metrics_.deployments[1].hedges_won, 1U);
  EXPECT_EQ(fallbacks(0, FaultKind::hedged), 0U);
}

TEST_F(MetricsTest, WhoLosesARaceHasNotWon) {
  attempt(1, FaultKind::hedged).hedge = true;
  attempt(0);
  count();
  EXPECT_EQ(metrics_.deployments[1].hedges_started, 1U);
  EXPECT_EQ(metrics_.deployments[1].hedges_won, 0U);
}

TEST_F(MetricsTest, AStepThatWasNeverStartedAsksNobody) {
  Outcome& lost = attempt(0, FaultKind::no_candidate);
  lost.hedge = true;
  lost.retry = 1;
  count();
  EXPECT_EQ(metrics_.deployments[0].hedges_started, 0U);
  EXPECT_EQ(metrics_.deployments[0].retries, 0U);
  EXPECT_EQ(metrics_.deployments[0].attempts[place_of(lost.fault)], 1U);
}

TEST_F(MetricsTest, LoopsAddUpWhateverEachHasSeen) {
  attempt(2).cost_nanousd = 7;
  record_.plan.task = 1;
  record_.served_by = 2;
  record_.baseline_cost_nanousd = 9;
  count();
  Metrics all;
  all.add(metrics_);
  all.add(Metrics());
  all.add(metrics_);
  EXPECT_EQ(all.tasks[2].requests[2][0], 2U);
  EXPECT_EQ(all.tasks[2].duration.total(), 2U);
  EXPECT_EQ(all.deployments[2].cost_nanousd, 14U);
  EXPECT_EQ(all.deployments[2].baseline_nanousd, 18U);
  EXPECT_EQ(all.deployments[2].served, 2U);
}

constexpr std::array<std::int64_t, 2> two_bounds{10, 100};

TEST(Histogram, BoundsAreTheLargestOfTheirBucket) {
  Histogram<two_bounds> times;
  for (const std::int64_t value : {-3, 0, 10, 11, 100, 101}) times.record(value);
  const std::array<std::uint64_t, 3> expected{3, 2, 1};
  EXPECT_EQ(times.counts, expected);
  EXPECT_EQ(times.sum, 222U);
}

TEST(MetricsText, IsWhatPrometheusReads) {
  MetricsText text;
  text.family("a_total", MetricType::counter, "Things.");
  text.sample({{"name", "quote \" slash \\ line \n end"}}, Count{7});
  text.sample({}, std::int64_t{-1});
  text.family("b_seconds", MetricType::histogram, "Times.");
  const std::array<std::uint64_t, 3> counts{1, 0, 2};
  text.histogram({{"task", "x"}}, two_bounds, counts, 2'500'000);
  EXPECT_EQ(text.take(),
            "# HELP a_total Things.\n# TYPE a_total counter\n"
            "a_total{name=\"quote \\\" slash \\\\ line \\n end\"} 7\na_total -1\n"
            "# HELP b_seconds Times.\n# TYPE b_seconds histogram\n"
            "b_seconds_bucket{task=\"x\",le=\"0.00001\"} 1\n"
            "b_seconds_bucket{task=\"x\",le=\"0.0001\"} 1\n"
            "b_seconds_bucket{task=\"x\",le=\"+Inf\"} 3\n"
            "b_seconds_sum{task=\"x\"} 2.5\nb_seconds_count{task=\"x\"} 3\n");
}

}  // namespace
}  // namespace wye
