// What holds for every policy, request and world, over thousands of random ones.
#include <gtest/gtest.h>

#include <set>

#include "policy/backoff.h"
#include "policy/decide.h"
#include "policy/estimate.h"
#include "policy/explain.h"
#include "policy/next.h"
#include "policy/random_world.h"
#include "policy/refuse.h"

namespace wye::test {
namespace {

constexpr std::uint64_t worlds = 5'000;
constexpr int asks_a_world = 4;

template <class Check>
void for_each_plan(Check check) {
  for (std::uint64_t seed = 0; seed < worlds; ++seed) {
    RandomWorld world(seed);
    for (int i = 0; i < asks_a_world; ++i) {
      const AskFacts ask = world.some_ask();
      const Facts facts = world.some_facts();
      const Plan plan = decide(world.build.rules, ask, facts);
      SCOPED_TRACE(testing::Message() << "world " << seed << " ask " << i);
      check(world, ask, facts, plan);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Property, APlanHasStepsOrAFaultWithAMessage) {
  int with_steps = 0, with_fault = 0;
  for_each_plan([&](RandomWorld&, const AskFacts& ask, const Facts&, const Plan& plan) {
    ASSERT_EQ(plan.steps.empty(), plan.fault.has_value());
    if (plan.fault) {
      ASSERT_FALSE(plan.fault->message.empty());
      ASSERT_FALSE(plan.fault->code.empty());
      ++with_fault;
    } else {
      ++with_steps;
    }
    if (ask.timeout_ms > 0) {
      ASSERT_LE(plan.deadline_ms, ask.timeout_ms);
    }
    if (ask.no_fallback) {
      ASSERT_LE(plan.steps.size(), 1u);
    }
  });
  EXPECT_GT(with_steps, 1'000) << "the worlds must not be all hopeless";
  EXPECT_GT(with_fault, 1'000);
}

TEST(Property, NobodyIsPlannedTwiceOrPlannedAndRefused) {
  for_each_plan([](RandomWorld&, const AskFacts&, const Facts&, const Plan& plan) {
    std::set<std::pair<int, bool>> planned;
    for (const PlanStep& step : plan.steps) {
      if (step.deployment < 0) continue;
      ASSERT_TRUE(planned.insert({step.deployment, step.drop_reasoning}).second);
    }
    for (const Refusal& refusal : plan.refusals) {
      if (refusal.reason == RefusalReason::duplicate) continue;
      ASSERT_EQ(planned.count({refusal.deployment, false}), 0u) << to_string(refusal.reason);
    }
  });
}

// Asked about one by one, no step of any plan breaks a constraint.
TEST(Property, EveryStepMeetsEveryConstraint) {
  for_each_plan([](RandomWorld& world, const AskFacts& ask, const Facts& facts, const Plan& plan) {
    const Rules& rules = world.build.rules;
    for (const PlanStep& step : plan.steps) {
      if (step.deployment < 0) continue;
      Demands demands = demands_of(
          ask, plan.task < 0 ? nullptr : &rules.tasks[static_cast<std::size_t>(plan.task)]);
      if (step.drop_reasoning) demands.abilities.erase(Ability::reasoning);
      const Deployment& deployment = rules.deployments[static_cast<std::size_t>(step.deployment)];
      Refusal refusal;
      ASSERT_FALSE(refuse(rules, demands, step.deployment,
                          estimate_cost(ask, deployment, facts.of(step.deployment)),
                          facts.of(step.deployment), facts.now, refusal))
          << to_string(refusal.reason);
      ASSERT_EQ(step.probe, would_probe(facts.of(step.deployment), facts.now));
    }
  });
}

TEST(Property, DegradedStepsComeLast) {
  for_each_plan([](RandomWorld&, const AskFacts&, const Facts&, const Plan& plan) {
    ASSERT_TRUE(std::is_partitioned(plan.steps.begin(), plan.steps.end(),
                                    [](const PlanStep& step) { return !step.degrade; }));
  });
}

TEST(Property, EveryRefusalHasWords) {
  for_each_plan([](RandomWorld& world, const AskFacts&, const Facts& facts, const Plan& plan) {
    for (const Refusal& refusal : plan.refusals) {
      ASSERT_FALSE(explain(refusal, plan, world.build.rules, facts).empty());
    }
  });
}

// Attempts that fail in random ways: the loop ends, in time, and keeps to the plan and the rules.
TEST(Property, NextAlwaysEndsInTimeAndKeepsToThePlan) {
  constexpr int kinds = static_cast<int>(FaultKind::exhausted);
  int attempts_made = 0;
  for_each_plan([&](RandomWorld& world, const AskFacts&, const Facts& facts, const Plan& plan) {
    const Rules& rules = world.build.rules;
    const auto most = plan.steps.size() * static_cast<std::size_t>(plan.retries.max + 1);
    std::vector<Outcome> outcomes;
    NextFacts now;
    now.now = now.started = facts.now;
    while (true) {
      now.retry_allowed = world.chance(90);
      now.draining = world.chance(2);
      const Step step = next(plan, rules, outcomes, now);
      ASSERT_FALSE(step.reason.empty());
      if (step.kind == Step::Kind::stop) {
        const bool whole = !outcomes.empty() && !outcomes.back().fault;
        ASSERT_EQ(step.fault.has_value(), !whole);
        return;
      }
      ASSERT_GE(step.index, 0);
      ASSERT_LT(static_cast<std::size_t>(step.index), plan.steps.size());
      const PlanStep& planned = plan.steps[static_cast<std::size_t>(step.index)];
      if (step.kind == Step::Kind::answer) {
        ASSERT_EQ(planned.deployment, -1);
        ASSERT_FALSE(step.answer.empty());
        return;
      }
      ++attempts_made;
      ASSERT_LT(outcomes.size(), most);
      ASSERT_EQ(step.kind == Step::Kind::degrade, planned.degrade);
      ASSERT_GE(step.wait_ms, 0);
      if (plan.deadline_ms > 0) {
        ASSERT_LT(now.now + step.wait_ms - now.started, plan.deadline_ms);
      }
      if (step.is_retry) {
        ASSERT_EQ(step.index, outcomes.back().step);
        ASSERT_TRUE(now.retry_allowed);
        ASSERT_GE(step.wait_ms, outcomes.back().fault->retry_after_ms);
        ASSERT_TRUE(traits(outcomes.back().fault->kind).retry_same);
      } else {
        ASSERT_EQ(step.wait_ms, 0);
        for (const Outcome& before : outcomes) ASSERT_NE(before.step, step.index);
      }
      now.now += step.wait_ms;
      Outcome outcome;
      outcome.step = step.index;
      outcome.deployment = planned.deployment;
      outcome.started = now.now;
      outcome.duration_us = world.upto(4'000'000);
      if (world.chance(95)) {
        outcome.fault =
            fault(static_cast<FaultKind>(world.pick(kinds)), world.chance(50) ? "Oh." : "");
        outcome.status = world.chance(70) ? 500 : 0;
        if (world.chance(30)) outcome.fault->retry_after_ms = world.upto(70'000);
      }
      now.now += outcome.duration_us / 1000;
      outcomes.push_back(outcome);
    }
  });
  EXPECT_GT(attempts_made, 10'000);
}

}  // namespace
}  // namespace wye::test
