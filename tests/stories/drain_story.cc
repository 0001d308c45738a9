// Stories of the end: what clients get while the gateway drains, and when its time to drain is
// over.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view two_vendors = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M }, context: 128k, abilities: [stream, tools] }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M }, context: 200k, abilities: [stream, tools] }
tasks:
  chat:
    route: first
    fallbacks: [ { to: second } ]
reliability:
  circuit_breaker: { consecutive: 1 }
)";

// Answers take some ten seconds.
constexpr std::string_view slow = R"({"ttft_ms":1000,"tokens_per_second":5,"words_min":40})";

const StoredRecord& newest(Story& story) { return story.store().records().rbegin()->second; }

TEST(DrainStory, WhatHadBegunIsServedAndWhatComesLaterIsRefused) {
  Story story(two_vendors);
  ASSERT_TRUE(story.provider("acme").change(slow));
  story.universe().at(story.universe().now() + 3'000'000, [&] { story.gateway().drain(); });
  Wish wish;
  wish.stream = true;
  const Told told = story.ask(wish);
  EXPECT_TRUE(told.looks_whole());
  EXPECT_GT(told.took_ms, 5'000);

  const Told later = story.ask(wish);
  EXPECT_EQ(later.status, 503);
  EXPECT_EQ(later.header("connection"), "close");
  EXPECT_EQ(later.header("x-wye-error-class"), "shutting_down");
  EXPECT_EQ(later.header("x-should-retry"), "") << "another instance may serve it";
}

TEST(DrainStory, AStreamThatIsCutEndsWithATypedFrameAndIsRecordedAsWhatItIs) {
  Story story(two_vendors);
  ASSERT_TRUE(story.provider("acme").change(slow));
  story.universe().at(story.universe().now() + 3'000'000, [&] {
    story.gateway().drain();
    story.gateway().cut();
  });
  Wish wish;
  wish.stream = true;
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 200);
  EXPECT_LT(told.took_ms, 3'500);
  EXPECT_FALSE(told.text().empty());
  EXPECT_FALSE(told.looks_whole());
  EXPECT_FALSE(told.clean_end);
  EXPECT_TRUE(told.has_error_frame()) << told.body;
  EXPECT_NE(told.body.find("shut down"), std::string::npos);
  EXPECT_EQ(newest(story).fault, "shutting_down");
  const Facts facts = story.gateway().facts_now(story.gateway().policy());
  EXPECT_EQ(facts.deployments[0].breaker, BreakerState::closed) << "it was not the provider";
}

TEST(DrainStory, WhoWaitsToBeTriedAgainIsAnsweredWhenItIsCut) {
  Story story(R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme: { kind: openai_compatible, base_url: "http://acme.sim/v1" }
deployments:
  first: { provider: acme, model: sim-a, price: { input: $1/M, output: $2/M }, context: 128k, abilities: [stream] }
tasks:
  chat: { route: first }
reliability:
  retries: { max: 2, honor_retry_after: 30s }
)");
  ASSERT_TRUE(story.strike("acme", R"({"kind":"rate_limit","retry_after_ms":20000})"));
  story.universe().at(story.universe().now() + 3'000'000, [&] {
    story.gateway().drain();
    story.gateway().cut();
  });
  const Told told = story.ask();
  EXPECT_EQ(told.status, 503);
  EXPECT_EQ(told.header("x-wye-error-class"), "shutting_down");
  EXPECT_GT(told.took_ms, 2'500);
  EXPECT_LT(told.took_ms, 3'500);
  EXPECT_EQ(newest(story).fault, "shutting_down");
  EXPECT_EQ(story.calls("acme"), 1U);
}

TEST(DrainStory, WhatHasNotBegunToAnswerIsRefusedAndNobodyElseIsAsked) {
  for (const bool stream : {false, true}) {
    Story story(two_vendors);
    ASSERT_TRUE(story.provider("acme").change(slow));
    story.universe().at(story.universe().now() + 500'000, [&] { story.gateway().cut(); });
    Wish wish;
    wish.stream = stream;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 503);
    EXPECT_EQ(told.header("x-wye-error-class"), "shutting_down");
    EXPECT_EQ(story.calls("backup"), 0U);
    EXPECT_EQ(newest(story).fault, "shutting_down");
  }
}

}  // namespace
}  // namespace wye::story
