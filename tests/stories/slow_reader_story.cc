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
