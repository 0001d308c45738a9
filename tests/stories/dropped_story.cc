// Stories of x-wye-dropped: it names what the provider that served has no place for, whoever was
// asked besides.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stories/story.h"

namespace wye::story {
namespace {

// One provider drops `logit_bias`, the other one has a place for it.
std::string policy(bool dropper_is_first, std::string_view fallbacks) {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: {}, base_url: "http://acme.sim/v1", api_key: "${{env:APP_KEY}}" }}
  backup: {{ kind: {}, base_url: "http://backup.sim/v1", api_key: "${{env:APP_KEY}}" }}
deployments:
  first:  {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }} }}
  second: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }} }}
tasks:
  chat:
    route: first
    fallbacks: {}
reliability:
  retries: {{ max: 0 }}
)",
                     dropper_is_first ? "anthropic" : "openai",
                     dropper_is_first ? "openai" : "anthropic", fallbacks);
}

constexpr std::string_view to_second = "[ { to: second, after: [outage, refusal] } ]";

Wish with_bias(bool stream) {
  Wish wish;
  wish.stream = stream;
  wish.more = R"(,"logit_bias":{"7":1})";
  return wish;
}

TEST(DroppedStory, AFailedAttemptDoesNotSpeakForWhoServed) {
  for (const bool stream : {false, true}) {
    for (const bool dropper_is_first : {false, true}) {
      SCOPED_TRACE(fmt::format("{} {}", stream, dropper_is_first));
      Story story(policy(dropper_is_first, to_second));
      EXPECT_EQ(story.ask(with_bias(stream)).header("x-wye-dropped"),
                dropper_is_first ? "logit_bias" : "");
      ASSERT_TRUE(story.strike("acme", R"("status_500")"));
      const Told told = story.ask(with_bias(stream));
      EXPECT_EQ(told.header("x-wye-deployment"), "second");
      EXPECT_EQ(told.header("x-wye-dropped"), dropper_is_first ? "" : "logit_bias");
    }
  }
}

TEST(DroppedStory, ARefusalThatIsPassedOnInTheEndIsTheFirstOnes) {
  for (const bool dropper_is_first : {false, true}) {
    SCOPED_TRACE(dropper_is_first);
    Story story(policy(dropper_is_first, to_second));
    ASSERT_TRUE(story.strike("acme", R"("refusal")"));
    ASSERT_TRUE(story.strike("backup", R"("status_500")"));
    const Told told = story.ask(with_bias(false));
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.header("x-wye-deployment"), "first");
    EXPECT_EQ(told.header("x-wye-dropped"), dropper_is_first ? "logit_bias" : "");
  }
}

TEST(DroppedStory, AFixedAnswerDropsNothing) {
  Story story(policy(true, "[ { degrade: { answer: \"Later.\" }, after: [exhausted] } ]"));
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  const Told told = story.ask(with_bias(false));
  EXPECT_EQ(told.text(), "Later.");
  EXPECT_EQ(told.header("x-wye-dropped"), "");
}

TEST(DroppedStory, TheLoserOfARaceDoesNotSpeakForTheWinner) {
  for (const bool first_wins : {false, true}) {
    SCOPED_TRACE(first_wins);
    std::string hedging = policy(false, "[ { to: second, after: [outage, timeout] } ]");
    hedging += "  hedge: { after: p95, max_extra: 2% }\n";
    const std::string_view route = "    route: first\n";
    hedging.insert(hedging.find(route), "    latency: { sensitivity: interactive }\n");
    Story story(hedging);
    ASSERT_TRUE(story.provider("acme").change(R"({"ttft_ms":100,"words_min":5,"words_max":8})"));
    for (int i = 0; i < 100; ++i) (void)story.ask(with_bias(false));
    ASSERT_TRUE(story.provider("acme").change(
        R"({"faults":[{"kind":"slow_first_token","wait_ms":1000,"count":1}]})"));
    ASSERT_TRUE(story.provider("backup").change(first_wins ? R"({"ttft_ms":5000})" : "{}"));
    const Told told = story.ask(with_bias(false));
    EXPECT_EQ(story.calls("backup"), 1U) << told.body;
    EXPECT_EQ(told.header("x-wye-deployment"), first_wins ? "first" : "second");
    EXPECT_EQ(told.header("x-wye-dropped"), first_wins ? "" : "logit_bias");
  }
}

}  // namespace
}  // namespace wye::story
