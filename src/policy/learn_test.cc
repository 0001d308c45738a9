// What attempts teach: the life of a circuit, pauses, smoothed times and headroom.
#include "policy/learn.h"

#include <gtest/gtest.h>

#include <limits>

#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

using enum FaultKind;

class Learn : public testing::Test {
 protected:
  void good(TimeMs started = -1) { end(std::nullopt, 200, started); }
  void bad(FaultKind kind = outage, int status = 500, TimeMs started = -1) {
    end(kind, status, started);
  }
  void end(std::optional<FaultKind> kind, int status, TimeMs started) {
    Outcome outcome;
    outcome.started = started < 0 ? now : started;
    outcome.status = status;
    if (kind) outcome.fault = fault(*kind, "");
    learn(health, reliability, outcome, now);
  }
  void wait(DurationMs time) {
    now += time;
    tick(health, rules, now);
  }
  const DeploymentFacts& facts() const { return health.facts; }
  BreakerState state() const { return health.facts.breaker; }

  Reliability reliability;
  BreakerRules& rules = reliability.breaker;
  Health health;
  TimeMs now = noon;
};

TEST_F(Learn, FailuresInARowOpenTheCircuit) {
  for (int i = 0; i < 4; ++i) bad();
  EXPECT_EQ(state(), BreakerState::closed);
  good();
  for (int i = 0; i < 4; ++i) bad();
  EXPECT_EQ(state(), BreakerState::closed);
  bad(overloaded);
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(facts().opened_at, now);
  EXPECT_EQ(facts().open_until, now + 5'000);
  EXPECT_EQ(facts().consecutive_bad, 5);
  EXPECT_EQ(facts().last_fault, static_cast<std::uint8_t>(overloaded));
}

TEST_F(Learn, TheErrorRateOpensItOnceThereAreEnough) {
  rules.consecutive = 0;
  for (int i = 0; i < 4; ++i) {
    good();
    bad();
  }
  bad();
  EXPECT_EQ(state(), BreakerState::closed) << "nine are too few";
  good();
  EXPECT_EQ(state(), BreakerState::closed) << "a success opens nothing";
  bad();
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(facts().window_ok, 5);
  EXPECT_EQ(facts().window_bad, 6);
}

TEST_F(Learn, FailuresFallOutOfTheWindow) {
  rules.consecutive = 0;
  for (int i = 0; i < 9; ++i) bad();
  wait(61'000);
  EXPECT_EQ(facts().window_bad, 0);
  bad();
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(Learn, OnlyWhatHurtsHealthCounts) {
  for (int i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    health = {};
    for (int n = 0; n < 20; ++n) bad(kind, 400);
    EXPECT_EQ(state() == BreakerState::open, traits(kind).hurts_health) << to_string(kind);
    EXPECT_EQ(facts().window_bad > 0, traits(kind).hurts_health) << to_string(kind);
  }
}

TEST_F(Learn, TheClientsFaultsNeitherCountNorResetTheCount) {
  for (int i = 0; i < 4; ++i) bad();
  bad(bad_request, 400);
  bad(rate_limit, 429);
  bad();
  EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(Learn, TheWholeLifeOfACircuit) {
  for (int i = 0; i < 5; ++i) bad();
  wait(4'999);
  EXPECT_EQ(state(), BreakerState::open);
  wait(1);
  EXPECT_EQ(state(), BreakerState::half_open);
  EXPECT_FALSE(facts().probe_taken);

  health.facts.probe_taken = true;  // the books, when the probe begins
  bad();
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_FALSE(facts().probe_taken);
  EXPECT_EQ(facts().open_until, now + 10'000) << "twice as long";
  wait(10'000);
  bad();
  EXPECT_EQ(facts().open_until, now + 20'000);
  wait(20'000);
  bad();
  EXPECT_EQ(facts().open_until, now + 30'000) << "no longer than the longest";
  wait(30'000);
  bad();
  EXPECT_EQ(facts().open_until, now + 30'000);
  wait(30'000);
  EXPECT_EQ(state(), BreakerState::half_open);

  good();
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_EQ(facts().consecutive_bad, 0);
  EXPECT_EQ(facts().window_bad, 0);
  for (int i = 0; i < 5; ++i) bad();
  EXPECT_EQ(facts().open_until, now + 5'000) << "the cooldown begins anew";
}

TEST_F(Learn, SeveralProbesMustBeAnsweredOneAfterAnother) {
  rules.half_open = 3;
  for (int i = 0; i < 5; ++i) bad();
  wait(5'000);
  for (int answered = 1; answered < 3; ++answered) {
    health.facts.probe_taken = true;  // the books, when the probe begins
    good();
    EXPECT_EQ(state(), BreakerState::half_open);
    EXPECT_FALSE(facts().probe_taken) << "the next one may go at once";
    EXPECT_EQ(facts().probes_ok, answered);
    EXPECT_EQ(facts().consecutive_bad, 5) << "it is not well yet";
  }
  good();
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_EQ(facts().probes_ok, 0);
  EXPECT_EQ(facts().consecutive_bad, 0);
  EXPECT_EQ(facts().window_bad, 0);
}

TEST_F(Learn, AFailedProbeTakesThoseBeforeItAlong) {
  rules.half_open = 2;
  for (int i = 0; i < 5; ++i) bad();
  wait(5'000);
  good();
  bad();
  EXPECT_EQ(state(), BreakerState::open);
  EXPECT_EQ(facts().probes_ok, 0);
  EXPECT_EQ(facts().open_until, now + 10'000) << "twice as long, for it was not well";
  wait(10'000);
  good();
  EXPECT_EQ(state(), BreakerState::half_open);
  good();
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(Learn, AProbeThatSaysNothingIsNotCountedAmongThem) {
  rules.half_open = 2;
  for (int i = 0; i < 5; ++i) bad();
  const TimeMs before = now;
  wait(5'000);
  good();
  health.facts.probe_taken = true;
  bad(client_gone, 0);
  EXPECT_EQ(facts().probes_ok, 1) << "nor does it take the others along";
  EXPECT_FALSE(facts().probe_taken);
  good(before);
  EXPECT_EQ(facts().probes_ok, 1) << "what began before the cooldown was over is no probe";
  bad(bad_request, 400);
  EXPECT_EQ(state(), BreakerState::closed) << "any answer proves that the provider is there";
}

// A reload may ask for fewer than were answered.
TEST_F(Learn, FewerProbesAfterAReloadAreEnough) {
  rules.half_open = 9;
  for (int i = 0; i < 5; ++i) bad();
  wait(5'000);
  for (int i = 0; i < 4; ++i) good();
  EXPECT_EQ(state(), BreakerState::half_open);
  rules.half_open = 2;
  good();
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(Learn, LearningTicksByItself) {
  for (int i = 0; i < 5; ++i) bad();
  now += 5'000;
  good();  // nobody ticked
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(Learn, AttemptsThatBeganBeforeAreNoProbes) {
  for (int i = 0; i < 5; ++i) bad();
  const TimeMs before = now;
  good(before);
  EXPECT_EQ(state(), BreakerState::open) << "a late success does not close it";
  wait(5'000);
  health.facts.probe_taken = true;
  good(before);
  EXPECT_EQ(state(), BreakerState::half_open);
  EXPECT_TRUE(facts().probe_taken) << "the probe is still under way";
  bad(outage, 500, before);
  EXPECT_EQ(state(), BreakerState::half_open) << "nor does a late failure open it";
  good();
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(Learn, AnyAnswerOfAProbeProvesThatTheProviderIsThere) {
  for (const FaultKind kind : {bad_request, rate_limit, content_filter, context_window}) {
    health = {};
    for (int i = 0; i < 5; ++i) bad();
    wait(5'000);
    bad(kind, 400);
    EXPECT_EQ(state(), BreakerState::closed) << to_string(kind);
  }
}

TEST_F(Learn, AProbeWhoseClientLeftProvesNothingAndFreesItsPlace) {
  for (int i = 0; i < 5; ++i) bad();
  wait(5'000);
  health.facts.probe_taken = true;
  bad(client_gone, 0);
  EXPECT_EQ(state(), BreakerState::half_open);
  EXPECT_FALSE(facts().probe_taken);
}

TEST_F(Learn, WhatWasNeverStartedTeachesNothing) {
  for (int i = 0; i < 5; ++i) bad();
  wait(5'000);
  health.facts.probe_taken = true;
  const Health before = health;
  bad(no_candidate, 0);
  EXPECT_EQ(health, before);
}

// Of many that decide at the same half-open facts one probes, and the rest go elsewhere.
TEST_F(Learn, HalfOpenAdmitsOneProbeByTheFacts) {
  RulesBuilder build;
  const int a = build.deployment("a");
  const int b = build.deployment("b");
  build.route("r", {a, b});
  build.build();
  Facts world = healthy(build.rules);
  world.deployments[0].breaker = BreakerState::half_open;
  Plan plan = decide(build.rules, ask_for("r"), world);
  EXPECT_EQ(plan.steps.at(0).deployment, a);
  EXPECT_TRUE(plan.steps[0].probe);
  world.deployments[0].probe_taken = true;
  plan = decide(build.rules, ask_for("r"), world);
  EXPECT_EQ(plan.steps.at(0).deployment, b);
  EXPECT_EQ(plan.refusals.at(0).reason, RefusalReason::probing);
}

// --- pauses ---

TEST_F(Learn, ARateLimitPausesForAsLongAsTheProviderSays) {
  Outcome outcome;
  outcome.status = 429;
  outcome.fault = fault(rate_limit, "");
  outcome.fault->retry_after_ms = 7'000;
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + 7'000);

  health = {};
  outcome.fault->retry_after_ms = -1;
  outcome.limits = {100, 0, 12'000, 1000, 500, 90'000};
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + 12'000) << "the limit that is used up says when it resets";
}

TEST_F(Learn, ASilentRateLimitPausesLongerEachTimeUntilASuccess) {
  for (const DurationMs pause : {1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 60'000, 60'000}) {
    bad(rate_limit, 429);
    EXPECT_EQ(facts().limited_until, now + pause);
    now += pause;
  }
  good();
  bad(rate_limit, 429);
  EXPECT_EQ(facts().limited_until, now + 1'000);
}

TEST_F(Learn, AShorterWaitDoesNotShortenALongerOne) {
  Outcome outcome;
  outcome.fault = fault(rate_limit, "");
  outcome.fault->retry_after_ms = 30'000;
  learn(health, reliability, outcome, now);
  outcome.fault->retry_after_ms = 100;
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + 30'000);
}

TEST_F(Learn, OverloadWithARetryAfterPausesAndHurts) {
  Outcome outcome;
  outcome.fault = fault(overloaded, "");
  outcome.fault->retry_after_ms = 3'000;
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + 3'000);
  EXPECT_EQ(facts().window_bad, 1);
}

TEST_F(Learn, CredentialsAndQuotaTakeItOutForLonger) {
  for (const FaultKind kind : {auth, permission, model_gone}) {
    health = {};
    bad(kind, 401);
    EXPECT_EQ(facts().out_until, now + 60'000) << to_string(kind);
  }
  health = {};
  bad(quota, 429);
  EXPECT_EQ(facts().out_until, now + 300'000);
  wait(1'000);
  good(now - 2'000);
  EXPECT_NE(facts().out_until, 0) << "a success of before says nothing";
  wait(300'000);
  good();
  EXPECT_EQ(facts().out_until, 0);
}

TEST_F(Learn, OneProbeFindsOutWhetherWhatWasOutIsMended) {
  for (const FaultKind kind : {quota, auth, permission, model_gone}) {
    SCOPED_TRACE(to_string(kind));
    health = {};
    bad(kind, 401);
    EXPECT_EQ(state(), BreakerState::open) << "one is enough";
    wait(facts().out_until - now);
    EXPECT_EQ(state(), BreakerState::half_open);
    bad(kind, 401);
    EXPECT_EQ(state(), BreakerState::open);
    EXPECT_GT(facts().out_until, now);
    wait(facts().out_until - now);
    good();
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_EQ(facts().out_until, 0);
  }
}

TEST_F(Learn, NoProviderIsBelievedForEver) {
  Outcome outcome;
  outcome.fault = fault(rate_limit, "");
  outcome.fault->retry_after_ms = 1'000'000'000'000'000;
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + wait_believed_max_ms);
}

// --- smoothed times and headroom ---

Outcome answer(std::int64_t ttft_us, std::int64_t duration_us, std::int64_t output) {
  Outcome outcome;
  outcome.status = 200;
  outcome.ttft_us = ttft_us;
  outcome.duration_us = duration_us;
  outcome.usage.input = 10;
  outcome.usage.output = output;
  return outcome;
}

TEST_F(Learn, TheTailsOfFirstTokensAndOfWholeAnswersAreKeptApart) {
  reliability.hedge.percentile = 90;
  for (int i = 0; i < 50; ++i) {
    learn(health, reliability, answer(-1, 2'000'000, 100), now);
  }
  EXPECT_EQ(facts().ttft_tail_us, -1);
  EXPECT_GE(facts().whole_tail_us, 2'000'000);
  EXPECT_LT(facts().whole_tail_us, 2'600'000);
  Outcome streamed = answer(100'000, 9'000'000, 100);
  streamed.committed = true;
  for (int i = 0; i < 50; ++i) learn(health, reliability, streamed, now);
  EXPECT_GE(facts().ttft_tail_us, 100'000);
  EXPECT_LT(facts().ttft_tail_us, 130'000);
  EXPECT_LT(facts().whole_tail_us, 2'600'000) << "what its client read as it came is not whole";
}

TEST_F(Learn, WhatHasNoTokensOrFailedIsNoWholeAnswer) {
  reliability.hedge.percentile = 90;
  Outcome overtaken = answer(-1, 2'000'000, 100);
  overtaken.fault = fault(hedged, "");
  for (int i = 0; i < 50; ++i) {
    learn(health, reliability, answer(-1, 2'000'000, 0), now);
    learn(health, reliability, overtaken, now);
  }
  EXPECT_EQ(facts().whole_tail_us, -1);
}

TEST_F(Learn, TimesAreSmoothedByAnEighth) {
  learn(health, reliability, answer(800'000, 1'790'000, 100), now);
  EXPECT_EQ(facts().ttft_us, 800'000);
  EXPECT_EQ(facts().us_per_token, 10'000);
  learn(health, reliability, answer(1'600'000, 1'600'000 + 99 * 2'000, 100), now);
  EXPECT_EQ(facts().ttft_us, 900'000);
  EXPECT_EQ(facts().us_per_token, 9'000);
  learn(health, reliability, answer(900'000, 900'000, 1), now);
  EXPECT_EQ(facts().us_per_token, 9'000) << "one token has no speed";
}

TEST_F(Learn, AnswersThatWereNotStreamedTeachSpeed) {
  learn(health, reliability, answer(-1, 1'000'000, 100), now);
  EXPECT_EQ(facts().ttft_us, -1);
  EXPECT_EQ(facts().us_per_token, 10'000);
  health = {};
  learn(health, reliability, answer(500'000, 500'000, 1), now);
  learn(health, reliability, answer(-1, 1'000'000, 100), now);
  EXPECT_EQ(facts().us_per_token, 5'000);
  health = {};
  learn(health, reliability, answer(-1, 40'000, 0), now);
  EXPECT_EQ(facts().ttft_us, 40'000) << "embeddings have nothing but a wait";
}

TEST_F(Learn, WaitingInVainForTheFirstTokenCountsAsAWait) {
  Outcome outcome = answer(-1, 30'000'000, 0);
  outcome.fault = fault(ttft, "");
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().ttft_us, 30'000'000);
}

TEST_F(Learn, HeadroomLastsUntilTheReset) {
  Outcome outcome = answer(1, 2, 3);
  outcome.limits = {900, 225, 30'000, 200'000, 200'000, -1};
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().requests_left_ppm, 250'000);
  EXPECT_EQ(facts().tokens_left_ppm, 1'000'000);
  wait(30'000);
  EXPECT_EQ(facts().requests_left_ppm, -1);
  EXPECT_EQ(facts().tokens_left_ppm, 1'000'000);
  wait(30'000);
  EXPECT_EQ(facts().tokens_left_ppm, -1) << "who does not say resets within a minute";
}

TEST_F(Learn, TheLastRequestOfALimitIsFollowedByNoneUntilItHasRoomAgain) {
  Outcome outcome = answer(1, 2, 3);
  outcome.limits = {900, 1, 30'000, 200'000, 5, 40'000};
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, 0);
  outcome.limits = {900, 0, 30'000, 200'000, 5, 40'000};
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + 30'000);
  outcome.limits = {900, 0, 30'000, 200'000, 0, 40'000};
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, now + 40'000);
  health = {};
  outcome.limits = {900, 0, -1, -1, -1, -1};
  learn(health, reliability, outcome, now);
  EXPECT_EQ(facts().limited_until, 0) << "nobody says until when";
}

TEST_F(Learn, TheMinuteCountsRequestsAndTokens) {
  learn(health, reliability, answer(1, 2, 90), now);
  bad(rate_limit, 429);
  EXPECT_EQ(facts().minute_requests, 2);
  EXPECT_EQ(facts().minute_tokens, 100);
  wait(61'000);
  EXPECT_EQ(facts().minute_requests, 0);
  EXPECT_EQ(facts().minute_tokens, 0);
}

TEST_F(Learn, UsageThatNobodyMeansDoesNotOverflow) {
  Outcome outcome = answer(1, 2, std::numeric_limits<std::int64_t>::max());
  outcome.usage.input = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 100; ++i) learn(health, reliability, outcome, now);
  EXPECT_GT(facts().minute_tokens, 0);
}

TEST_F(Learn, ItIsAPureTransition) {
  for (int i = 0; i < 3; ++i) bad();
  Health copy = health;
  const Outcome outcome = answer(5, 10, 3);
  learn(health, reliability, outcome, now + 50);
  learn(copy, reliability, outcome, now + 50);
  EXPECT_EQ(health, copy);
}

TEST(SlidingCount, HoldsBetweenElevenAndTwelveTwelfths) {
  SlidingCount count;
  count.advance(0, 12'000);
  count.add(1, 10);
  count.advance(999, 12'000);
  count.add(1, 10);
  count.advance(11'999, 12'000);
  EXPECT_EQ(count.first(), 2);
  EXPECT_EQ(count.second(), 20);
  count.advance(12'000, 12'000);
  EXPECT_EQ(count.first(), 0);
}

TEST(SlidingCount, SurvivesJumpsOfTheClockAndOfTheConfiguration) {
  SlidingCount count;
  count.advance(1'000'000, 60'000);
  count.add(3, 0);
  count.advance(900'000, 60'000);  // backwards
  EXPECT_EQ(count.first(), 3);
  count.add(1, 0);
  EXPECT_EQ(count.first(), 4);
  count.advance(900'000'000, 60'000);
  EXPECT_EQ(count.first(), 0);
  count.add(5, 0);
  count.advance(900'000'000, 1);  // another span: begins anew
  EXPECT_EQ(count.first(), 0);
}

}  // namespace
}  // namespace wye::test
