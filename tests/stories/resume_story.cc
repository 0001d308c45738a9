// Stories of answers that break after their client has the beginning, and of when that may be.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stories/story.h"

namespace wye::story {
namespace {

// `task` are further lines of the task, `abilities` those of the second deployment.
std::string policy(std::string_view task, std::string_view abilities = "stream, prefill") {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: openai_compatible, base_url: "http://acme.sim/v1" }}
  backup: {{ kind: openai_compatible, base_url: "http://backup.sim/v1" }}
deployments:
  first:  {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }}, context: 128k, abilities: [stream] }}
  second: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }}, context: 200k, abilities: [{1}] }}
tasks:
  chat:
    route: first
    latency: {{ ttft: 2s, stall: 1s, total: 30s }}
    fallbacks: [ {{ to: second, after: [outage, timeout, ttft, stall, cut, rate_limit] }} ]
{0}
reliability:
  retries: {{ max: 0 }}
)",
                     task, abilities);
}

class ResumeStory : public testing::Test {
 protected:
  static Wish streamed() {
    Wish wish;
    wish.stream = true;
    return wish;
  }
  static void sixty(Story& story) {
    for (const char* name : {"acme", "backup"}) {
      ASSERT_TRUE(story.provider(name).change(
          R"({"words_min":60,"words_max":60,"tokens_per_second":50,"ttft_ms":100})"));
    }
  }
};

TEST_F(ResumeStory, AModelThatContinuesIsGivenTheBeginning) {
  Story story(policy(""));
  sixty(story);
  const std::string whole = story.ask(streamed()).text();
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":30})"));
  const Told told = story.ask(streamed());
  EXPECT_EQ(told.text(), whole);
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "first") << "the head was out";
  const Replay record = story.why().record;
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_TRUE(record.outcomes[0].committed);
  EXPECT_EQ(record.outcomes[1].resume, Resume::prefix);
  EXPECT_LT(record.outcomes[1].usage.output, record.outcomes[0].usage.output + 40)
      << "only the rest was generated";
  EXPECT_EQ(record.served_by, "second");
}

TEST_F(ResumeStory, WhoGoesOnMaySayAsMuchAsIsLeft) {
  Story story(policy(""));
  sixty(story);
  Wish wish = streamed();
  wish.more = R"(,"max_tokens":40)";
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":30})"));
  const Told told = story.ask(wish);
  EXPECT_TRUE(told.looks_whole());
  const Replay record = story.why().record;
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_EQ(record.outcomes[1].resume, Resume::prefix);
  EXPECT_EQ(record.outcomes[1].finish, FinishReason::length);
  EXPECT_LE(record.outcomes[1].usage.output, 20) << "three quarters of what was said are taken off";
}

TEST_F(ResumeStory, ATextThatDiffersIsNeverJoined) {
  Story story(policy("", "stream"));
  sixty(story);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":30})"));
  ASSERT_TRUE(story.provider("backup").change(R"({"words_min":3,"words_max":3})"));
  const Told told = story.ask(streamed());
  EXPECT_FALSE(told.looks_whole());
  EXPECT_TRUE(told.has_error_frame());
  const Replay record = story.why().record;
  EXPECT_EQ(record.outcomes.back().resume, Resume::again);
  ASSERT_TRUE(record.fault);
  EXPECT_EQ(record.fault->kind, FaultKind::cut) << "what broke is told";
}

TEST_F(ResumeStory, WhenBothBreakTheClientHasOneTextAndOneError) {
  for (const DialectId client : {DialectId::openai, DialectId::anthropic, DialectId::gemini}) {
    for (const char* abilities : {"stream, prefill", "stream"}) {
      SCOPED_TRACE(fmt::format("{} {}", to_string(client), abilities));
      Story story(policy("", abilities));
      sixty(story);
      Wish wish = streamed();
      wish.dialect = client;
      const std::string whole = story.ask(wish).heard(wish).text;
      const std::uint64_t before = story.calls("acme");
      ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":30})"));
      ASSERT_TRUE(story.strike("backup", R"({"kind":"cut","after_tokens":40})"));
      const Told told = story.ask(wish);
      const Heard heard = told.heard(wish);
      EXPECT_FALSE(heard.whole);
      EXPECT_FALSE(told.clean_end);
      ASSERT_TRUE(heard.fault) << told.body;
      EXPECT_FALSE(heard.text.empty());
      EXPECT_EQ(heard.text, whole.substr(0, heard.text.size())) << "nothing is there twice";
      std::size_t errors = 0;
      for (std::size_t at = told.body.find(R"("error":{)"); at != std::string::npos;
           at = told.body.find(R"("error":{)", at + 1))
        ++errors;
      EXPECT_EQ(errors, 1U) << told.body;
      EXPECT_EQ(story.calls("acme"), before + 1);
      EXPECT_EQ(story.calls("backup"), 1U);
    }
  }
}

