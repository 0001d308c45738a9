// Stories of failover: what providers do, what the client and the providers see of it.
#include <fmt/format.h>
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
routes:
  main: { strategy: priority, deployments: [first] }
tasks:
  chat:
    route: main
    latency: { ttft: 2s, stall: 1s, total: 20s }
    fallbacks:
      - { to: second, after: [outage, timeout, ttft, stall, cut, rate_limit, quota, overloaded, context_window, auth, permission, model_gone] }
reliability:
  retries: { max: 2, backoff: 100ms..1s, jitter: 20%, honor_retry_after: 10s, budget: { share: 10%, floor: 3/s } }
  circuit_breaker: { window: 60s, min_requests: 10, error_rate: 50%, consecutive: 5, cooldown: 5s..30s, half_open: 1 }
  deadline: 60s
)";

Wish streamed() {
  Wish wish;
  wish.stream = true;
  return wish;
}

TEST(FailoverStory, AHealthyPrimaryServes) {
  Story story(two_vendors);
  for (const bool stream : {false, true}) {
    Wish wish;
    wish.stream = stream;
    const Told told = story.ask(wish);
    EXPECT_EQ(told.status, 200);
    EXPECT_FALSE(told.text().empty());
    EXPECT_EQ(told.header("x-wye-deployment"), "first");
    EXPECT_EQ(told.header("x-wye-attempts"), "1");
    EXPECT_TRUE(told.clean_end);
    EXPECT_EQ(told.looks_whole(), stream);
  }
  EXPECT_EQ(story.calls("backup"), 0U);
  EXPECT_EQ(story.store().records().size(), 2U);
}

TEST(FailoverStory, AnAnswerBeyondTheLimitIsTheClientsToAskShorterAndNoFaultOfItsProvider) {
  Story story(std::string(two_vendors) + "server: { limits: { answer: 2KiB } }\n");
  ASSERT_TRUE(story.provider("acme").change(R"({"words_min":1000,"words_max":1000})"));
  for (int i = 0; i < 6; ++i) {  // once more than what opens a circuit
    const Told told = story.ask();
    EXPECT_EQ(told.status, 502);
    EXPECT_NE(told.body.find("ask for a shorter one"), std::string::npos) << told.body;
    EXPECT_EQ(told.header("x-wye-attempts"), "1") << "nobody else would be shorter";
  }
  EXPECT_EQ(story.calls("acme"), 6U);
  EXPECT_EQ(story.calls("backup"), 0U);
  ASSERT_TRUE(story.provider("acme").change(R"({"words_min":10,"words_max":10})"));
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
}

TEST(FailoverStory, OneServerErrorIsRetriedInTheSamePlace) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"status_500","count":1})"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  EXPECT_EQ(story.calls("acme"), 2U);
  EXPECT_EQ(story.calls("backup"), 0U);
}

TEST(FailoverStory, ADeadProviderIsNotSeenByClients) {
  for (const char* fault : {"status_500", "status_503", "reset", "garbage", "html_200", "auth",
                            "quota", "model_gone", "wrong_length", "cut", "error_event"}) {
    for (const bool stream : {false, true}) {
      SCOPED_TRACE(std::string(fault) + (stream ? " streamed" : ""));
      Story story(two_vendors);
      const std::string setting =
          std::string(R"({"faults":[{"kind":")") + fault + R"(","after_tokens":0}]})";
      ASSERT_TRUE(story.provider("acme").change(setting));
      Wish wish;
      wish.stream = stream;
      const Told told = story.ask(wish);
      EXPECT_EQ(told.status, 200) << told.body;
      EXPECT_EQ(told.header("x-wye-deployment"), "second");
      EXPECT_FALSE(told.text().empty());
      EXPECT_TRUE(told.clean_end);
      EXPECT_FALSE(told.header("x-wye-fallback-reason").empty());
      EXPECT_LE(story.calls("acme"), 3U);
      EXPECT_TRUE(story.why().identical);
      EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
    }
  }
}

TEST(FailoverStory, ASilentProviderCostsOneAttemptAndOneTimeout) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"("hang")"));
  const Told told = story.ask(streamed());
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(told.header("x-wye-fallback-reason"), "ttft");
  EXPECT_EQ(story.calls("acme"), 1U);
  EXPECT_LT(told.took_ms, 4'000);
}

TEST(FailoverStory, ASlowFirstTokenMovesOnInTime) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"slow_first_token","wait_ms":20000})"));
  const Told told = story.ask(streamed());
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_LT(told.took_ms, 15'000);
}

