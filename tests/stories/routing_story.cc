// Stories of routing: rules, constraints, keys, downgrades, dry runs, and what the record says of
// them.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view governed = R"(
version: 1
keys:
  app:  { secret: "${env:APP_KEY}", team: support }
providers:
  eu_house: { kind: openai_compatible, base_url: "http://eu.sim/v1", regions: [eu], zdr: true, approved_for: [phi] }
  us_house: { kind: openai_compatible, base_url: "http://us.sim/v1", regions: [us] }
deployments:
  careful: { provider: eu_house, model: sim-eu, price: { input: $5/M, output: $9/M }, context: 64k, abilities: [stream, tools, json_schema] }
  cheap:   { provider: us_house, model: sim-us, price: { input: $1/M, output: $1/M }, context: 8k, abilities: [stream] }
routes:
  thrifty: { strategy: lowest_cost, deployments: [careful, cheap] }
  safe:    { strategy: priority, deployments: [careful] }
tasks:
  chat:    { route: thrifty }
  patient: { route: safe, data_class: phi, regions: [eu], zdr: true }
  frugal:  { route: thrifty, max_cost: $0.000001 }
  gentle:
    route: safe
    fallbacks:
      - { degrade: { answer: "Please try again in ten minutes." }, after: [exhausted] }
rules:
  - { when: { tag: confidential }, use: safe }
baseline: { single: careful }
)";

Wish of_task(std::string task) {
  Wish wish;
  wish.model = "task/" + std::move(task);
  return wish;
}

TEST(RoutingStory, TheCheapestThatCanServes) {
  Story story(governed);
  const Told told = story.ask();
  EXPECT_EQ(told.header("x-wye-deployment"), "cheap");
  EXPECT_EQ(told.header("x-wye-route"), "thrifty");
  const double cost = std::stod(told.header("x-wye-cost-usd"));
  EXPECT_GT(cost, 0);
  EXPECT_GT(std::stod(told.header("x-wye-baseline-cost-usd")), cost)
      << "what the baseline would cost";
}

TEST(RoutingStory, ACapabilityNobodyElseHasDecides) {
  Story story(governed);
  Wish wish;
  wish.more =
      R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}})";
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.header("x-wye-deployment"), "careful");
  const Why why = story.why();
  ASSERT_EQ(why.plan.refusals.size(), 1U);
  EXPECT_EQ(why.plan.refusals.front().reason, RefusalReason::ability);
  EXPECT_TRUE(why.identical);
}

TEST(RoutingStory, ALongRequestNeedsALargeWindow) {
  Story story(governed);
  Wish wish;
  wish.content = std::string(60'000, 'a');
  EXPECT_EQ(story.ask(wish).header("x-wye-deployment"), "careful");
}

TEST(RoutingStory, ARuleDecidesByTag) {
  Story story(governed);
  Wish wish;
  wish.headers = {{"x-wye-tags", "spring, confidential"}};
  EXPECT_EQ(story.ask(wish).header("x-wye-deployment"), "careful");
  EXPECT_EQ(story.why().plan.rule, 0);
}

TEST(RoutingStory, NoHeaderOrFieldCanPickAProviderForAGovernedTask) {
  Story story(governed);
  Wish wish = of_task("patient");
  wish.model = "cheap";
  wish.more = R"(,"base_url":"http://us.sim/v1","provider":"us_house")";
  wish.headers = {
      {"x-wye-task", "patient"}, {"x-wye-route", "thrifty"}, {"x-wye-deployment", "cheap"}};
  EXPECT_EQ(story.ask(wish).header("x-wye-deployment"), "careful");
  EXPECT_EQ(story.calls("us"), 0U);
}

TEST(RoutingStory, ACostCapThatNobodyMeetsIsRefusedWithReasons) {
  Story story(governed);
  const Told told = story.ask(of_task("frugal"));
  EXPECT_GE(told.status, 400);
  EXPECT_NE(told.body.find("cheap"), std::string::npos) << told.body;
  EXPECT_EQ(story.calls("us") + story.calls("eu"), 0U);
  EXPECT_EQ(story.store().records().size(), 1U) << "refusals are recorded, too";
}

TEST(RoutingStory, ThePermittedDowngradeIsTold) {
  for (const bool stream : {false, true}) {
    Story story(governed);
    ASSERT_TRUE(story.strike("eu", R"("status_500")"));
    Wish wish = of_task("gentle");
    wish.stream = stream;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(told.text(), "Please try again in ten minutes.");
    EXPECT_EQ(told.header("x-wye-degraded"), "answer");
    EXPECT_EQ(told.looks_whole(), stream);
  }
}

TEST(RoutingStory, ADryRunAnswersTheDecisionAndCallsNobody) {
  Story story(governed);
  Wish wish;
  wish.headers = {{"x-wye-dry-run", "1"}};
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 200);
  EXPECT_NE(told.body.find("\"steps\""), std::string::npos);
  EXPECT_EQ(story.calls("us") + story.calls("eu"), 0U);
}

