// Stories of what is accounted for: tokens, cost and limits of answers that were put aside, broke
// on their way, or only counted.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stories/story.h"

namespace wye::story {
namespace {

// `first` is what else is said of the deployment, `task` what else of the task.
std::string policy(std::string_view kind, std::string_view first, std::string_view task) {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: {}, base_url: "http://acme.sim/v1", api_key: "${{env:APP_KEY}}" }}
  backup: {{ kind: openai_compatible, base_url: "http://backup.sim/v1" }}
deployments:
  first:      {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }}{} }}
  answer-two: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }} }}
tasks:
  chat:
    route: first
{}
reliability:
  retries: {{ max: 0 }}
baseline: {{ single: answer-two }}
)",
                     kind, first, task);
}

Usage usage_of_row(Story& story) {
  const StoredRecord row = story.store().records().rbegin()->second;
  Usage usage;
  usage.input = row.input_tokens;
  usage.output = row.output_tokens;
  return usage;
}

TEST(MoneyStory, AnAnswerThatWasPutAsideIsAccountedForWhenItIsTakenAfterAll) {
  Story story(policy("openai_compatible", "",
                     "    fallbacks: [ { to: answer-two, after: [outage, refusal] } ]"));
  ASSERT_TRUE(story.strike("acme", R"("refusal")"));
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  const Told told = story.ask();
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  const Replay record = story.why().record;
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_GT(record.usage.output, 0);
  EXPECT_EQ(record.usage, record.outcomes[0].usage);
  EXPECT_EQ(usage_of_row(story).output, record.usage.output);
  EXPECT_EQ(record.baseline_cost_nanousd, 3 * record.cost_nanousd) << "the same tokens there";
}

TEST(MoneyStory, WhoBrokeAfterTheCommitPointIsAccountedForAndNotWhoCouldNotGoOn) {
  Story story(policy("openai_compatible", "",
                     "    fallbacks: [ { to: answer-two, after: [cut, outage] } ]"));
  ASSERT_TRUE(story.provider("acme").change(
      R"({"words_min":60,"tokens_per_second":100,"faults":[{"kind":"cut","after_tokens":40}]})"));
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  Wish wish;
  wish.stream = true;
  EXPECT_FALSE(story.ask(wish).looks_whole());
  const Replay record = story.why().record;
  EXPECT_EQ(record.served_by, "first");
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_GT(record.usage.output, 20);
  EXPECT_EQ(record.usage, record.outcomes[0].usage);
}

TEST(MoneyStory, NobodyIsNamedAsDegradedWhoDidNotAnswer) {
  Story story(
      policy("openai_compatible", "",
             "    fallbacks: [ { degrade: { to: answer-two }, after: [refusal, exhausted] } ]"));
  ASSERT_TRUE(story.strike("acme", R"("refusal")"));
  EXPECT_EQ(story.ask().header("x-wye-degraded"), "answer-two");
  EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical)
      << "its name begins as that of a fixed answer";
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  EXPECT_EQ(told.header("x-wye-degraded"), "");
  EXPECT_EQ(story.why().record.degraded, "");
  EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
}