TEST(FailoverStory, ACutAfterTheFirstTokenIsAnErrorAndNeverACleanEnd) {
  std::string policy(two_vendors);
  policy.replace(policy.find("    route: main\n"), 0, "    stream: { resume: false }\n");
  for (const char* fault : {"cut", "stall", "error_event"}) {
    SCOPED_TRACE(fault);
    Story story(policy);
    const std::string setting =
        std::string(R"({"words_min":60,"tokens_per_second":100,"faults":[{"kind":")") + fault +
        R"(","after_tokens":10}]})";
    ASSERT_TRUE(story.provider("acme").change(setting));
    const Told told = story.ask(streamed());
    EXPECT_EQ(told.status, 200);
    EXPECT_FALSE(told.text().empty());
    EXPECT_TRUE(told.has_error_frame()) << told.body;
    EXPECT_FALSE(told.looks_whole());
    EXPECT_FALSE(told.clean_end);
    const Why why = story.why();
    ASSERT_TRUE(why.record.fault);
    EXPECT_TRUE(why.record.outcomes.back().committed);
  }
}

TEST(FailoverStory, AMalformedEventIsSkippedWhenTheStreamEndsWhole) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"malformed_event","after_tokens":3})"));
  const Told told = story.ask(streamed());
  EXPECT_TRUE(told.looks_whole());
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  EXPECT_EQ(story.why().record.outcomes.front().events_malformed, 1);
}

TEST(FailoverStory, AStreamWithoutItsEndMarkerIsFinished) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"("no_done")"));
  const Told told = story.ask(streamed());
  EXPECT_TRUE(told.looks_whole());
  EXPECT_LT(told.took_ms, 8'000);
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
}

TEST(FailoverStory, ARateLimitMovesOnAtOnceAndIsLeftAlone) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"rate_limit","retry_after_ms":5000})"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_LT(told.took_ms, 1'000);
  story.pass(50);
  const Told next = story.ask();
  EXPECT_EQ(next.header("x-wye-deployment"), "second");
  EXPECT_EQ(story.calls("acme"), 1U) << "asked again although it said to wait";
  const Why why = story.why();
  ASSERT_FALSE(why.plan.refusals.empty());
  EXPECT_EQ(why.plan.refusals.front().reason, RefusalReason::rate_limited);
}

TEST(FailoverStory, ClientFaultsAreTheClientsAndHurtNobody) {
  for (const char* fault : {"bad_request", "content_filter"}) {
    SCOPED_TRACE(fault);
    Story story(two_vendors);
    const std::string setting = std::string(R"({"faults":[")") + fault + R"("]})";
    ASSERT_TRUE(story.provider("acme").change(setting));
    for (int i = 0; i < 12; ++i) {
      const Told told = story.ask();
      EXPECT_EQ(told.status, 400);
      EXPECT_EQ(told.header("x-should-retry"), "false");
    }
    EXPECT_EQ(story.calls("acme"), 12U) << "exactly one attempt each, and the circuit stays closed";
    EXPECT_EQ(story.calls("backup"), 0U);
  }
}

TEST(FailoverStory, ATooLongRequestGoesToTheLargerWindow) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"("context_length")"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(story.calls("acme"), 1U);
}

TEST(FailoverStory, TheCircuitOpensIsProbedOnceAndCloses) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"({"kind":"status_503","retry_after_ms":-1})"));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(story.ask().status, 200);
    story.pass(20);
  }
  const std::uint64_t before = story.calls("acme");
  EXPECT_LE(before, 5U) << "an open circuit is left alone";

  story.pass(6'000);  // the cooldown is over; the provider is still dead
  std::vector<Wish> many(20);
  for (const Told& told : story.ask_all(many)) EXPECT_EQ(told.status, 200);
  EXPECT_EQ(story.calls("acme"), before + 1) << "one probe, however many requests there are";

  ASSERT_TRUE(story.strike("acme", ""));
  story.pass(31'000);
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
  story.pass(50);
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
}

TEST(FailoverStory, ACircuitThatWantsSeveralProbesIsProbedOneByOneUntilAllAreAnswered) {
  std::string policy(two_vendors);
  policy.replace(policy.find("half_open: 1"), 12, "half_open: 3");
  Story story(policy);
  const auto known = [&] {
    return story.gateway().facts_now(story.gateway().policy()).deployments[0];
  };
  ASSERT_TRUE(story.strike("acme", R"({"kind":"status_503","retry_after_ms":-1})"));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(story.ask().status, 200);
    story.pass(20);
  }
  ASSERT_EQ(known().breaker, BreakerState::open);

  ASSERT_TRUE(story.strike("acme", ""));
  story.pass(6'000);
  for (int answered = 1; answered < 3; ++answered) {
    const std::uint64_t before = story.calls("acme");
    for (const Told& told : story.ask_all(std::vector<Wish>(10))) EXPECT_EQ(told.status, 200);
    story.pass(50);
    EXPECT_EQ(story.calls("acme"), before + 1) << "one at a time";
    EXPECT_EQ(known().breaker, BreakerState::half_open);
    EXPECT_EQ(known().probes_ok, answered);
    EXPECT_TRUE(story.why().identical);
  }
  // It fails again: what was answered before does not count.
  ASSERT_TRUE(story.strike("acme", R"({"kind":"status_503","retry_after_ms":-1,"count":1})"));
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "second");
  story.pass(50);
  EXPECT_EQ(known().breaker, BreakerState::open);
  EXPECT_EQ(known().probes_ok, 0);
  story.pass(31'000);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(known().breaker, BreakerState::half_open);
    EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
    story.pass(50);
  }
  EXPECT_EQ(known().breaker, BreakerState::closed);
}