TEST(RoutingStory, AWrongKeyIsRefusedAndRecorded) {
  Story story(governed);
  Wish wish;
  wish.key = "another";
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 401);
  EXPECT_EQ(told.header("x-wye-error-class"), "unauthenticated");
  EXPECT_EQ(told.body.find("another"), std::string::npos) << "what was presented is not repeated";
  EXPECT_EQ(story.calls("us") + story.calls("eu"), 0U);
  ASSERT_EQ(story.store().records().size(), 1U);
  EXPECT_EQ(story.store().records().begin()->second.status, 401);
}

TEST(RoutingStory, AClientsOwnTimeLimitHurtsNobodyElse) {
  Story story(governed);
  ASSERT_TRUE(story.provider("us").change(R"({"ttft_ms":500})"));
  ASSERT_TRUE(story.provider("eu").change(R"({"ttft_ms":500})"));
  Wish hasty;
  hasty.headers = {{"x-wye-timeout-ms", "20"}};
  for (int i = 0; i < 12; ++i) {
    const Told told = story.ask(hasty);
    EXPECT_EQ(told.status, 504);
    EXPECT_EQ(told.header("x-wye-error-class"), "deadline");
  }
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "cheap") << "no circuit was opened";
}

TEST(RoutingStory, ALongAnswerThatIsNotStreamedIsNotCutByTheFirstTokensLimit) {
  std::string policy(governed);
  policy.replace(policy.find("chat:    { route: thrifty }"), 27,
                 "chat:    { route: thrifty, latency: { ttft: 1s } }");
  Story story(policy);
  ASSERT_TRUE(story.provider("us").change(R"({"ttft_ms":3000})"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.header("x-wye-deployment"), "cheap");
}

TEST(RoutingStory, AFailedAttemptCostsNothingAndHidesNoCost) {
  std::string policy(governed);
  policy.replace(policy.find("lowest_cost"), 11, "priority");
  Story story(policy);
  ASSERT_TRUE(story.strike("eu", R"("status_500")"));
  const Told told = story.ask();
  EXPECT_EQ(told.header("x-wye-deployment"), "cheap");
  EXPECT_FALSE(told.header("x-wye-cost-usd").empty());
}

TEST(RoutingStory, AReloadTakesEffectForTheNextRequest) {
  Story story(governed);
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "cheap");
  std::string other(governed);
  other.replace(other.find("lowest_cost"), 11, "priority");
  story.reload(other);
  const Told told = story.ask();
  EXPECT_EQ(told.header("x-wye-deployment"), "careful");
  EXPECT_TRUE(story.why().identical) << "old and new policies are both kept for replay";
}

