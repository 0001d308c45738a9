// The fault of a decision that leaves nobody: its status, its code, its words and how long to wait.
#include "policy/no_candidate.h"

#include <gtest/gtest.h>

#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

class NoCandidate : public testing::Test {
 protected:
  NoCandidate() {
    a = build.deployment("a");
    b = build.deployment("b");
    task = build.task("extract", build.route("fast", {a, b}));
    build.task_at(task).regions_where = {22, 1};
    build.build();
    facts = healthy(build.rules);
    ask = ask_for("task/extract");
  }
  DeploymentFacts& seen(int index) { return facts.deployments[static_cast<std::size_t>(index)]; }
  Fault fault_of() {
    const Plan plan = decide(build.rules, ask, facts);
    EXPECT_TRUE(plan.steps.empty());
    EXPECT_TRUE(plan.fault);
    return plan.fault.value_or(Fault{});
  }

  RulesBuilder build;
  int a, b, task;
  Facts facts;
  AskFacts ask;
};

TEST_F(NoCandidate, WhenWaitingHelpsItSaysHowLong) {
  seen(a).breaker = BreakerState::open;
  seen(a).opened_at = noon - 3000;
  seen(a).open_until = noon + 12'000;
  seen(a).consecutive_bad = 5;
  seen(b).limited_until = noon + 2'000;
  const Fault fault = fault_of();
  EXPECT_EQ(fault.kind, FaultKind::no_candidate);
  EXPECT_EQ(fault.status, 503);
  EXPECT_EQ(fault.retry_after_ms, 2'000);
  EXPECT_EQ(fault.code, "provider_unavailable");
  EXPECT_EQ(fault.message,
            "No deployment can serve this request right now: "
            "a: circuit open since 23:59:57 (5x outage), probe in 12 s (wye.yaml:10); "
            "b: its provider asked to wait, free in 2 s (wye.yaml:11). Try again in 2 s.");
}

TEST_F(NoCandidate, UsedUpLimitsAreAMatterOfCapacity) {
  build.at(a).limits = {60, 0, 0};
  seen(a).minute_requests = 60;
  build.at(b).limits = {0, 0, 1};
  seen(b).in_flight = 1;
  const Fault fault = fault_of();
  EXPECT_EQ(fault.code, "capacity_exhausted");
  EXPECT_EQ(fault.retry_after_ms, 1'000);
}

TEST_F(NoCandidate, OneThatWillComeBackOutweighsOneThatMayNever) {
  build.at(a).abilities.erase(Ability::tools);
  ask.needs = {Ability::tools};
  seen(b).out_until = noon + 90'000;
  const Fault fault = fault_of();
  EXPECT_EQ(fault.status, 503);
  EXPECT_EQ(fault.retry_after_ms, 90'000);
}

TEST_F(NoCandidate, MissingAbilitiesAreTheRequestsMatter) {
  build.at(a).abilities.erase(Ability::tools);
  build.at(b).abilities.erase(Ability::tools);
  ask.needs = {Ability::tools};
  const Fault fault = fault_of();
  EXPECT_EQ(fault.status, 400);
  EXPECT_EQ(fault.code, "no_capable_deployment");
  EXPECT_EQ(fault.retry_after_ms, -1);
  EXPECT_EQ(
      fault.message,
      "No deployment may serve this request: a: no tools (wye.yaml:10); b: no tools (wye.yaml:11). "
      "Drop what is missing from the request, or add a deployment that has it.");
}

TEST_F(NoCandidate, ComplianceIsForbidden) {
  build.task_at(task).regions = 0b010;
  const Fault fault = fault_of();
  EXPECT_EQ(fault.status, 403);
  EXPECT_EQ(fault.code, "constraint_filtered");
  EXPECT_NE(fault.message.find("a: region us not in [eu] (wye.yaml:22)"), std::string::npos)
      << fault.message;
}

TEST_F(NoCandidate, TooLongForAllIsTheCodeThatClientsKnow) {
  ask.input_tokens = 1'000'000;
  const Fault fault = fault_of();
  EXPECT_EQ(fault.kind, FaultKind::context_window);
  EXPECT_EQ(fault.code, "context_length_exceeded");
  EXPECT_EQ(fault.status, 400);
}

TEST_F(NoCandidate, CostLimits) {
  ask.max_cost_nanousd = 1;
  const Fault fault = fault_of();
  EXPECT_EQ(fault.status, 403);
  EXPECT_EQ(fault.code, "cost_limit");
  EXPECT_NE(fault.message.find("est. $0.002024 > max_cost $0.000000001"), std::string::npos)
      << fault.message;
}

TEST_F(NoCandidate, ManyReasonsAreCutShort) {
  for (int i = 0; i < 20; ++i) {
    build.route_at(0).members.push_back({build.deployment("d" + std::to_string(i)), 1});
  }
  build.build();
  ask.max_cost_nanousd = 1;
  EXPECT_NE(fault_of().message.find("; and 14 more."), std::string::npos);
}

TEST_F(NoCandidate, ARouteWithoutMembers) {
  build.route_at(0).members.clear();
  EXPECT_EQ(fault_of().kind, FaultKind::no_candidate);
}

}  // namespace
}  // namespace wye::test