TEST_F(ResumeStory, ACutToolCallIsAnErrorAndNeverACall) {
  Story story(policy("", "stream, tools, prefill"));
  Wish wish = streamed();
  wish.more =
      R"(,"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}}}])";
  ASSERT_TRUE(story.strike("acme", R"("cut_arguments")"));
  const Told told = story.ask(wish);
  if (told.looks_whole()) {
    EXPECT_EQ(story.why().record.served_by, "second");
  }
  EXPECT_TRUE(told.looks_whole() || told.has_error_frame());
}

TEST_F(ResumeStory, BeforeTheEndOfItsWindowABrokenAnswerLeavesNoTrace) {
  Story story(policy("    stream: { commit: \"window(20tok,10s)\" }"));
  sixty(story);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":10})"));
  const Told told = story.ask(streamed());
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(story.why().record.outcomes.back().resume, Resume::none);
  // And behind it, the answer is gone on with.
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":50})"));
  const Told late = story.ask(streamed());
  EXPECT_TRUE(late.looks_whole());
  EXPECT_EQ(late.header("x-wye-deployment"), "first");
}

TEST_F(ResumeStory, AWindowOfTimeEndsWhileNothingComes) {
  Story story(policy("    stream: { commit: \"window(500tok,300ms)\" }"));
  ASSERT_TRUE(story.provider("acme").change(
      R"({"words_min":60,"words_max":60,"ttft_ms":100,"faults":[{"kind":"stall","after_tokens":3,"wait_ms":800}]})"));
  const Told told = story.ask(streamed());
  EXPECT_TRUE(told.looks_whole());
  const Replay record = story.why().record;
  EXPECT_EQ(record.outcomes.size(), 1U);
  EXPECT_TRUE(record.outcomes[0].committed);
}

TEST_F(ResumeStory, AValidatedAnswerIsSentWholeOrNotAtAll) {
  Story story(policy("    stream: { commit: validated }"));
  sixty(story);
  const Told whole = story.ask(streamed());
  EXPECT_TRUE(whole.looks_whole());
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":59})"));
  const Told told = story.ask(streamed());
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.text(), whole.text());
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
}

TEST_F(ResumeStory, AStreamThatCrawlsIsAsGoodAsSilent) {
  Story story(policy("    stream: { commit: first_token }"));
  std::string crawling = policy("");
  crawling.replace(crawling.find("stall: 1s"), 9, "stall: 5s, min_speed: 5/s");
  story.reload(crawling);
  sixty(story);
  const std::string whole = story.ask(streamed()).text();
  ASSERT_TRUE(story.provider("acme").change(
      R"({"faults":[{"kind":"slow_tokens","after_tokens":10,"wait_ms":2000}]})"));
  const Told told = story.ask(streamed());
  EXPECT_EQ(told.text(), whole);
  EXPECT_LT(told.took_ms, 20'000);
  EXPECT_EQ(story.why().record.outcomes.front().fault->kind, FaultKind::stall);
  const SimLogEntry& seen = story.provider("acme").log().entries().back();
  EXPECT_TRUE(seen.client_closed) << "it was given up";
  EXPECT_LT(seen.output_tokens, 60);
  EXPECT_EQ(story.calls("backup"), 1U);
}

TEST_F(ResumeStory, AnAnswerThatNobodyReadsAndThatBreaksIsOverAtOnce) {
  Story story(policy("    stream: { on_client_gone: finish }"));
  sixty(story);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"cut","after_tokens":40})"));
  Wish wish = streamed();
  wish.leave_after_ms = 500;
  story.ask(wish);
  story.pass(1'500);
  const Replay record = story.why().record;
  ASSERT_EQ(record.outcomes.size(), 1U);
  EXPECT_EQ(record.outcomes[0].fault->kind, FaultKind::client_gone);
}

TEST_F(ResumeStory, AnAnswerThatNobodyReadsIsFinishedWhenThePolicySaysSo) {
  for (const bool finish : {false, true}) {
    Story story(policy(finish ? "    stream: { on_client_gone: finish }" : ""));
    sixty(story);
    Wish wish = streamed();
    wish.leave_after_ms = 500;
    story.ask(wish);
    story.pass(10'000);
    const Replay record = story.why().record;
    ASSERT_EQ(record.outcomes.size(), 1U);
    const Outcome& outcome = record.outcomes[0];
    EXPECT_EQ(outcome.fault->kind, FaultKind::client_gone);
    EXPECT_EQ(outcome.usage.source, finish ? UsageSource::provider : UsageSource::estimated);
    EXPECT_GT(outcome.usage.output, 0) << "what was generated is accounted for";
    EXPECT_GT(outcome.cost_nanousd, 0);
    const SimLogEntry& seen = story.provider("acme").log().entries().back();
    EXPECT_EQ(seen.client_closed, !finish);
    EXPECT_EQ(seen.outcome, finish ? "answered" : "client_gone");
    if (finish) {
      EXPECT_EQ(outcome.usage.output, seen.output_tokens);
    } else {
      EXPECT_LT(seen.output_tokens, 60) << "it need not go on";
    }
    const Facts facts = story.gateway().facts_now(story.gateway().policy());
    EXPECT_EQ(facts.deployments[0].window_bad, 0) << "it was not the provider";
  }
}

}  // namespace
}  // namespace wye::story
