// The plan as a whole: steps of the route, fallbacks, degradations, deadlines and estimates.
#include "policy/decide.h"

#include <gtest/gtest.h>

#include "policy/test_rules.h"

namespace wye::test {
namespace {

class Decide : public testing::Test {
 protected:
  Decide() {
    for (const char* name : {"a", "b", "c", "d", "e"}) build.deployment(name);
    fast = build.route("fast", {0, 1});
    backup = build.route("backup", {2, 1, 3}, Strategy::lowest_cost);
    task = build.task("extract", fast);
    build.build();
    facts = healthy(build.rules, 42);
    ask = ask_for("task/extract");
  }
  Plan plan() {
    build.build();
    return decide(build.rules, ask, facts);
  }
  // "a b c~ !" with ~ for a degraded step and ! for a fixed answer.
  std::string steps(const Plan& decided) {
    std::string out;
    for (const PlanStep& step : decided.steps) {
      if (!out.empty()) out += ' ';
      out += step.deployment < 0 ? "!" : build.at(step.deployment).name;
      if (step.degrade && step.deployment >= 0) out += '~';
    }
    return out;
  }
  Fallback& route_fallback(int route, Triggers after) {
    Fallback& one = build.fallback(task, 0, after);
    one.target.kind = Target::Kind::route;
    one.target.index = route;
    return one;
  }