TEST(MoneyStory, ABrokenStreamCostsWhatWasWritten) {
  for (const bool by_client : {false, true}) {
    SCOPED_TRACE(by_client);
    Story story(policy("anthropic", "", "    stream: { resume: false }"));
    const std::string_view fault = by_client ? "" : R"({"kind":"cut","after_tokens":40})";
    ASSERT_TRUE(story.provider("acme").change(fmt::format(
        R"({{"words_min":60,"words_max":60,"tokens_per_second":50,"faults":[{}]}})", fault)));
    Wish wish;
    wish.stream = true;
    if (by_client) wish.leave_after_ms = 1'200;
    (void)story.ask(wish);
    story.pass(5'000);
    const Replay record = story.why().record;
    ASSERT_EQ(record.outcomes.size(), 1U);
    const Outcome& outcome = record.outcomes[0];
    EXPECT_TRUE(outcome.fault);
    EXPECT_GT(outcome.usage.input, 0);
    EXPECT_GT(outcome.usage.output, 20);
    EXPECT_LT(outcome.usage.output, 120);
    EXPECT_EQ(outcome.usage.source, UsageSource::estimated);
    EXPECT_GT(outcome.cost_nanousd, 2'000 * outcome.usage.output);
  }
}

TEST(MoneyStory, AWholeStreamCostsWhatItsProviderCounted) {
  Story story(policy("anthropic", "", ""));
  Wish wish;
  wish.stream = true;
  EXPECT_TRUE(story.ask(wish).looks_whole());
  const Usage usage = story.why().record.usage;
  EXPECT_EQ(usage.source, UsageSource::provider);
  EXPECT_EQ(usage.output, story.provider("acme").log().entries().back().output_tokens);
}

Wish count_of(std::size_t words) {
  Wish wish;
  wish.dialect = DialectId::anthropic;
  wish.raw_target = "/v1/messages/count_tokens";
  std::string text;
  for (std::size_t i = 0; i < words; ++i) text += "seven ";
  wish.raw_body =
      R"({"model":"task/chat","messages":[{"role":"user","content":")" + text + R"("}]})";
  return wish;
}

TEST(MoneyStory, CountingTokensCostsNothingAndUsesNone) {
  for (const char* kind : {"anthropic", "openai_compatible"}) {
    SCOPED_TRACE(kind);
    Story story(policy(kind, "", ""));
    const Told told = story.ask(count_of(1'000));
    EXPECT_EQ(told.status, 200);
    EXPECT_NE(told.body.find("input_tokens"), std::string::npos) << told.body;
    EXPECT_EQ(std::stod(told.header("x-wye-cost-usd")), 0.0);
    const Replay record = story.why().record;
    EXPECT_EQ(record.cost_nanousd, 0);
    EXPECT_TRUE(record.cost_known);
    EXPECT_EQ(record.usage, Usage{});
    EXPECT_EQ(usage_of_row(story).input, 0);
    story.pass(1'000);
    const Facts facts = story.gateway().facts_now(story.gateway().policy());
    EXPECT_EQ(facts.deployments[0].minute_tokens, 0);
    const bool asked = story.calls("acme") > 0;
    EXPECT_EQ(facts.deployments[0].minute_requests, asked ? 1 : 0);
    EXPECT_EQ(asked, std::string_view(kind) == "anthropic");
    EXPECT_EQ(facts.deployments[0].input_tokens_ppm != 1'000'000, asked)
        << "what it counts is learnt from all the same";
  }
}

TEST(MoneyStory, APromptThatIsTooLongOrTooDearIsCounted) {
  for (const char* limit : {", context: 1k", ", limits: { tpm: 100 }", ""}) {
    SCOPED_TRACE(limit);
    Story story(policy("anthropic", limit, *limit == 0 ? "    max_cost: $0.001" : ""));
    for (int i = 0; i < 2; ++i) {
      const Told told = story.ask(count_of(4'000));
      EXPECT_EQ(told.status, 200) << told.body;
      EXPECT_EQ(told.header("x-wye-deployment"), "first");
    }
  }
}

TEST(MoneyStory, TheTokensOfABurstAreCountedBeforeItsAnswersAreThere) {
  std::string both = policy("openai_compatible", ", limits: { tpm: 1500 }", "");
  both.replace(both.find("route: first"), 12, "route: [first, answer-two]");
  Story story(both);
  ASSERT_TRUE(story.provider("acme").change(R"({"ttft_ms":1000})"));
  int by_first = 0;
  for (const Told& told : story.ask_all(std::vector<Wish>(6))) {
    EXPECT_EQ(told.status, 200) << told.body;
    by_first += told.header("x-wye-deployment") == "first" ? 1 : 0;
  }
  EXPECT_EQ(by_first, 2) << "each is expected to have 512 tokens of answer";
  EXPECT_EQ(story.calls("acme"), 2U);
  story.pass(61'000);
  Wish large;
  large.content = std::string(8'000, 'x');
  EXPECT_EQ(story.ask(large).header("x-wye-deployment"), "first")
      << "nothing is under way, and it could never go else";
  EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
}

TEST(MoneyStory, WhoIsNotLetInEarnsNobodyASecondTry) {
  std::string strict = policy("openai_compatible", "", "");
  strict.replace(strict.find("retries: { max: 0 }"), 19,
                 "retries: { max: 2, budget: { share: 10%, floor: 0/s } }");
  Story story(strict);
  Wish stranger;
  stranger.key = "somebody-elses";
  for (const Told& told : story.ask_all(std::vector<Wish>(100, stranger)))
    EXPECT_EQ(told.status, 401);
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  EXPECT_NE(story.ask().status, 200);
  EXPECT_EQ(story.calls("acme"), 1U);
}

}  // namespace
}  // namespace wye::story
