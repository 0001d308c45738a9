// Whom to ask beside a slow deployment, and after how long: what is measured must be what the
// client would see first.
#include "policy/hedge.h"

#include <gtest/gtest.h>

#include "policy/test_rules.h"

namespace wye::test {
namespace {

class Hedge : public testing::Test {
 protected:
  Hedge() {
    RulesBuilder builder;
    builder.deployment("first");
    builder.deployment("second");
    builder.task("chat", builder.route("both", {0, 1}));
    rules = builder.build();
    rules.reliability.hedge.percentile = 95;
    rules.tasks[0].interactive = true;
    plan.task = 0;
    for (const int deployment : {0, 1}) {
      PlanStep step;
      step.deployment = deployment;
      step.after = helpful_triggers;
      plan.steps.push_back(step);
    }
    facts.deployments.resize(2);
    facts.deployments[0].ttft_tail_us = 200'000;
    facts.deployments[0].whole_tail_us = 3'000'000;
    ask.stream = true;
  }
  std::int64_t after_us() const { return hedge_after_us(plan, rules, ask, facts); }

  Rules rules;
  Plan plan;
  AskFacts ask;
  Facts facts;
};

TEST_F(Hedge, AStreamIsWaitedForUntilItUsuallyBegins) { EXPECT_EQ(after_us(), 200'000); }

TEST_F(Hedge, AnAnswerThatIsNotStreamedUntilItIsUsuallyWhole) {
  ask.stream = false;
  EXPECT_EQ(after_us(), 3'000'000);
  facts.deployments[0].whole_tail_us = -1;
  EXPECT_EQ(after_us(), 0) << "when streams begin says nothing of it";
}

TEST_F(Hedge, WhatIsHeldBackIsWaitedForAsWell) {
  rules.tasks[0].stream.commit = Commit::window;
  rules.tasks[0].stream.window_ms = 400;
  EXPECT_EQ(after_us(), 600'000);
  rules.tasks[0].stream.commit = Commit::validated;
  EXPECT_EQ(after_us(), 3'000'000);
  facts.deployments[0].whole_tail_us = -1;
  EXPECT_EQ(after_us(), 0);
}

TEST_F(Hedge, OnlyConversationsOfInteractiveTasksThatThePolicyHedges) {
  ask.stream = false;
  ask.endpoint = Endpoint::embeddings;
  EXPECT_EQ(after_us(), 0);
  ask.endpoint = Endpoint::responses;
  EXPECT_EQ(after_us(), 3'000'000);
  rules.tasks[0].interactive = false;
  EXPECT_EQ(after_us(), 0);
  rules.tasks[0].interactive = true;
  rules.reliability.hedge.percentile = 0;
  EXPECT_EQ(after_us(), 0);
}

TEST_F(Hedge, NobodyIsAskedWhoMayNotFollowWhatIsLate) {
  plan.steps[1].after = {FaultKind::ttft};
  EXPECT_EQ(step_to_hedge_with(plan, true), 1);
  EXPECT_EQ(step_to_hedge_with(plan, false), -1) << "an answer that is not streamed has no ttft";
  plan.steps[1].after = {FaultKind::timeout};
  EXPECT_EQ(step_to_hedge_with(plan, true), -1);
  EXPECT_EQ(step_to_hedge_with(plan, false), 1);
  plan.steps[1].degrade = true;
  EXPECT_EQ(step_to_hedge_with(plan, false), -1);
}

}  // namespace
}  // namespace wye::test
