// Stories of live drills: the gateway plays a fault on a share of its clients' own requests. Nobody
// else notices: not the clients that are not struck, not the books, not the provider's bill.
#include <gtest/gtest.h>

#include "gateway/drill_desk.h"
#include "lab/live_verdict.h"
#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view policy = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}", roles: [drill] } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M } }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M } }
reliability:
  retries: { max: 1, backoff: 100ms..1s, honor_retry_after: 10s }
  circuit_breaker: { window: 60s, min_requests: 10, error_rate: 50%, consecutive: 3, cooldown: 5s..8s }
  deadline: 20s
tasks:
  chat:  { route: first, latency: { ttft: 1s, stall: 1s }, fallbacks: [ { to: second } ] }
  other: { route: first }
  json:
    route: first
    latency: { ttft: 1s, stall: 1s, total: 3s }
    output: { json: true, on_invalid: [fallback] }
    fallbacks: [ { to: second, after: [outage, overloaded, timeout, ttft, stall, cut, rate_limit, invalid_output] } ]
)";

// A story with a desk for drills, which are judged as soon as they are over.
struct Scene {
  explicit Scene(std::string_view rules = policy)
      : story(rules),
        desk(
            story.gateway().world(), story.books(), story.books().activate(rules_of(story)),
            [this](const LiveDrillPtr& drill) { story.gateway().accept_drill(drill); },
            [this](const DrillEntry& entry) { judge(entry); }) {
    for (const char* name : {"acme", "backup"}) {
      EXPECT_TRUE(story.provider(name).change(
          R"({"ttft_ms":200,"tokens_per_second":100,"words_min":60,"words_max":80})"));
    }
  }

  static RulesPtr rules_of(Story& story) { return story.gateway().policy().rules; }
  void take_over(std::string_view rules) {
    story.reload(rules);
    desk.accept_policy(story.books().activate(rules_of(story)));
  }
  void judge(const DrillEntry& entry) {
    const Result<LiveVerdict> live = judge_live(story.store(), entry);
    ASSERT_TRUE(live) << live.error().message;
    verdict = live->verdict;
    text = live_text(*live, *entry.drill, false);
    json = live_json(*live, *entry.drill);
    because = entry.ended_because;
    desk.take_result(entry.drill->id, {verdict->met(), 1, json, text});
  }
  Result<LiveDrillPtr> start(DrillFault fault, std::string task = "chat",
                             DurationMs for_ms = 60'000) {
    DrillOrder order;
    order.fault = fault;
    order.target = "acme";
    order.tasks = {std::move(task)};
    order.for_ms = for_ms;
    order.share_ppm = 250'000;
    order.by = "ops";
    return desk.start(order);
  }
  Told ask(int number, const std::string& task = "chat") {
    Wish wish;
    wish.model = "task/" + task;
    wish.stream = number % 2 == 0;
    if (task == "json") wish.more = R"(,"response_format":{"type":"json_object"})";
    return story.ask(wish);
  }
  std::vector<Replay> records() {
    std::vector<Replay> all;
    for (const auto& [id, row] : story.store().records()) {
      Result<Replay> record = read_record(row.body, *rules_of(story));
      EXPECT_TRUE(record);
      if (record) all.push_back(std::move(*record));
    }
    return all;
  }
  // What is known of the real deployment.
  DeploymentFacts known(int deployment = 0) {
    return story.gateway()
        .facts_now(story.gateway().policy())
        .deployments[static_cast<std::size_t>(deployment)];
  }

  Story story;
  std::optional<DrillVerdict> verdict;
  std::string text, json, because;
  DrillDesk desk;
};

