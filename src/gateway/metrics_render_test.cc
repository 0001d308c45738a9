// How many series there are: the promise of docs/operating.md for the largest policy.
#include "gateway/metrics_render.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>

#include "gateway/metrics_text.h"

namespace wye {
namespace {

constexpr int names = 100;

class MetricsRender : public ::testing::Test {
 protected:
  MetricsRender() {
    auto rules = std::make_shared<Rules>();
    rules->providers.resize(1);
    rules->baseline = 0;
    for (int i = 0; i < names; ++i) {
      const std::string number = std::to_string(i);
      rules->tasks.emplace_back().name = "task-" + number;
      rules->routes.emplace_back().name = "route-" + number;
      rules->deployments.emplace_back().name = "deployment-" + number;
      rules->deployments.back().provider = 0;
      live_.emplace_back().slot = static_cast<std::size_t>(i);
      policy_.live.push_back(&live_.back());
      policy_.task_places.push_back(static_cast<std::size_t>(i) + 1);
      policy_.route_places.push_back(static_cast<std::size_t>(i) + 1);
    }
    policy_.rules = rules;
    facts_.deployments.resize(names);
    for (DeploymentFacts& facts : facts_.deployments) {
      facts.requests_left_ppm = facts.tokens_left_ppm = 500'000;
    }
  }

  // Every task, route and deployment meets this fault, every status class with it.
  void befall(std::optional<FaultKind> kind, int status) {
    for (int i = 0; i < names; ++i) {
      Record record;
      record.status = status;
      record.plan.task = record.plan.route = i;
      record.ttft_us = 1;
      record.served_by = i;
      if (kind) record.fault = fault(*kind, "");
      for (int step = 0; step < 2; ++step) {
        Outcome& outcome = record.outcomes.emplace_back();
        outcome.step = step;
        outcome.deployment = i;
        outcome.fault = record.fault;
        outcome.ttft_us = 1;
      }
      report_.metrics.count(record, policy_);
    }
  }

  std::size_t series() {
    const MetricsView view{report_, policy_, facts_, {}, true, true, "1", {}};
    MetricsText text;
    render_counts(view, text);
    render_state(view, text);
    const std::string all = text.take();
    std::size_t found = 0;
    for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
      if (all[at] != '#') ++found;
    }
    return found;
  }

  std::deque<DeploymentLive> live_;
  ActivePolicy policy_;
  Facts facts_;
  LoopReport report_;
};

TEST_F(MetricsRender, AHundredOfEachStayBounded) {
  befall({}, 200);
  for (const FaultKind kind : {FaultKind::outage, FaultKind::timeout, FaultKind::rate_limit,
                               FaultKind::overloaded, FaultKind::quota}) {
    befall(kind, 502);
  }
  EXPECT_LT(series(), 9'700U);
  for (int kind = 0; kind < fault_kind_count; ++kind) befall(static_cast<FaultKind>(kind), 502);
  EXPECT_LT(series(), 18'700U);
  RecordProperty("series", static_cast<int>(series()));
}

TEST_F(MetricsRender, ANewServerHasNoSeriesOfWhatHasNotHappened) {
  EXPECT_LT(series(), 30U * names + 100U);
}

}  // namespace
}  // namespace wye
