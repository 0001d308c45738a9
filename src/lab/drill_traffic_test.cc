// Requests made of facts, and paces made of outcomes.
#include "lab/drill_traffic.h"

#include <gtest/gtest.h>

#include "dialect/dialect.h"
#include "io/sim_store.h"
#include "lab/drill_request.h"
#include "wire/json.h"

namespace wye {
namespace {

AskFacts read_back(const Wish& wish) {
  JsonReader json;
  const auto route = inbound_route(target_of(wish));
  EXPECT_TRUE(route);
  if (!route) return {};
  std::string body = body_of(wish);
  pad(body);
  const Result<Ask> ask = dialect_of(route->dialect)->read_ask(json, *route, body);
  EXPECT_TRUE(ask) << ask.error().message;
  return ask ? ask->facts : AskFacts{};
}

TEST(DrillWish, IsSeenByTheGatewayAsTheRequestThatWasRecorded) {
  for (const std::int64_t tokens : {1, 50, 2'000, 100'000}) {
    AskFacts facts;
    facts.model = "task/chat";
    facts.input_tokens = tokens;
    facts.output_tokens_max = 300;
    facts.stream = tokens > 50;
    if (facts.stream) facts.needs.insert(Ability::stream);
    const AskFacts seen = read_back(drill_wish(facts, 7));
    EXPECT_EQ(seen.model, "task/chat");
    EXPECT_EQ(seen.needs, facts.needs);
    EXPECT_EQ(seen.stream, facts.stream);
    EXPECT_EQ(seen.output_tokens_max, 300);
    EXPECT_NEAR(static_cast<double>(seen.input_tokens), static_cast<double>(tokens), 12);
  }
}

TEST(DrillWish, BringsEveryNeed) {
  for (int i = 0; i < ability_count; ++i) {
    const auto need = static_cast<Ability>(i);
    // What a deployment offers; no request says of itself that it needs them.
    if (need == Ability::system || need == Ability::prefill) continue;
    // Conversations in OpenAI's format bring these along without needing them.
    if (need == Ability::system || need == Ability::prefill) continue;
    AskFacts facts;
    facts.model = "task/chat";
    facts.input_tokens = 3'000;
    facts.needs.insert(need);
    facts.stream = need == Ability::stream;
    facts.choices = need == Ability::n ? 2 : 1;
    EXPECT_TRUE(read_back(drill_wish(facts, 1)).needs.has(need)) << to_string(need);
  }
}

TEST(DrillWish, KeepsConversationsApartAndTogether) {
  AskFacts facts;
  facts.model = "task/chat";
  facts.input_tokens = 1'000;
  facts.prefix_hash = 5;
  const std::uint64_t one = read_back(drill_wish(facts, 1)).prefix_hash;
  EXPECT_EQ(read_back(drill_wish(facts, 2)).prefix_hash, one);
  facts.prefix_hash = 6;
  EXPECT_NE(read_back(drill_wish(facts, 1)).prefix_hash, one);
}

TEST(DrillRules, LeadNowhereOutsideAndHoldNoSecret) {
  Rules rules;
  rules.providers.resize(1);
  rules.providers[0].name = "acme";
  rules.providers[0].base_url = {true, "api.acme.example", 443, "/v1"};
  rules.providers[0].api_key = "secret";
  rules.keys.resize(1);
  rules.keys[0].name = "app";
  rules.index_names();
  const RulesPtr made = drill_rules(rules);
  EXPECT_EQ(made->providers[0].base_url.host, "acme.sim");
  EXPECT_FALSE(made->providers[0].base_url.tls);
  EXPECT_NE(made->providers[0].api_key, "secret");
  EXPECT_EQ(made->keys[0].hash, sha256(drill_secret("app")));
}

Outcome streamed(std::int64_t ttft_us, std::int64_t us_a_token, std::int64_t tokens) {
  Outcome outcome;
  outcome.ttft_us = ttft_us;
  outcome.duration_us = ttft_us + us_a_token * (tokens - 1);
  outcome.usage.output = tokens;
  return outcome;
}

TEST(Pace, IsTheMiddleOfWhatWasMeasured) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 9; ++i) outcomes.push_back(streamed(400'000, 20'000, 100));
  outcomes.push_back(streamed(9'000'000, 90'000, 400));
  const DeploymentPace pace = pace_of(outcomes);
  EXPECT_TRUE(pace.measured);
  EXPECT_EQ(pace.answers, 10);
  EXPECT_EQ(pace.ttft_ms, 400);
  EXPECT_DOUBLE_EQ(pace.tokens_per_second, 50);
  EXPECT_DOUBLE_EQ(pace.jitter, 0);
  EXPECT_EQ(pace.tokens_min, 100);
  EXPECT_EQ(pace.tokens_max, 100);
}

TEST(Pace, OfWholeAnswersIsTheirTimeAsAWhole) {
  Outcome whole;
  whole.duration_us = 1'500'000;
  whole.usage.output = 80;
  const DeploymentPace pace = pace_of({whole});
  EXPECT_EQ(pace.ttft_ms, 1'500);
  EXPECT_DOUBLE_EQ(pace.tokens_per_second, 0);
  EXPECT_FALSE(pace_of({}).measured);
}

TEST(Traffic, OfAnEmptyStoreIsRefusedWithAWayOut) {
  SimStore store;
  const Result<Traffic> none = read_traffic(store, Rules{}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, FaultKind::not_found);
  EXPECT_NE(none.error().message.find("--synthetic"), std::string::npos);
}

TEST(Traffic, MadeUpRequestsFillTheRound) {
  Rules rules;
  rules.tasks.resize(2);
  rules.tasks[0].name = "chat";
  rules.tasks[1].name = "sum";
  rules.index_names();
  const Result<Traffic> traffic = synthetic_traffic(rules, {.round_ms = 10'000}, 10);
  ASSERT_TRUE(traffic);
  ASSERT_EQ(traffic->asks.size(), 10U);
  EXPECT_EQ(traffic->asks[0].ask.model, "task/chat");
  EXPECT_EQ(traffic->asks[1].ask.model, "task/sum");
  EXPECT_EQ(traffic->asks[9].offset_us, 9'000'000);
  EXPECT_FALSE(synthetic_traffic(Rules{}, {}, 10));
}

}  // namespace
}  // namespace wye
