// Stories of hedging answers that their client gets at once, streamed or not: what is waited for is
// the whole answer, and the first that is whole and in order is taken.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stories/story.h"

namespace wye::story {
namespace {

// `task` are further lines of the task.
std::string hedging(std::string_view task = "") {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: openai_compatible, base_url: "http://acme.sim/v1" }}
  backup: {{ kind: openai_compatible, base_url: "http://backup.sim/v1" }}
deployments:
  first:  {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }}, context: 128k, abilities: [stream, json_object] }}
  second: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }}, context: 200k, abilities: [stream, json_object] }}
tasks:
  chat:
    route: [first, second]
    latency: {{ sensitivity: interactive }}
{}
reliability:
  retries: {{ max: 0 }}
  hedge: {{ after: p95, max_extra: 2% }}
)",
                     task);
}

// A token after 100 ms, and one each 50 ms from then on: a whole answer takes three times as long
// as its first token, or more.
constexpr std::string_view usual =
    R"({"ttft_ms":100,"tokens_per_second":20,"jitter":0.1,"words_min":5,"words_max":8})";
constexpr std::int64_t whole_us_min = 250'000;

class WholeHedge {
 public:
  explicit WholeHedge(std::string_view task = "", Wish wish = {})
      : story(hedging(task)), wish_(std::move(wish)) {
    must("acme", usual);
    must("backup", usual);
    // Enough of them that the usual time is known, and that a hedge is saved up.
    for (int i = 0; i < 150; ++i) (void)ask();
    asked = story.calls("backup");
  }
  void must(const std::string& provider, std::string_view setting) {
    if (!story.provider(provider).change(setting)) std::abort();
  }
  Told ask() { return story.ask(wish_); }
  const SimLogEntry& newest(const std::string& provider) {
    return story.provider(provider).log().entries().back();
  }

  Story story;
  std::uint64_t asked = 0;

 private:
  Wish wish_;
};

constexpr std::string_view slow_once =
    R"({"faults":[{"kind":"slow_first_token","wait_ms":20000,"count":1}]})";

