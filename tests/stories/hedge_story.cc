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

// A reload closes the kept connections, so that the next request must connect.
TEST_F(HedgeStory, OneThatIsConnectingWhenItLosesIsEndedAtOnce) {
  for (const bool stream : {true, false}) {
    SCOPED_TRACE(stream);
    const auto known = [&] {
      return story.gateway().facts_now(story.gateway().policy()).deployments[0];
    };
    // Whole answers must have been timed as well.
    for (int i = 0; i < 100 && !stream; ++i) (void)ask("task/chat", false);
    story.reload(hedging);
    story.network("acme").silent = true;
    const std::uint64_t before = story.calls("acme");
    const Told told = ask("task/chat", stream);
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(told.header("x-wye-deployment"), "second");
    const Replay record = story.why().record;
    ASSERT_EQ(record.outcomes.size(), 2U);
    const Outcome& lost = record.outcomes[0];
    EXPECT_EQ(lost.fault->kind, FaultKind::hedged);
    EXPECT_TRUE(lost.cost_known) << "it was asked nothing";
    EXPECT_GT(lost.duration_us, 0);
    EXPECT_LT(lost.duration_us, 2'000'000);
    EXPECT_NE(told.header("x-wye-attempts"), "1");
    EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
    EXPECT_EQ(known().in_flight, 0);

    // On the same connection of the client.
    const Told next = ask("second", stream);
    EXPECT_EQ(next.status, 200);
    EXPECT_LT(next.took_ms, 1'000) << "it does not wait until nobody was reached";
    story.network("acme").silent = false;
    story.pass(10'000);
    EXPECT_EQ(story.calls("acme"), before);
    EXPECT_EQ(known().window_bad, 0) << "nor is it blamed";
    EXPECT_EQ(ask("task/slow", stream).header("x-wye-deployment"), "first");
  }
}

// Its kept connection proves dead, and a new one is not to be had.
TEST_F(HedgeStory, OneThatConnectsAnewWhenItLosesKeepsNobodyWaiting) {
  story.network("acme").silent = true;
  story.after(1, [&] { story.universe().reset_connections("acme.sim"); });
  EXPECT_EQ(ask().header("x-wye-deployment"), "second");
  EXPECT_EQ(story.why().record.outcomes.at(0).fault->kind, FaultKind::hedged);
  const Told next = ask("second");
  EXPECT_TRUE(next.looks_whole());
  EXPECT_LT(next.took_ms, 1'000);
  EXPECT_EQ(story.gateway().facts_now(story.gateway().policy()).deployments[0].in_flight, 0);
}

// Its connection comes while the winner's answer is on its way.
TEST_F(HedgeStory, OneThatWouldConnectLaterSendsNothing) {
  story.reload(hedging);
  SimNetwork& network = story.network("acme");
  const SimNetwork usual = network;
  network.latency_us_min = network.latency_us_max = 400'000;
  must(R"({"ttft_ms":100,"tokens_per_second":10,"words_min":20,"words_max":20})");
  const std::uint64_t before = story.calls("acme");
  const Told told = ask();
  EXPECT_TRUE(told.looks_whole());
  EXPECT_GT(told.took_ms, 1'000);
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(story.calls("acme"), before);
  network = usual;
  EXPECT_EQ(ask("task/slow").header("x-wye-deployment"), "first");
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
