// The words for each reason, as `wye why` and the messages of faults show them.
#include "policy/explain.h"

#include <gtest/gtest.h>

#include "policy/test_rules.h"

namespace wye::test {
namespace {

class Explain : public testing::Test {
 protected:
  Explain() {
    build.rules.providers[0].regions = 0b100;
    deployment = build.deployment("one");
    task = build.task("extract", build.route("fast", {deployment}));
    build.task_at(task).regions = 0b010;
    build.build();
    facts = healthy(build.rules);
    plan.task = task;
  }
  std::string words(RefusalReason reason, std::int64_t wanted = 0, std::int64_t limit = 0,
                    TimeMs until = 0) {
    Refusal refusal;
    refusal.deployment = deployment;
    refusal.reason = reason;
    refusal.missing = Ability::json_schema;
    refusal.wanted = wanted;
    refusal.limit = limit;
    refusal.until = until;
    return explain(refusal, plan, build.rules, facts);
  }

  RulesBuilder build;
  int deployment, task;
  Facts facts;
  Plan plan;
};

TEST_F(Explain, EveryReason) {
  using enum RefusalReason;
  DeploymentFacts& seen = facts.deployments[0];
  seen.opened_at = noon - 36'000;
  seen.consecutive_bad = 5;
  seen.last_fault = static_cast<std::uint8_t>(FaultKind::overloaded);
  EXPECT_EQ(words(endpoint, static_cast<int>(Endpoint::rerank)), "does not serve rerank");
  EXPECT_EQ(words(ability), "no json_schema");
  EXPECT_EQ(words(context_window, 41'200, 32'000), "41200 tokens > context window 32000");
  EXPECT_EQ(words(output_limit, 9'000, 8'000), "9000 output tokens asked > 8000 that it can give");
  EXPECT_EQ(words(data_class, 0), "provider openai is not approved for phi");
  EXPECT_EQ(words(region), "region cn not in [eu]");
  EXPECT_EQ(words(zdr), "provider openai retains data (no zdr)");
  EXPECT_EQ(words(price, 3'000'000, 880'000), "price $3.00/M > max_price $0.88/M");
  EXPECT_EQ(words(max_cost, 1'100'000, 500'000), "est. $0.00110 > max_cost $0.00050");
  EXPECT_EQ(words(price_unknown), "price unknown, and a limit on cost is set");
  EXPECT_EQ(words(circuit_open, 0, 0, noon + 11'001),
            "circuit open since 23:59:24 (5x overloaded), probe in 12 s");
  EXPECT_EQ(words(probing), "circuit half-open, another request is the probe");
  EXPECT_EQ(words(rate_limited, 0, 0, noon + 340), "its provider asked to wait, free in 340 ms");
  EXPECT_EQ(words(out, 0, 0, noon + 300'000), "out of service (overloaded), tried again in 5 min");
  EXPECT_EQ(words(requests_per_minute, 60, 60), "60 of 60 requests this minute");
  EXPECT_EQ(words(tokens_per_minute, 900, 800), "900 of 800 tokens this minute with this request");
  EXPECT_EQ(words(parallel, 4, 4), "4 of 4 parallel requests in flight");
  EXPECT_EQ(words(duplicate), "already earlier in the plan");
  EXPECT_EQ(words(no_fallback), "permitted, but the client asked for no fallback");
}

TEST_F(Explain, UnknownRegionsAndForgottenFailures) {
  build.rules.providers[0].regions = 0;
  EXPECT_EQ(words(RefusalReason::region), "region unknown not in [eu]");
  facts.deployments[0].opened_at = noon;
  EXPECT_EQ(words(RefusalReason::circuit_open, 0, 0, noon + 5'000),
            "circuit open since 00:00:00, probe in 5 s");
}

TEST_F(Explain, Places) {
  EXPECT_EQ(explain_where({47, 5}, build.rules), "wye.yaml:47");
  EXPECT_EQ(explain_where({}, build.rules), "");
}

TEST(ExplainWait, IsRoundedUp) {
  EXPECT_EQ(explain_wait(0), "0 ms");
  EXPECT_EQ(explain_wait(999), "999 ms");
  EXPECT_EQ(explain_wait(1'001), "2 s");
  EXPECT_EQ(explain_wait(120'000), "120 s");
  EXPECT_EQ(explain_wait(120'001), "3 min");
}

}  // namespace
}  // namespace wye::test