TEST(LiveDrillStory, AnOutageStrikesAShareAndNobodyElse) {
  Scene scene;
  for (int i = 0; i < 4; ++i) (void)scene.ask(i);
  const DeploymentFacts before = scene.known();
  const Result<LiveDrillPtr> drill = scene.start(DrillFault::outage);
  ASSERT_TRUE(drill) << drill.error().message;
  int struck = 0;
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t calls = scene.story.calls("acme");
    const Told told = scene.ask(i);
    EXPECT_EQ(told.status, 200) << told.body;
    const bool is_struck = told.header("x-wye-drill") == (*drill)->id;
    struck += is_struck ? 1 : 0;
    EXPECT_EQ(told.header("x-wye-drill").empty(), !is_struck);
    EXPECT_EQ(told.header("x-wye-deployment"), is_struck ? "second" : "first");
    EXPECT_EQ(scene.story.calls("acme") - calls, is_struck ? 0U : 1U) << "nobody is called";
  }
  EXPECT_GT(struck, 3);
  EXPECT_LT(struck, 20);
  EXPECT_EQ(scene.ask(0, "other").header("x-wye-drill"), "") << "a task that it may not strike";
  const DeploymentFacts after = scene.known();
  EXPECT_EQ(after.breaker, BreakerState::closed);
  EXPECT_EQ(after.window_bad, before.window_bad);
  EXPECT_EQ(after.consecutive_bad, 0);
  EXPECT_EQ(after.in_flight, 0);

  scene.story.pass(70'000);
  ASSERT_TRUE(scene.verdict) << "it ended by the clock, with nobody looking";
  EXPECT_EQ(scene.because, "its time was over");
  EXPECT_EQ(scene.verdict->disturbed.requests, struck);
  EXPECT_EQ(scene.verdict->disturbed.answered, struck);
  EXPECT_EQ(scene.verdict->undisturbed.requests, 40 - struck);
  EXPECT_EQ(scene.verdict->target_served_undisturbed, 40 - struck);
  EXPECT_TRUE(scene.verdict->met());
  EXPECT_GT(scene.verdict->extra_cost_nanousd, 0) << "the fallback is dearer";
  EXPECT_GE(scene.verdict->opened_after_us, 0) << "the drill's own circuit opens";
  EXPECT_NE(scene.text.find("✓ SURVIVED"), std::string::npos) << scene.text;
  EXPECT_NE(scene.json.find(R"("mode":"live")"), std::string::npos) << scene.json;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(scene.ask(i).header("x-wye-drill"), "");
}

struct Expected {
  DrillFault fault;
  FaultKind kind;
  bool calls_provider;
};