  RulesBuilder build;
  Facts facts;
  AskFacts ask;
  int fast, backup, task;
};

TEST_F(Decide, StepsOfTheRouteComeFirstAndTakeEveryHelpfulFault) {
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a b");
  EXPECT_EQ(decided.task, task);
  EXPECT_EQ(decided.route, fast);
  EXPECT_EQ(decided.rule, -1);
  EXPECT_EQ(decided.seed, 42u);
  for (const PlanStep& step : decided.steps) {
    EXPECT_EQ(step.fallback, -1);
    EXPECT_EQ(step.after, helpful_triggers);
  }
}

TEST_F(Decide, HelpfulTriggersAreThoseOfTheTableOfFaults) {
  for (int i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    EXPECT_EQ(helpful_triggers.has(kind), traits(kind).helps_elsewhere) << to_string(kind);
  }
}

TEST_F(Decide, FallbacksFollowInConfiguredOrderAndDegradationsComeLast) {
  build.answer(task, "Later.");
  build.fallback(task, 4, {FaultKind::exhausted}).degrade = true;
  build.fallback(task, 3, {FaultKind::timeout});
  build.fallback(task, 2, {FaultKind::outage, FaultKind::rate_limit});
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a b d c ! e~");
  EXPECT_EQ(decided.steps[2].fallback, 2);
  EXPECT_EQ(decided.steps[2].after, Triggers{FaultKind::timeout});
  EXPECT_EQ(decided.steps[3].after, (Triggers{FaultKind::outage, FaultKind::rate_limit}));
  EXPECT_EQ(decided.steps[4].fallback, 0);
  EXPECT_TRUE(decided.steps[4].degrade);
}

TEST_F(Decide, ARouteAsFallbackIsExpandedByItsOwnStrategy) {
  build.at(2).price.base = price_of(9, 9);
  route_fallback(backup, {FaultKind::outage});
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a b d c");  // b is in the plan already, c is dearer than d
  EXPECT_TRUE(decided.refusals.empty()) << "members of overlapping routes are not worth a line";
  EXPECT_EQ(decided.strategy, Strategy::priority);
}

TEST_F(Decide, ADeploymentOfTheRouteAsFallbackIsADuplicate) {
  build.fallback(task, 1, {FaultKind::timeout});
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a b");
  ASSERT_EQ(decided.refusals.size(), 1u);
  EXPECT_EQ(decided.refusals[0].reason, RefusalReason::duplicate);
  EXPECT_EQ(decided.refusals[0].where.line, 60);
}

TEST_F(Decide, TwoFallbacksToOneDeploymentShareAStep) {
  build.fallback(task, 2, {FaultKind::timeout});
  build.fallback(task, 2, {FaultKind::outage});
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a b c");
  EXPECT_EQ(decided.steps[2].after, (Triggers{FaultKind::timeout, FaultKind::outage}));
  EXPECT_TRUE(decided.refusals.empty());
}

TEST_F(Decide, WithoutTriggersAFallbackHasTheUsualOnes) {
  build.fallback(task, 2, {});
  build.fallback(task, 3, {}).degrade = true;
  const Plan decided = plan();
  EXPECT_EQ(decided.steps[2].after, helpful_triggers);
  EXPECT_EQ(decided.steps[3].after, Triggers{FaultKind::exhausted});
}

TEST_F(Decide, DroppingReasoningPermitsWhoCannotReason) {
  ask.needs = {Ability::reasoning};
  build.at(4).abilities.erase(Ability::reasoning);
  Fallback& degrade = build.fallback(task, 4, {FaultKind::exhausted});
  degrade.degrade = true;
  EXPECT_EQ(steps(plan()), "a b");
  degrade.drop_reasoning = true;
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a b e~");
  EXPECT_TRUE(decided.steps[2].drop_reasoning);
}

TEST_F(Decide, DroppingReasoningMayAskTheSameDeploymentAgain) {
  ask.needs = {Ability::reasoning};
  build.at(1).abilities.erase(Ability::reasoning);
  for (const int deployment : {0, 1, 1}) {
    Fallback& degrade = build.fallback(task, deployment, {FaultKind::exhausted});
    degrade.degrade = true;
    degrade.drop_reasoning = true;
  }
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a a~ b~");
  ASSERT_EQ(decided.refusals.size(), 2u) << "b of the route, and the second b of the fallbacks";
  EXPECT_EQ(decided.refusals[0].missing, Ability::reasoning);
  EXPECT_EQ(decided.refusals[1].reason, RefusalReason::duplicate);
}

TEST_F(Decide, NoFallbackLeavesTheFirstStepAlone) {
  build.fallback(task, 2, {FaultKind::outage});
  build.answer(task, "Later.");
  ask.no_fallback = true;
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "a");
  ASSERT_EQ(decided.refusals.size(), 1u);
  EXPECT_EQ(decided.refusals[0].deployment, 1);
  EXPECT_EQ(decided.refusals[0].reason, RefusalReason::no_fallback);
}

TEST_F(Decide, AFixedAnswerIsThereWhenEverybodyIsRefused) {
  build.answer(task, "Later.");
  for (DeploymentFacts& seen : facts.deployments) seen.out_until = noon + 1000;
  const Plan decided = plan();
  EXPECT_EQ(steps(decided), "!");
  EXPECT_FALSE(decided.fault);
}

TEST_F(Decide, ARuleOverridesTheTasksRouteButNotItsConstraints) {
  build.rule({TaskIs{task}}, Target::Kind::route, backup);
  build.task_at(task).requires_.abilities = {Ability::images};
  build.at(2).abilities.erase(Ability::images);
  build.fallback(task, 0, {FaultKind::outage});
  const Plan decided = plan();
  EXPECT_EQ(decided.route, backup);
  EXPECT_EQ(decided.strategy, Strategy::lowest_cost);
  EXPECT_EQ(steps(decided), "b d a");
  EXPECT_EQ(decided.refusals.at(0).deployment, 2);
}

TEST_F(Decide, TheHeaderOnlyShortensTheDeadline) {
  build.rules.reliability.deadline_ms = 60'000;
  EXPECT_EQ(plan().deadline_ms, 60'000);
  build.task_at(task).deadline_ms = 20'000;
  EXPECT_EQ(plan().deadline_ms, 20'000);
  ask.timeout_ms = 30'000;
  EXPECT_EQ(plan().deadline_ms, 20'000);
  ask.timeout_ms = 5'000;
  EXPECT_EQ(plan().deadline_ms, 5'000);
  ask = ask_for("fast");
  EXPECT_EQ(plan().deadline_ms, 60'000);
  build.rules.reliability.deadline_ms = 0;
  EXPECT_EQ(plan().deadline_ms, 0);
  ask.timeout_ms = 5'000;
  EXPECT_EQ(plan().deadline_ms, 5'000);
}

TEST_F(Decide, TimeoutsAreTheTasksOrThoseOfAll) {
  build.rules.timeouts.ttft_ms = 11;
  build.task_at(task).timeouts.ttft_ms = 22;
  EXPECT_EQ(plan().timeouts.ttft_ms, 22);
  ask.model = "fast";
  EXPECT_EQ(plan().timeouts.ttft_ms, 11);
}

TEST_F(Decide, EstimatesCostsDurationsAndTheBaseline) {
  build.rules.baseline = 4;
  build.at(4).price.base = price_of(10, 20);
  facts.deployments[0].ttft_us = 300'000;
  facts.deployments[0].us_per_token = 10'000;
  const Plan decided = plan();
  EXPECT_EQ(decided.output_tokens, 512);
  EXPECT_EQ(decided.baseline_cost_nanousd, 20'240'000);
  EXPECT_EQ(decided.steps[0].cost_nanousd, 2'024'000);
  EXPECT_EQ(decided.steps[0].duration_us, 5'420'000);
  EXPECT_EQ(decided.steps[1].duration_us, -1);
}

TEST_F(Decide, OneFallbackMoreDoesNotChangeTheOrderOfTheRoute) {
  build.route_at(fast).members = {{0, 1}, {1, 1}, {2, 1}};
  build.route_at(fast).strategy = Strategy::weighted;
  std::vector<std::string> before;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    facts.seed = seed;
    before.push_back(steps(plan()));
  }
  build.fallback(task, 4, {FaultKind::outage});
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    facts.seed = seed;
    EXPECT_EQ(steps(plan()), before[seed] + " e");
  }
}

TEST_F(Decide, FactsOfDeploymentsThatNobodyHasSeenMayBeMissing) {
  facts.deployments.clear();
  EXPECT_EQ(steps(plan()), "a b");
}

}  // namespace
}  // namespace wye::test
