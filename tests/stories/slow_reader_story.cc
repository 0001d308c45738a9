// Stories of clients that read slowly: the time that they take is their own.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view hasty = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme: { kind: openai_compatible, base_url: "http://acme.sim/v1" }
deployments:
  only: { provider: acme, model: sim-a, price: { input: $1/M, output: $2/M } }
tasks:
  chat: { route: only, latency: { ttft: 500ms, stall: 300ms, total: 1s } }
reliability:
  retries: { max: 0 }
  circuit_breaker: { consecutive: 1 }
)";

// Bytes reach the client at a trickle: little fits on the way, and the way is long.
void let_the_client_read_slowly(Story& story) {
  SimNetwork& network = story.universe().network("gateway");
  network.buffer_bytes = 600;
  network.latency_us_min = network.latency_us_max = 200'000;
}

TEST(SlowReaderStory, AProviderIsNotBlamedForTheTimeThatItsClientTakes) {
  Story story(hasty);
  let_the_client_read_slowly(story);
  Wish wish;
  wish.stream = true;
  const Told told = story.ask(wish);
  EXPECT_FALSE(told.looks_whole());
  EXPECT_EQ(story.why().record.outcomes.back().fault->kind, FaultKind::deadline);
  EXPECT_EQ(story.ask(wish).status, 200) << "the circuit is closed";
}

// A deadline of the whole request, and time enough for the provider.
std::string with_deadline() {
  std::string policy(hasty);
  const std::string_view of_attempt = ", total: 1s";
  policy.erase(policy.find(of_attempt), of_attempt.size());
  return policy + "  deadline: 3s\n";
}

TEST(SlowReaderStory, AWriteThatWaitsForItsClientEndsWithTheTimeOfTheRequest) {
  Story story(with_deadline());
  SimNetwork& network = story.universe().network("gateway");
  network.buffer_bytes = 600;
  network.latency_us_min = network.latency_us_max = 500'000;
  // All at once and without end: one write would wait for a minute, and the provider goes on.
  ASSERT_TRUE(story.provider("acme").change(R"({"words_min":100000,"words_max":100000})"));
  Wish wish;
  wish.stream = true;
  const TimeMs begun = story.now_ms();
  TimeMs recorded = 0;
  std::function<void()> look = [&] {
    if (!story.store().records().empty()) recorded = story.now_ms();
    if (recorded == 0) story.after(10, look);
  };
  look();
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 200);
  EXPECT_FALSE(told.text().empty());
  EXPECT_FALSE(told.looks_whole());
  EXPECT_FALSE(told.clean_end);
  EXPECT_LE(recorded - begun, 5'000) << "three seconds, and the way of the request";
  const Replay record = story.why().record;
  ASSERT_TRUE(record.fault);
  EXPECT_EQ(record.fault->kind, FaultKind::deadline);
  EXPECT_NE(record.fault->message.find("had not taken its answer"), std::string::npos)
      << record.fault->message;
  ASSERT_EQ(record.outcomes.size(), 1U) << "nobody else is asked for what nobody reads";
  const SimLogEntry& seen = story.provider("acme").log().entries().back();
  EXPECT_TRUE(seen.client_closed || seen.outcome == "pending" || seen.outcome == "broken")
      << seen.outcome;
  EXPECT_LT(seen.output_tokens, 100'000) << "it was given up";
  const Facts facts = story.gateway().facts_now(story.gateway().policy());
  EXPECT_EQ(facts.deployments[0].breaker, BreakerState::closed) << "one failure would open it";
  EXPECT_EQ(facts.deployments[0].window_bad, 0);
}

TEST(SlowReaderStory, SilenceIsCountedFromWhenTheClientHasReadOn) {
  Story story(hasty);
  let_the_client_read_slowly(story);
  ASSERT_TRUE(story.provider("acme").change(R"({"words_min":3,"words_max":3,"ttft_ms":0,
      "tokens_per_second":8})"));
  Wish wish;
  wish.stream = true;
  (void)story.ask(wish);
  const std::vector<Outcome> outcomes = story.why().record.outcomes;
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(!outcomes[0].fault || outcomes[0].fault->kind != FaultKind::stall);
}

}  // namespace
}  // namespace wye::story
