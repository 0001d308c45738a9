// Every reason for which a deployment is refused, with the numbers and the line that it tells.
#include "policy/refuse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

// A policy of one deployment in one route of one task, and a request that it may serve.
struct Scene {
  Scene() {
    deployment = build.deployment("one");
    task = build.task("extract", build.route("fast", {deployment}));
    Task& its = build.task_at(task);
    its.requires_.where = {20, 1};
    its.data_class_where = {21, 1};
    its.regions_where = {22, 1};
    its.zdr_where = {23, 1};
    its.max_cost_where = {24, 1};
    its.max_price_where = {25, 1};
    build.build();
    facts = healthy(build.rules);
    ask = ask_for("task/extract");
  }
  Deployment& one() { return build.at(deployment); }
  Task& its_task() { return build.task_at(task); }
  Provider& provider() { return build.rules.providers[0]; }
  DeploymentFacts& seen() { return facts.deployments[0]; }
  Plan plan() { return decide(build.rules, ask, facts); }

  RulesBuilder build;
  int deployment, task;
  Facts facts;
  AskFacts ask;
};

struct Row {
  std::string_view what;
  std::function<void(Scene&)> change;
  RefusalReason reason;
  std::int64_t wanted = 0;
  std::int64_t limit = 0;
  TimeMs until = 0;
  int line = 10;  // of the deployment
};