TEST(RoutingStory, HostileBodiesAreRefusedBeforeAnybodyIsAsked) {
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"truncated", R"({"model":"task/chat","messages":[{"role":"user")"},
      {"trailing bytes", R"({"model":"task/chat","messages":[{"role":"user","content":"x"}]} {})"},
      {"two models",
       R"({"model":"task/chat","model":"cheap","messages":[{"role":"user","content":"x"}]})"},
      {"two messages",
       R"({"model":"task/chat","messages":[{"role":"user","content":"x"}],"messages":[]})"},
      {"escaped twin",
       R"({"model":"task/patient","mod\u0065l":"cheap","messages":[{"role":"user","content":"x"}]})"},
      {"wrong type", R"({"model":7,"messages":[{"role":"user","content":"x"}]})"},
      {"bad literal in a field nobody reads",
       R"({"model":"task/chat","x":tru,"messages":[{"role":"user","content":"x"}]})"},
      {"invalid UTF-8",
       "{\"model\":\"task/chat\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}"},
      {"too deep", R"({"model":"task/chat","messages":[{"role":"user","content":"x"}],"x":)" +
                       std::string(2000, '[') + std::string(2000, ']') + "}"},
      {"not an object", "[]"},
      {"nothing", " "},
  };
  Story story(governed);
  for (const auto& [name, body] : bodies) {
    SCOPED_TRACE(name);
    Wish wish;
    wish.raw_body = body;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 400) << told.body;
    EXPECT_NE(told.body.find(R"("error":{)"), std::string::npos);
  }
  EXPECT_EQ(story.calls("us") + story.calls("eu"), 0U);
}

TEST(RoutingStory, AnEscapedModelNameIsReadAsWhatItSpells) {
  Story story(governed);
  Wish wish;
  wish.raw_body = R"({"mod\u0065l":"task\/patient","messages":[{"role":"user","content":"x"}]})";
  EXPECT_EQ(story.ask(wish).header("x-wye-task"), "patient");
}

TEST(RoutingStory, WithoutAWritableStoreNothingIsAnswered) {
  Story story(governed);
  story.store().set_disk_full(true);
  const Told held = story.ask();
  EXPECT_EQ(held.status, 503);
  EXPECT_EQ(held.header("x-wye-error-class"), "store");
  const std::uint64_t calls = story.calls("us");
  EXPECT_EQ(story.ask().status, 503);
  EXPECT_EQ(story.calls("us"), calls) << "while the store fails nobody is even asked";
  story.store().set_disk_full(false);
  story.pass(1'000);
  EXPECT_EQ(story.ask().status, 200) << "it goes on by itself";
  EXPECT_EQ(story.store().records().size(), 3U) << "the late rows were kept";
}

TEST(RoutingStory, AStreamIsNotEndedWellWithoutItsRecord) {
  Story story(governed);
  ASSERT_TRUE(story.provider("us").change(R"({"tokens_per_second":50,"words_min":40})"));
  story.universe().at(story.universe().now() + 200'000, [&] { story.store().set_disk_full(true); });
  Wish wish;
  wish.stream = true;
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 200);
  EXPECT_FALSE(told.looks_whole());
  EXPECT_TRUE(told.has_error_frame());
}

TEST(RoutingStory, TheSameSeedTellsTheSameStory) {
  const auto run = [](std::uint64_t seed) {
    Story story(governed, seed);
    (void)story.strike("us", R"({"kind":"status_500","rate":0.5})");
    for (int i = 0; i < 20; ++i) story.ask();
    return story.universe().fingerprint();
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

TEST(RoutingStory, AHeaderThatSteersOrSaysWhoAsksIsGivenOnce) {
  for (const char* name : {"x-wye-task", "Authorization"}) {
    Story story(governed);
    Wish wish;
    wish.headers = {{name, "one"}, {name, "two"}};
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 400);
    EXPECT_NE(told.body.find("is given twice"), std::string::npos) << told.body;
  }
}

TEST(RoutingStory, APackedBodyIsToldToComePlain) {
  Story story(governed);
  Wish wish;
  wish.headers = {{"Content-Encoding", "gzip"}};
  const Told told = story.ask(wish);
  EXPECT_EQ(told.status, 415);
  EXPECT_NE(told.body.find("unsupported_content_encoding"), std::string::npos) << told.body;
  wish.headers = {{"Content-Encoding", "Identity"}};
  EXPECT_EQ(story.ask(wish).status, 200);
}

}  // namespace
}  // namespace wye::story