TEST(LiveDrillStory, EveryFaultFailsOverAndCostsWhatItCosts) {
  for (const Expected& expected :
       {Expected{DrillFault::outage, FaultKind::overloaded, false},
        Expected{DrillFault::rate_limit, FaultKind::rate_limit, false},
        Expected{DrillFault::hang, FaultKind::ttft, false},
        Expected{DrillFault::slow, FaultKind::ttft, true},
        Expected{DrillFault::cut, FaultKind::cut, true},
        Expected{DrillFault::invalid_json, FaultKind::invalid_output, true}}) {
    SCOPED_TRACE(to_string(expected.fault));
    Scene scene;
    const Result<LiveDrillPtr> drill = scene.start(expected.fault, "json", 300'000);
    ASSERT_TRUE(drill) << drill.error().message;
    for (int i = 0; i < 40; ++i) EXPECT_EQ(scene.ask(i, "json").status, 200);
    int injected = 0;
    for (const Replay& record : scene.records()) {
      EXPECT_FALSE(record.fault);
      for (const Outcome& outcome : record.outcomes) {
        EXPECT_FALSE(outcome.drill && record.drill.empty());
        if (!outcome.drill) continue;
        ++injected;
        EXPECT_EQ(outcome.deployment, 0);
        ASSERT_TRUE(outcome.fault || expected.fault == DrillFault::slow);
        // A whole answer that is slow has no first token.
        if (outcome.fault && record.ask.stream) {
          EXPECT_EQ(outcome.fault->kind, expected.kind);
        }
        EXPECT_EQ(outcome.cost_nanousd > 0, outcome.usage.output > 0);
        if (!expected.calls_provider) {
          EXPECT_EQ(outcome.cost_nanousd, 0);
        }
        if (!expected.calls_provider) {
          EXPECT_TRUE(outcome.cost_known);
        }
      }
    }
    EXPECT_GT(injected, 2);
    EXPECT_EQ((*drill)->pulse->injected, injected);
    EXPECT_EQ(scene.known().breaker, BreakerState::closed);
    EXPECT_EQ(scene.known().window_bad, 0);
    EXPECT_EQ(scene.known().limited_until, 0);
    EXPECT_LT(scene.known().ttft_us, 400'000) << "slowness that was played is not learnt";
    ASSERT_TRUE(scene.desk.stop((*drill)->id, "enough"));
    scene.story.pass(1'000);
    ASSERT_TRUE(scene.verdict);
    EXPECT_EQ(scene.verdict->disturbed.answered, scene.verdict->disturbed.requests);
  }
}

TEST(LiveDrillStory, AStreamThatIsCutIsGoneOnWithByAnother) {
  Scene scene;
  ASSERT_TRUE(scene.start(DrillFault::cut, "chat", 300'000));
  int gone_on = 0;
  for (int i = 0; i < 40; ++i) {
    Wish wish;
    wish.model = "task/chat";
    wish.stream = true;
    const Told told = scene.story.ask(wish);
    EXPECT_TRUE(told.looks_whole() || told.has_error_frame()) << told.body;
  }
  for (const Replay& record : scene.records()) {
    for (const Outcome& outcome : record.outcomes) {
      if (outcome.drill && outcome.committed && outcome.fault) ++gone_on;
    }
  }
  EXPECT_GT(gone_on, 0) << "some were cut after their client had the beginning";
}

TEST(LiveDrillStory, WhyTellsOfTheDrillAndReplaysItsDecision) {
  Scene scene;
  ASSERT_TRUE(scene.start(DrillFault::outage));
  for (int i = 0; i < 100; ++i) {
    if (!scene.ask(i).header("x-wye-drill").empty()) break;
  }
  const Why why = scene.story.why();
  EXPECT_TRUE(why.identical);
  const std::string text = why_text(why, false);
  EXPECT_NE(text.find("struck by drill_"), std::string::npos) << text;
  EXPECT_NE(text.find("played by the drill"), std::string::npos) << text;
}

TEST(LiveDrillStory, StoppingLetsGoOfWhatHangs) {
  Scene scene;
  const Result<LiveDrillPtr> drill = scene.start(DrillFault::hang);
  ASSERT_TRUE(drill);
  scene.story.after(300, [&] { ASSERT_TRUE(scene.desk.stop((*drill)->id, "enough")); });
  const std::vector<Told> answers = scene.story.ask_all(std::vector<Wish>(40));
  for (const Told& told : answers) {
    EXPECT_EQ(told.status, 200);
    if (told.header("x-wye-drill").empty()) continue;
    EXPECT_EQ(told.header("x-wye-fallback-reason").empty(), told.header("x-wye-attempts") == "1");
  }
  for (const Replay& record : scene.records()) {
    for (const Outcome& outcome : record.outcomes) {
      if (outcome.drill) {
        EXPECT_LT(outcome.duration_us, 400'000) << "its limit was a second";
      }
    }
  }
  scene.story.pass(1'000);
  EXPECT_EQ(scene.because, "enough");
  EXPECT_FALSE(scene.desk.stop((*drill)->id, "again"));
  EXPECT_EQ(scene.desk.stop("drill_0", "again").error().kind, FaultKind::not_found);
}

TEST(LiveDrillStory, AReloadKeepsItWhileItsTargetAndTaskAreThere) {
  Scene scene;
  const Result<LiveDrillPtr> drill = scene.start(DrillFault::outage);
  ASSERT_TRUE(drill);
  scene.take_over(policy);
  int struck = 0;
  for (int i = 0; i < 40; ++i) struck += scene.ask(i).header("x-wye-drill").empty() ? 0 : 1;
  EXPECT_GT(struck, 0);
  std::string without(policy);
  without.replace(without.find("  chat:"), 7, "  talk:");
  scene.take_over(without);
  scene.story.pass(1'000);
  EXPECT_NE(scene.because.find("there is no task \"chat\""), std::string::npos) << scene.because;
  EXPECT_TRUE(scene.verdict);
}

TEST(LiveDrillStory, OutOfBoundsNothingStarts) {
  Scene scene;
  const auto refused = [&](auto change) {
    DrillOrder order;
    order.target = "acme";
    order.tasks = {"chat"};
    order.for_ms = 60'000;
    order.share_ppm = 10'000;
    change(order);
    const Result<LiveDrillPtr> drill = scene.desk.start(order);
    return drill ? FaultKind::internal : drill.error().kind;
  };
  const FaultKind bad = FaultKind::bad_request;
  EXPECT_EQ(refused([](DrillOrder& order) { order.for_ms = 15 * 60'000 + 1; }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.for_ms = 0; }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.share_ppm = 250'001; }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.share_ppm = 0; }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.tasks.clear(); }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.tasks = {"chatt"}; }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.target = "acmee"; }), bad);
  EXPECT_EQ(refused([](DrillOrder& order) { order.fault = DrillFault::invalid_json; }), bad)
      << "the clients of this task would be given broken answers";
  ASSERT_TRUE(scene.start(DrillFault::outage));
  const Result<LiveDrillPtr> second = scene.start(DrillFault::hang, "other");
  ASSERT_FALSE(second);
  EXPECT_EQ(client_status(second.error()), 409);
  scene.desk.close();
  EXPECT_EQ(scene.desk.running(), nullptr);
  EXPECT_EQ(scene.start(DrillFault::outage).error().kind, FaultKind::shutting_down);
}

TEST(LiveDrillStory, WhatStruckNobodyWasNotSurvived) {
  Scene scene;
  ASSERT_TRUE(scene.start(DrillFault::outage, "chat", 1'000));
  scene.story.pass(3'000);
  ASSERT_TRUE(scene.verdict);
  EXPECT_FALSE(scene.verdict->met());
  EXPECT_NE(scene.text.find("no request was struck"), std::string::npos) << scene.text;
}

TEST(LiveDrillStory, ADryRunIsNotStruck) {
  Scene scene;
  ASSERT_TRUE(scene.start(DrillFault::outage));
  for (int i = 0; i < 40; ++i) {
    Wish wish;
    wish.headers.emplace_back("x-wye-dry-run", "1");
    EXPECT_EQ(scene.story.ask(wish).header("x-wye-drill"), "");
  }
}

}  // namespace
}  // namespace wye::story