const std::vector<Row>& rows() {
  using enum RefusalReason;
  static const std::vector<Row> table{
      {"embeddings of a chat model", [](Scene& s) { s.ask.endpoint = Endpoint::embeddings; },
       endpoint, static_cast<int>(Endpoint::embeddings)},
      {"the request needs an ability",
       [](Scene& s) {
         s.ask.needs = {Ability::images};
         s.one().abilities.erase(Ability::images);
       },
       ability},
      {"the task needs an ability",
       [](Scene& s) {
         s.its_task().requires_.abilities = {Ability::json_schema};
         s.one().abilities.erase(Ability::json_schema);
       },
       ability, 0, 0, 0, 20},
      {"input over the window by more than a tenth", [](Scene& s) { s.ask.input_tokens = 110'001; },
       context_window, 110'001, 100'000},
      {"input and output together",
       [](Scene& s) {
         s.ask.input_tokens = 105'000;
         s.ask.output_tokens_max = 5'001;
       },
       context_window, 110'001, 100'000},
      {"more output than there are numbers for",
       [](Scene& s) {
         s.one().output_tokens_max = 0;
         s.ask.output_tokens_max = std::numeric_limits<std::int64_t>::max();
       },
       context_window, 1'000'000'001'000, 100'000},
      {"the task requires a window",
       [](Scene& s) { s.its_task().requires_.context_tokens = 100'001; }, context_window, 100'001,
       100'000, 0, 20},
      {"more output than the model gives", [](Scene& s) { s.ask.output_tokens_max = 8'001; },
       output_limit, 8'001, 8'000},
      {"not approved for the data class",
       [](Scene& s) {
         s.its_task().data_class = 1;
         s.provider().approved_for = 0b01;
       },
       data_class, 1, 0, 0, 21},
      {"in none of the regions", [](Scene& s) { s.its_task().regions = 0b110; }, region, 0, 0, 0,
       22},
      {"region not known",
       [](Scene& s) {
         s.its_task().regions = 0b111;
         s.provider().regions = 0;
       },
       region, 0, 0, 0, 22},
      {"data is retained", [](Scene& s) { s.its_task().zdr = true; }, zdr, 0, 0, 0, 23},
      {"input price", [](Scene& s) { s.its_task().max_price.input = 999'999; }, price, 1'000'000,
       999'999, 0, 25},
      {"output price", [](Scene& s) { s.its_task().max_price.output = 1'999'999; }, price,
       2'000'000, 1'999'999, 0, 25},
      {"cached tokens billed as input", [](Scene& s) { s.its_task().max_price.cache_read = 5; },
       price, 1'000'000, 5, 0, 25},
      {"cache writes",
       [](Scene& s) {
         s.its_task().max_price.cache_write = 1'200'000;
         s.one().price.base.cache_write = 1'250'000;
       },
       price, 1'250'000, 1'200'000, 0, 25},
      {"the price of a higher tier",
       [](Scene& s) {
         s.its_task().max_price.input = 1'000'000;
         s.one().price.tiers = {{999, price_of(4, 8)}};
       },
       price, 4'000'000, 1'000'000, 0, 25},
      {"price unknown under a ceiling",
       [](Scene& s) {
         s.its_task().max_price.input = 7;
         s.one().price.base = {};
       },
       price_unknown, 0, 7, 0, 25},
      // 1000 tokens at $1/M and 512 at $2/M: 2,024,000 nano-dollars.
      {"the task's cost limit", [](Scene& s) { s.its_task().max_cost_nanousd = 2'023'999; },
       max_cost, 2'024'000, 2'023'999, 0, 24},
      {"the client's cost limit", [](Scene& s) { s.ask.max_cost_nanousd = 2'023'999; }, max_cost,
       2'024'000, 2'023'999, 0, 0},
      {"the smaller of two cost limits",
       [](Scene& s) {
         s.ask.max_cost_nanousd = 5;
         s.its_task().max_cost_nanousd = 6;
       },
       max_cost, 2'024'000, 5, 0, 0},
      {"price unknown under a cost limit",
       [](Scene& s) {
         s.ask.max_cost_nanousd = 5;
         s.one().price.base = {};
       },
       price_unknown, 0, 5, 0, 0},
      {"the circuit is open",
       [](Scene& s) {
         s.seen().breaker = BreakerState::open;
         s.seen().open_until = noon + 1;
       },
       circuit_open, 0, 0, noon + 1},
      {"half-open, the probe is taken",
       [](Scene& s) {
         s.seen().breaker = BreakerState::half_open;
         s.seen().probe_taken = true;
       },
       probing},
      {"cooldown over, the probe is taken",
       [](Scene& s) {
         s.seen().breaker = BreakerState::open;
         s.seen().open_until = noon;
         s.seen().probe_taken = true;
       },
       probing},
      {"the provider said to wait", [](Scene& s) { s.seen().limited_until = noon + 1; },
       rate_limited, 0, 0, noon + 1},
      {"out of quota", [](Scene& s) { s.seen().out_until = noon + 1; }, out, 0, 0, noon + 1},
      {"requests a minute, those in flight included",
       [](Scene& s) {
         s.one().limits.requests_per_minute = 10;
         s.seen().minute_requests = 6;
         s.seen().in_flight = 4;
       },
       requests_per_minute, 10, 10},
      {"tokens a minute",
       [](Scene& s) {
         s.one().limits.tokens_per_minute = 2'000;
         s.seen().minute_tokens = 489;
       },
       tokens_per_minute, 2'001, 2'000},
      {"tokens a minute of which some are under way",
       [](Scene& s) {
         s.one().limits.tokens_per_minute = 2'000;
         s.seen().minute_tokens = 400;
         s.seen().tokens_in_flight = 89;
       },
       tokens_per_minute, 2'001, 2'000},
      {"parallel requests",
       [](Scene& s) {
         s.one().limits.parallel = 4;
         s.seen().in_flight = 4;
       },
       parallel, 4, 4},
  };
  return table;
}

TEST(Refuse, TheSceneItselfIsServed) {
  Scene scene;
  const Plan plan = scene.plan();
  EXPECT_FALSE(plan.fault) << plan.fault->message;
  EXPECT_TRUE(plan.refusals.empty());
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].cost_nanousd, 2'024'000);
}

TEST(Refuse, EveryReasonWithItsNumbersAndItsLine) {
  for (const Row& row : rows()) {
    Scene scene;
    row.change(scene);
    const Plan plan = scene.plan();
    EXPECT_TRUE(plan.steps.empty()) << row.what;
    EXPECT_TRUE(plan.fault) << row.what;
    ASSERT_EQ(plan.refusals.size(), 1u) << row.what;
    const Refusal& refusal = plan.refusals[0];
    EXPECT_EQ(to_string(refusal.reason), to_string(row.reason)) << row.what;
    EXPECT_EQ(refusal.wanted, row.wanted) << row.what;
    EXPECT_EQ(refusal.limit, row.limit) << row.what;
    EXPECT_EQ(refusal.until, row.until) << row.what;
    EXPECT_EQ(refusal.where.line, row.line) << row.what;
  }
}

// The same constraints hold for a fallback and for a degraded step.
TEST(Refuse, FallbacksAndDegradedStepsAreRefusedAlike) {
  for (const Row& row : rows()) {
    for (const bool degrade : {false, true}) {
      Scene scene;
      const int other = scene.build.deployment("other");
      scene.build.at(other).endpoints = {};
      scene.build.at(other).abilities_known = false;
      scene.build.at(other).context_tokens = 0;
      scene.build.at(other).output_tokens_max = 0;
      scene.build.at(other).provider = scene.build.provider("other", 0b111, 0b11, true);
      scene.build.at(other).price.base = price_of(0, 0);
      scene.build.route_at(0).members = {{other, 1}};
      scene.build.fallback(scene.task, scene.deployment, {FaultKind::outage}).degrade = degrade;
      scene.build.build();
      scene.facts = healthy(scene.build.rules);
      row.change(scene);
      const Plan plan = scene.plan();
      ASSERT_EQ(plan.steps.size(), 1u) << row.what;
      EXPECT_EQ(plan.steps[0].deployment, other) << row.what;
      ASSERT_EQ(plan.refusals.size(), 1u) << row.what;
      EXPECT_EQ(to_string(plan.refusals[0].reason), to_string(row.reason)) << row.what;
    }
  }
}

TEST(Refuse, EveryReasonHasARow) {
  for (int i = 0; i < refusal_reason_count; ++i) {
    const auto reason = static_cast<RefusalReason>(i);
    // These two are said of plans, not of constraints; decide_test has them.
    if (reason == RefusalReason::duplicate || reason == RefusalReason::no_fallback) continue;
    EXPECT_TRUE(std::any_of(rows().begin(), rows().end(), [&](const Row& row) {
      return row.reason == reason;
    })) << to_string(reason);
  }
}

TEST(Refuse, WhatIsExactlyAtTheLimitIsServed) {
  const std::vector<std::function<void(Scene&)>> changes{
      [](Scene& s) { s.ask.input_tokens = 110'000; },
      [](Scene& s) { s.ask.output_tokens_max = 8'000; },
      [](Scene& s) { s.its_task().requires_.context_tokens = 100'000; },
      [](Scene& s) { s.its_task().max_price = price_of(1, 2); },
      [](Scene& s) { s.its_task().max_cost_nanousd = 2'024'000; },
      [](Scene& s) { s.ask.max_cost_nanousd = 2'024'000; },
      [](Scene& s) { s.seen().limited_until = noon; },
      [](Scene& s) { s.seen().out_until = noon; },
      [](Scene& s) {
        s.one().limits = {10, 2'000, 4};
        s.seen().minute_requests = 6;
        s.seen().in_flight = 3;
        s.seen().minute_tokens = 488;
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Scene scene;
    changes[i](scene);
    EXPECT_EQ(scene.plan().steps.size(), 1u) << i;
  }
}

TEST(Refuse, WhatIsNotKnownIsNotHeldAgainstADeployment) {
  Scene scene;
  scene.one().context_tokens = 0;
  scene.one().output_tokens_max = 0;
  scene.one().abilities_known = false;
  scene.one().abilities = {};
  scene.one().endpoints = {};
  scene.ask.endpoint = Endpoint::responses;
  scene.ask.input_tokens = 10'000'000;
  scene.ask.output_tokens_max = 1'000'000;
  scene.ask.needs = {Ability::tools, Ability::images};
  EXPECT_EQ(scene.plan().steps.size(), 1u);
}

TEST(Refuse, ChatAndResponsesStandInForEachOther) {
  EXPECT_TRUE(serves({Endpoint::chat}, Endpoint::responses));
  EXPECT_TRUE(serves({Endpoint::responses}, Endpoint::chat));
  EXPECT_FALSE(serves({Endpoint::chat}, Endpoint::embeddings));
  EXPECT_FALSE(serves({Endpoint::embeddings}, Endpoint::chat));
  EXPECT_TRUE(serves({Endpoint::rerank}, Endpoint::rerank));
}

TEST(Refuse, AnIdleMinuteLetsALargeRequestThrough) {
  Scene scene;
  scene.one().limits.tokens_per_minute = 100;
  EXPECT_EQ(scene.plan().steps.size(), 1u);
  scene.seen().in_flight = 1;
  scene.seen().tokens_in_flight = 1;
  EXPECT_EQ(scene.plan().steps.size(), 0u) << "it is not idle";
}

TEST(Refuse, AfterTheCooldownTheStepIsAProbe) {
  Scene scene;
  scene.seen().breaker = BreakerState::open;
  scene.seen().open_until = noon;
  ASSERT_EQ(scene.plan().steps.size(), 1u);
  EXPECT_TRUE(scene.plan().steps[0].probe);
  scene.seen().breaker = BreakerState::half_open;
  EXPECT_TRUE(scene.plan().steps[0].probe);
  scene.seen().breaker = BreakerState::closed;
  EXPECT_FALSE(scene.plan().steps[0].probe);
}

TEST(Refuse, ComplianceIsToldBeforeEverythingElse) {
  Scene scene;
  scene.its_task().zdr = true;
  scene.ask.input_tokens = 1'000'000;
  scene.seen().breaker = BreakerState::open;
  scene.seen().open_until = noon + 1000;
  EXPECT_EQ(scene.plan().refusals.at(0).reason, RefusalReason::zdr);
}

}  // namespace
}  // namespace wye::test
