// Stories of hedging: a second deployment is asked when the first is slower than it usually is.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view hedging = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M }, context: 128k, abilities: [stream] }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M }, context: 200k, abilities: [stream] }
tasks:
  chat: { route: [first, second], latency: { sensitivity: interactive } }
  slow: { route: [first, second] }
reliability: { hedge: { after: p95, max_extra: 2% } }
)";

class HedgeStory : public testing::Test {
 protected:
  HedgeStory() : story(hedging) {
    must(R"({"ttft_ms":100,"jitter":0.2,"words_min":5,"words_max":8})");
    Wish wish;
    wish.stream = true;
    // Enough of them that the usual time is known, and that one hedge is saved up.
    for (int i = 0; i < 100; ++i) (void)story.ask(wish);
    asked = story.calls("backup");
  }
  void must(std::string_view setting) {
    if (!story.provider("acme").change(setting) || !story.provider("backup").change(setting))
      std::abort();
  }
  Told ask(std::string model = "task/chat", bool stream = true) {
    Wish wish;
    wish.model = std::move(model);
    wish.stream = stream;
    return story.ask(wish);
  }

  Story story;
  std::uint64_t asked = 0;
};

TEST_F(HedgeStory, ASlowAnswerIsOvertaken) {
  ASSERT_TRUE(story.provider("acme").change(
      R"({"faults":[{"kind":"slow_first_token","wait_ms":5000,"count":1}]})"));
  const Told told = ask();
  EXPECT_TRUE(told.looks_whole());
  EXPECT_LT(told.took_ms, 1'000);
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(told.header("x-wye-attempts"), "2");
  const Replay record = story.why().record;
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_EQ(record.outcomes[0].fault->kind, FaultKind::hedged);
  EXPECT_FALSE(record.outcomes[0].cost_known) << "nobody knows what it bills for what nobody read";
  EXPECT_TRUE(record.outcomes[1].hedge);
  EXPECT_FALSE(record.outcomes[1].fault);
  EXPECT_TRUE(story.why().identical);
  EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
}

TEST_F(HedgeStory, TheFirstIsTakenWhenItIsTheFasterOne) {
  ASSERT_TRUE(story.provider("acme").change(
      R"({"faults":[{"kind":"slow_first_token","wait_ms":250,"count":1}]})"));
  ASSERT_TRUE(story.provider("backup").change(R"({"ttft_ms":2000})"));
  const Told told = ask();
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  EXPECT_EQ(story.calls("backup"), asked + 1) << "it was asked, and given up";
}

TEST(HedgedReply, TellsOnlyWhatItsOwnProviderHasNoPlaceFor) {
  std::string policy(hedging);
  const std::string_view plain =
      "backup: { kind: openai_compatible, base_url: \"http://backup.sim/v1\"";
  policy.replace(
      policy.find(plain), plain.size(),
      "backup: { kind: anthropic, base_url: \"http://backup.sim/v1\", api_key: \"${env:APP_KEY}\"");
  Story story(policy);
  ASSERT_TRUE(story.provider("acme").change(R"({"ttft_ms":100,"words_min":5,"words_max":8})"));
  Wish wish;
  wish.stream = true;
  wish.more = R"(,"logit_bias":{"7":1})";
  for (int i = 0; i < 100; ++i) (void)story.ask(wish);
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  ASSERT_EQ(story.ask(wish).header("x-wye-dropped"), "logit_bias") << "of the backup";
  ASSERT_TRUE(story.provider("acme").change(
      R"({"faults":[{"kind":"slow_first_token","wait_ms":250,"count":1}]})"));
  ASSERT_TRUE(story.provider("backup").change(R"({"ttft_ms":2000})"));
  const std::uint64_t asked = story.calls("backup");
  const Told told = story.ask(wish);
  EXPECT_EQ(story.calls("backup"), asked + 1) << "which has no place for it" << told.body;
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  EXPECT_EQ(told.header("x-wye-dropped"), "");
}

TEST_F(HedgeStory, ABackupThatFailsHarmsNobody) {
  ASSERT_TRUE(story.provider("acme").change(
      R"({"faults":[{"kind":"slow_first_token","wait_ms":1500,"count":1}]})"));
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  const Told told = ask();
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
}

TEST_F(HedgeStory, WhenBothFailTheRestOfThePlanFollows) {
  ASSERT_TRUE(story.provider("acme").change(
      R"({"faults":[{"kind":"slow_first_token","wait_ms":500,"count":1},{"kind":"status_500","count":1}]})"));
  ASSERT_TRUE(story.strike("backup", R"({"kind":"status_500","count":1})"));
  EXPECT_TRUE(ask().looks_whole());
}

TEST_F(HedgeStory, OnlyInteractiveTasksAndOnlyWithinTheBudget) {
  ASSERT_TRUE(story.strike("acme", R"({"kind":"slow_first_token","wait_ms":800})"));
  ASSERT_TRUE(story.strike("backup", ""));
  (void)ask("task/slow");
  (void)ask("task/chat", false);
  EXPECT_EQ(story.calls("backup"), asked) << "no whole answer was timed so far";
  for (int i = 0; i < 10; ++i) (void)ask();
  EXPECT_LE(story.calls("backup"), asked + 2) << "two in a hundred, and these are a dozen more";
}

}  // namespace
}  // namespace wye::story
