// Stories of drills: requests are recorded by the gateway, and then played again with trouble.
#include <gtest/gtest.h>

#include "lab/drill_verdict.h"
#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view header = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M }, context: 128k, abilities: [stream, tools] }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M }, context: 128k, abilities: [stream, tools] }
reliability:
  retries: { max: 2, backoff: 100ms..1s, jitter: 20%, honor_retry_after: 10s, budget: { share: 10%, floor: 3/s } }
  circuit_breaker: { window: 60s, min_requests: 10, error_rate: 50%, consecutive: 5, cooldown: 2s..8s, half_open: 1 }
  deadline: 20s
tasks:
  chat:
    route: first
    latency: { ttft: 2s, stall: 2s, total: 10s }
)";

std::string policy_with(std::string_view fallbacks) {
  return std::string(header) + std::string(fallbacks);
}

constexpr std::string_view to_second = "    fallbacks: [ { to: second } ]\n";
constexpr std::string_view none = "";
constexpr std::string_view fixed =
    "    fallbacks: [ { degrade: { answer: \"Come back later.\" } } ]\n";

// Forty requests within a minute, every other one streamed.
void record_traffic(Story& story) {
  for (const char* name : {"acme", "backup"}) {
    ASSERT_TRUE(story.provider(name).change(
        R"({"ttft_ms":200,"tokens_per_second":100,"words_min":20,"words_max":40})"));
  }
  for (int i = 0; i < 40; ++i) {
    Wish wish;
    wish.stream = i % 2 == 0;
    EXPECT_EQ(story.ask(wish).status, 200);
    story.pass(1'000);
  }
}

struct Played {
  Traffic traffic;
  DrillPlan plan;
  DrillVerdict verdict;
};

Played drill(Story& story, DrillFault fault, std::string_view whom = "acme") {
  const Rules& rules = *story.gateway().policy().rules;
  Played played;
  Result<Traffic> traffic =
      read_traffic(story.store(), rules, {.task = "chat", .requests_max = 30, .round_ms = 20'000});
  EXPECT_TRUE(traffic) << traffic.error().message;
  played.traffic = std::move(*traffic);
  played.plan.fault = fault;
  played.plan.target = *find_drill_target(rules, whom);
  played.plan.for_ms = 20'000;
  const DrillRun with_fault = play_drill(rules, played.plan, played.traffic, true);
  const DrillRun without = play_drill(rules, played.plan, played.traffic, false);
  played.verdict = judge_drill(rules, played.plan, with_fault, without, 990'000);
  return played;
}

TEST(DrillStory, AnOutageIsSurvivedByAFallbackAndToldInFigures) {
  Story story(policy_with(to_second));
  record_traffic(story);
  const Played played = drill(story, DrillFault::outage);
  const DrillVerdict& verdict = played.verdict;
  EXPECT_EQ(played.traffic.asks.size(), 30U);
  EXPECT_TRUE(played.traffic.paces[0].measured);
  EXPECT_NEAR(static_cast<double>(played.traffic.paces[0].ttft_ms), 200, 20);
  EXPECT_NEAR(played.traffic.paces[0].tokens_per_second, 100, 10);
  EXPECT_FALSE(played.traffic.paces[1].measured) << "nobody ever needed it";
  const auto& [before, during, after] = verdict.phases;
  EXPECT_EQ(before.requests, 30);
  EXPECT_EQ(before.served, (std::map<std::string, std::int64_t>{{"first", 30}}));
  EXPECT_EQ(during.requests, 30);
  EXPECT_EQ(during.answered, 30);
  EXPECT_EQ(during.served, (std::map<std::string, std::int64_t>{{"second", 30}}));
  EXPECT_GT(during.calls, 30);
  EXPECT_LT(during.calls, 60) << "an open circuit is not called";
  EXPECT_EQ(after.answered, after.requests);
  EXPECT_GT(after.served.at("first"), 10);
  EXPECT_TRUE(verdict.met());
  EXPECT_EQ(verdict.undisturbed.served.size(), 1U);
  EXPECT_GT(verdict.extra_cost_nanousd, 0) << "the fallback is dearer";
  EXPECT_GE(verdict.opened_after_us, 0);
  EXPECT_GT(verdict.probes, 0);
  EXPECT_GE(verdict.back_after_us, 0);
  EXPECT_LT(verdict.back_after_us, 10'000'000);
  const Rules& rules = *story.gateway().policy().rules;
  const DrillStory told{rules, played.plan, played.traffic, verdict, "chat", 0};
  EXPECT_NE(drill_text(told, false).find("✓ SURVIVED   30 of 30 answered"), std::string::npos)
      << drill_text(told, false);
}

TEST(DrillStory, WithoutAFallbackTheVerdictIsBad) {
  Story story(policy_with(none));
  record_traffic(story);
  const DrillVerdict verdict = drill(story, DrillFault::outage).verdict;
  EXPECT_EQ(verdict.phases[0].answered, 30);
  EXPECT_EQ(verdict.phases[1].answered, 0);
  EXPECT_FALSE(verdict.met());
  EXPECT_EQ(verdict.undisturbed.answered, verdict.undisturbed.requests);
  EXPECT_TRUE(verdict.phases[1].failed.contains("outage") ||
              verdict.phases[1].failed.contains("no_candidate"));
}

TEST(DrillStory, AFixedAnswerIsAnsweredAndDegraded) {
  Story story(policy_with(fixed));
  record_traffic(story);
  const DrillVerdict verdict = drill(story, DrillFault::outage).verdict;
  EXPECT_EQ(verdict.phases[1].answered, 30);
  EXPECT_EQ(verdict.phases[1].degraded, 30);
  EXPECT_TRUE(verdict.met());
}

TEST(DrillStory, EveryFaultIsPlayedAndOver) {
  Story story(policy_with(to_second));
  record_traffic(story);
  for (const std::string& name : drill_fault_names()) {
    SCOPED_TRACE(name);
    const DrillVerdict verdict = drill(story, *drill_fault_from(name)).verdict;
    EXPECT_EQ(verdict.phases[0].answered, 30);
    EXPECT_EQ(verdict.phases[1].answered, 30);
    EXPECT_EQ(verdict.phases[2].answered, verdict.phases[2].requests);
    EXPECT_GE(verdict.back_after_us, 0);
  }
}

TEST(DrillStory, ADeploymentIsStruckAlone) {
  Story story(policy_with(to_second));
  record_traffic(story);
  const DrillVerdict verdict = drill(story, DrillFault::outage, "second").verdict;
  EXPECT_EQ(verdict.phases[1].served, (std::map<std::string, std::int64_t>{{"first", 30}}));
  EXPECT_EQ(verdict.target_served_undisturbed, 0);
  EXPECT_EQ(verdict.extra_cost_nanousd, 0);
}

TEST(DrillStory, TheSameSeedGivesTheSameVerdict) {
  Story story(policy_with(to_second));
  record_traffic(story);
  const Rules& rules = *story.gateway().policy().rules;
  const Played one = drill(story, DrillFault::outage);
  const Played two = drill(story, DrillFault::outage);
  EXPECT_EQ(drill_json({rules, one.plan, one.traffic, one.verdict, "chat", 0}),
            drill_json({rules, two.plan, two.traffic, two.verdict, "chat", 0}));
}

TEST(DrillStory, AMisspeltProviderIsAskedBack) {
  Story story(policy_with(none));
  const Rules& rules = *story.gateway().policy().rules;
  const Result<DrillTarget> target = find_drill_target(rules, "acmee");
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().message.find("did you mean \"acme\"?"), std::string::npos);
  EXPECT_EQ(find_drill_target(rules, "first")->deployments, std::vector<int>{0});
  EXPECT_EQ(find_drill_target(rules, "backup")->deployments, std::vector<int>{1});
}

}  // namespace
}  // namespace wye::story