TEST(FailoverStory, AnUnknownWindowIsAskedAfterTheLargerOnes) {
  std::string policy(two_vendors);
  policy.replace(policy.find("    fallbacks:\n"), 15,
                 "    fallbacks:\n      - { to: unknown, after: [context_window] }\n");
  policy.replace(
      policy.find("routes:\n"), 8,
      "  unknown: { provider: other, model: sim-c, price: { input: $1/M, output: $2/M }, "
      "abilities: [stream, tools] }\nroutes:\n");
  policy.replace(policy.find("deployments:\n"), 13,
                 "  other:  { kind: openai_compatible, base_url: \"http://other.sim/v1\" "
                 "}\ndeployments:\n");
  Story story(policy);
  ASSERT_TRUE(story.strike("acme", R"("context_length")"));
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "second") << "which is known to be larger";
  ASSERT_TRUE(story.strike("backup", R"("context_length")"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(told.header("x-wye-deployment"), "unknown");
  EXPECT_EQ(told.header("x-wye-fallback-reason"), "context_window");
  EXPECT_EQ(told.header("x-wye-attempts"), "3");
  EXPECT_EQ(story.why().steps.verdict, StepsReplay::Verdict::identical);
}

TEST(FailoverStory, WhenNobodyCanServeTheClientGetsOneCleanError) {
  for (const bool stream : {false, true}) {
    Story story(two_vendors);
    ASSERT_TRUE(story.strike("acme", R"("status_500")"));
    ASSERT_TRUE(story.strike("backup", R"("reset")"));
    Wish wish;
    wish.stream = stream;
    const Told told = story.ask(wish);
    EXPECT_GE(told.status, 500);
    EXPECT_TRUE(told.clean_end);
    EXPECT_EQ(told.header("x-should-retry"), "false");
    EXPECT_NE(told.body.find("\"error\""), std::string::npos);
    EXPECT_NE(told.body.find("first"), std::string::npos) << "the message names what was tried";
    EXPECT_EQ(story.store().records().size(), 1U);
  }
}

TEST(FailoverStory, BothDownIsOneErrorInTheWordsOfTheClient) {
  for (const DialectId client : {DialectId::openai, DialectId::anthropic, DialectId::gemini}) {
    for (const bool stream : {false, true}) {
      SCOPED_TRACE(fmt::format("{}{}", to_string(client), stream ? " streamed" : ""));
      Story story(two_vendors);
      ASSERT_TRUE(story.strike("acme", R"("status_500")"));
      ASSERT_TRUE(story.strike("backup", R"("status_500")"));
      Wish wish;
      wish.dialect = client;
      wish.stream = stream;
      const Told told = story.ask(wish);
      EXPECT_EQ(told.status, 502);
      EXPECT_TRUE(told.clean_end);
      EXPECT_EQ(told.header("x-should-retry"), "false");
      EXPECT_EQ(told.header("content-type"), "application/json");
      // As each vendor's own clients look for it.
      const std::string_view shape = client == DialectId::anthropic ? R"("type":"error")"
                                     : client == DialectId::gemini  ? R"("status":")"
                                                                    : R"("code":)";
      EXPECT_NE(told.body.find(shape), std::string::npos) << told.body;
      EXPECT_EQ(told.body.find("data:"), std::string::npos) << "no stream had begun";
      EXPECT_LE(story.calls("acme") + story.calls("backup"), 6U);
      EXPECT_GE(story.calls("backup"), 1U);
    }
  }
}