TEST(WholeHedgeStory, ASlowAnswerIsOvertakenAndGivenUp) {
  WholeHedge with;
  with.must("acme", slow_once);
  const Told told = with.ask();
  EXPECT_EQ(told.status, 200);
  EXPECT_TRUE(told.clean_end);
  EXPECT_FALSE(told.text().empty());
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(told.header("x-wye-attempts"), "2");
  EXPECT_LT(told.took_ms, 2'000);
  EXPECT_EQ(with.story.calls("backup"), with.asked + 1);
  const Why why = with.story.why();
  EXPECT_EQ(why.steps.verdict, StepsReplay::Verdict::identical);
  ASSERT_EQ(why.record.outcomes.size(), 2U);
  const Outcome& lost = why.record.outcomes[0];
  const Outcome& won = why.record.outcomes[1];
  EXPECT_EQ(lost.fault->kind, FaultKind::hedged);
  EXPECT_FALSE(lost.cost_known) << "nobody knows what it bills for what nobody read";
  EXPECT_EQ(lost.cost_nanousd, 0);
  EXPECT_TRUE(won.hedge);
  EXPECT_FALSE(won.fault);
  EXPECT_TRUE(won.cost_known);
  EXPECT_EQ(won.usage.output, with.newest("backup").output_tokens) << "billed once, as it bills";
  EXPECT_EQ(told.header("x-wye-cost-usd"), "") << "not all of the cost is known";
  with.story.pass(1'000);
  EXPECT_TRUE(with.newest("acme").client_closed) << "it need not go on";
}

TEST(WholeHedgeStory, WholeAnswersAreComparedWithWholeAnswers) {
  WholeHedge with;
  (void)with.ask();
  const Plan plan = with.story.why().plan;
  EXPECT_GE(plan.hedge_after_us, whole_us_min) << "and not the time of a first token";
  EXPECT_LT(plan.hedge_after_us, 4 * whole_us_min);
}

TEST(WholeHedgeStory, StreamsSayNothingOfIt) {
  WholeHedge with("", [] {
    Wish streamed;
    streamed.stream = true;
    return streamed;
  }());
  (void)with.story.ask();
  EXPECT_EQ(with.story.why().plan.hedge_after_us, 0) << "no whole answer was timed";
  with.must("acme", slow_once);
  EXPECT_EQ(with.story.ask().header("x-wye-deployment"), "first");
  EXPECT_EQ(with.story.calls("backup"), with.asked);
}

TEST(WholeHedgeStory, TheFirstIsTakenWhenItIsWholeFirst) {
  WholeHedge with;
  with.must("acme", R"({"faults":[{"kind":"slow_first_token","wait_ms":1000,"count":1}]})");
  with.must("backup", R"({"ttft_ms":5000})");
  const Told told = with.ask();
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  EXPECT_LT(told.took_ms, 2'000);
  EXPECT_EQ(with.story.calls("backup"), with.asked + 1);
  with.story.pass(1'000);
  EXPECT_TRUE(with.newest("backup").client_closed);
  const Replay record = with.story.why().record;
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_TRUE(record.outcomes[0].hedge);
  EXPECT_EQ(record.outcomes[0].fault->kind, FaultKind::hedged);
  EXPECT_FALSE(record.outcomes[1].fault);
}

TEST(WholeHedgeStory, SecondRequestsStayWithinTheirShare) {
  WholeHedge with;
  with.must("acme", R"({"faults":[{"kind":"slow_first_token","wait_ms":3000}]})");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(with.ask().status, 200);
  EXPECT_GE(with.story.calls("backup"), with.asked + 1);
  EXPECT_LE(with.story.calls("backup"), 4U) << "two in a hundred of two hundred";
}

constexpr std::string_view wants_json = R"(    output: { json: true, on_invalid: [fallback] }
    fallbacks: [ { to: second, after: [invalid_output] } ])";

Wish for_json(bool stream) {
  Wish wish;
  wish.stream = stream;
  wish.more = R"(,"response_format":{"type":"json_object"})";
  return wish;
}

TEST(WholeHedgeStory, AnAnswerThatItsTaskRefusesWinsNoRace) {
  for (const bool stream : {false, true}) {
    SCOPED_TRACE(stream);
    WholeHedge with(wants_json, for_json(stream));
    // The first is too slow, and then only half of an answer; the other is there a little later.
    with.must("acme", R"({"ttft_ms":4000,"faults":[{"kind":"truncated_json","count":1}]})");
    with.must("backup", R"({"ttft_ms":4000})");
    const Told told = with.ask();
    EXPECT_EQ(told.status, 200) << told.body;
    EXPECT_EQ(told.header("x-wye-deployment"), "second");
    EXPECT_EQ(with.story.calls("backup"), with.asked + 1) << "it was not given up and asked again";
    const Replay record = with.story.why().record;
    ASSERT_EQ(record.outcomes.size(), 2U);
    EXPECT_EQ(record.outcomes[0].fault->kind, FaultKind::invalid_output);
    EXPECT_TRUE(record.outcomes[1].hedge);
  }
}

TEST(WholeHedgeStory, AStreamThatIsHeldWholeIsWaitedForWhole) {
  Wish streamed;
  streamed.stream = true;
  WholeHedge with("    stream: { commit: validated }", streamed);
  (void)with.ask();
  EXPECT_GE(with.story.why().plan.hedge_after_us, whole_us_min);
  with.must("acme", slow_once);
  const Told told = with.ask();
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
}

TEST(WholeHedgeStory, AWindowIsWaitedForAsWell) {
  Wish streamed;
  streamed.stream = true;
  WholeHedge with("    stream: { commit: \"window(500tok,300ms)\" }", streamed);
  (void)with.ask();
  const std::int64_t after_us = with.story.why().plan.hedge_after_us;
  EXPECT_GE(after_us, 390'000) << "a first token, and what is held behind it";
  EXPECT_LE(after_us, 500'000);
}

}  // namespace
}  // namespace wye::story