TEST(FailoverStory, ARetryAfterBeyondTheDeadlineIsNotWaitedFor) {
  std::string alone(two_vendors);
  const std::size_t from = alone.find("    fallbacks:\n");
  alone.erase(from, alone.find("reliability:") - from);
  const auto replace = [&](std::string_view what, std::string_view by) {
    alone.replace(alone.find(what), what.size(), by);
  };
  replace("honor_retry_after: 10s", "honor_retry_after: 60s");
  replace("deadline: 60s", "deadline: 5s");
  for (const char* fault : {"rate_limit", "status_503"}) {
    for (const bool stream : {false, true}) {
      SCOPED_TRACE(fmt::format("{}{}", fault, stream ? " streamed" : ""));
      Story story(alone);
      ASSERT_TRUE(story.provider("acme").change(
          fmt::format(R"({{"faults":[{{"kind":"{}","retry_after_ms":30000}}]}})", fault)));
      Wish wish;
      wish.stream = stream;
      const Told told = story.ask(wish);
      EXPECT_GE(told.status, 429);
      EXPECT_LT(told.took_ms, 1'000) << "told at once";
      EXPECT_EQ(told.header("retry-after"), "30") << "and how long to wait";
      EXPECT_EQ(story.calls("acme"), 1U);
      story.pass(50);
      EXPECT_GE(story.ask(wish).status, 429);
      EXPECT_EQ(story.calls("acme"), 1U) << "nor is it asked before";
    }
  }
}

TEST(FailoverStory, RefusedAndUnknownHostsAreOutages) {
  for (const bool unknown : {false, true}) {
    Story story(two_vendors);
    (unknown ? story.network("acme").unresolvable : story.network("acme").refuse) = true;
    const Told told = story.ask();
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(told.header("x-wye-deployment"), "second");
    EXPECT_EQ(told.header("x-wye-fallback-reason"), "outage");
  }
}

const std::string acme_and_backup = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M }, context: 128k, abilities: [stream] }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M }, context: 200k, abilities: [stream] }
)";

// The first one takes nearly all of the time, and the second is late for it: that says nothing of
// the second.
TEST(FailoverStory, AProviderThatHangsDoesNotTakeItsFallbackDown) {
  Story story(acme_and_backup + R"(tasks:
  chat:
    route: first
    latency: { total: 2s }
    fallbacks: [ { to: second, after: [timeout] } ]
reliability:
  retries: { max: 0 }
  circuit_breaker: { consecutive: 3 }
  deadline: 2500ms
)");
  ASSERT_TRUE(story.strike("acme", R"("hang")"));
  ASSERT_TRUE(story.provider("backup").change(R"({"ttft_ms":1000})"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(story.ask().status, 504);
  EXPECT_EQ(story.calls("backup"), 3U);
  story.pass(1'000);
  const Facts facts = story.gateway().facts_now(story.gateway().policy());
  EXPECT_NE(facts.deployments[0].breaker, BreakerState::closed);
  EXPECT_EQ(facts.deployments[1].breaker, BreakerState::closed);
  EXPECT_EQ(facts.deployments[1].window_bad, 0);
}

// With nothing said of how long a whole answer may take, there is time left for somebody else.
TEST(FailoverStory, AHangingProviderLeavesTimeForItsFallback) {
  Story story(acme_and_backup + R"(tasks:
  chat:  { route: first, fallbacks: [ { to: second } ] }
  alone: { route: first, fallbacks: [ { to: second, after: [quota] } ] }
)");
  ASSERT_TRUE(story.strike("acme", R"("hang")"));
  const Told told = story.ask();
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.header("x-wye-deployment"), "second");
  EXPECT_EQ(told.header("x-wye-fallback-reason"), "timeout");
  EXPECT_LT(told.took_ms, 40'000);
  Wish alone;
  alone.model = "task/alone";
  const Told late = story.ask(alone);
  EXPECT_EQ(late.status, 504);
  EXPECT_GT(late.took_ms, 50'000) << "nobody else could use the time";
}

// A provider that cannot be asked for it is not asked, so it has shown nothing.
TEST(FailoverStory, WhatTheGatewayCountsItselfSaysNothingOfAProvider) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  Wish count;
  count.dialect = DialectId::anthropic;
  count.raw_target = "/v1/messages/count_tokens";
  count.raw_body = R"({"model":"task/chat","messages":[{"role":"user","content":"hello"}]})";
  EXPECT_EQ(story.ask(count).status, 200);
  EXPECT_EQ(story.calls("acme"), 0U);
  story.pass(1'000);
  const Facts facts = story.gateway().facts_now(story.gateway().policy());
  EXPECT_EQ(facts.deployments[0].window_ok, 0);
  EXPECT_EQ(facts.deployments[0].minute_requests, 0);
}

TEST(FailoverStory, ATotalOutageIsNotMadeWorseByRetries) {
  Story story(two_vendors);
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  constexpr int requests = 400;
  for (int i = 0; i < requests; ++i) {
    story.ask();
    story.pass(5);
  }
  EXPECT_LT(story.calls("acme") + story.calls("backup"), static_cast<std::uint64_t>(requests) / 4)
      << "open circuits answer for most of them";
}

}  // namespace
}  // namespace wye::story
