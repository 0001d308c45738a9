// Every branch of what follows an attempt.
#include "policy/next.h"

#include <gtest/gtest.h>

#include "policy/backoff.h"
#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

using enum FaultKind;

// A route of two, a fallback, and what the test adds.
class Next : public testing::Test {
 protected:
  Next() {
    for (const char* name : {"a", "b", "c", "d"}) build.deployment(name);
    task = build.task("extract", build.route("fast", {0, 1}));
    build.rules.reliability.retries.jitter_ppm = 0;
    facts.now = noon;
    facts.started = noon;
  }

  const Plan& decided() {
    if (!made) {
      build.build();
      plan = decide(build.rules, ask_for("task/extract"), healthy(build.rules, seed));
      made = true;
    }
    return plan;
  }
  // The attempt at a step ended with this, at the present time.
  Outcome& failed(int step, FaultKind kind, int status = 500, std::int64_t retry_after_ms = -1) {
    Outcome one;
    one.step = step;
    one.deployment = decided().steps.at(static_cast<std::size_t>(step)).deployment;
    one.started = facts.now;
    one.status = status;
    one.first_byte_us = status > 0 ? 1000 : -1;
    one.fault = fault(kind, "It went wrong.");
    one.fault->retry_after_ms = retry_after_ms;
    one.fault->provider_status = status;
    return outcomes.emplace_back(one);
  }
  Outcome& unreachable(int step) {
    Outcome& one = failed(step, outage, 0);
    one.fault->message = "connection refused";
    return one;
  }
  Step step() { return next(decided(), build.rules, outcomes, facts); }

  // "attempt 1", "retry 0 +500", "degrade 2", "answer 3", "stop", "stop outage".
  std::string said() {
    const Step made_step = step();
    switch (made_step.kind) {
      case Step::Kind::attempt:
        if (made_step.is_retry) {
          return "retry " + std::to_string(made_step.index) + " +" +
                 std::to_string(made_step.wait_ms);
        }
        return "attempt " + std::to_string(made_step.index);
      case Step::Kind::degrade: return "degrade " + std::to_string(made_step.index);
      case Step::Kind::answer: return "answer " + std::to_string(made_step.index);
      case Step::Kind::stop:
        return made_step.fault ? "stop " + std::string(to_string(made_step.fault->kind)) : "stop";
    }
    return "";
  }

  RulesBuilder build;
  int task;
  std::uint64_t seed = 1;
  Plan plan;
  bool made = false;
  NextFacts facts;
  std::vector<Outcome> outcomes;
};

TEST_F(Next, TheFirstCallGivesTheFirstAttempt) {
  EXPECT_EQ(said(), "attempt 0");
  EXPECT_EQ(step().wait_ms, 0);
  EXPECT_EQ(step().reason, "first choice");
}

TEST_F(Next, APlanWithoutStepsStopsWithItsFault) {
  plan.fault = fault(not_found, "No such model.");
  made = true;
  EXPECT_EQ(said(), "stop not_found");
}

TEST_F(Next, AWholeAnswerStops) {
  failed(0, outage).fault.reset();
  EXPECT_EQ(said(), "stop");
}

TEST_F(Next, AWholeAnswerStopsEvenWhenTheClientLeftOrTimeIsUp) {
  failed(0, outage).fault.reset();
  facts.client_gone = true;
  facts.now = noon + 1'000'000;
  EXPECT_EQ(said(), "stop");
}

TEST_F(Next, AClientThatLeftIsNotServed) {
  facts.client_gone = true;
  EXPECT_EQ(said(), "stop client_gone");
  failed(0, outage);
  EXPECT_EQ(said(), "stop client_gone");
  facts.client_gone = false;
  outcomes.clear();
  failed(0, client_gone, 0);
  EXPECT_EQ(said(), "stop client_gone");
}

TEST_F(Next, AfterTheCommitPointNothingIsTriedAgain) {
  failed(0, stall);
  outcomes[0].committed = true;
  EXPECT_EQ(said(), "stop stall");
  EXPECT_EQ(step().fault->message, "It went wrong.");
}

TEST_F(Next, ABrokenAnswerIsGoneOnWithByWhoeverIsNext) {
  build.rules.deployments[1].abilities.erase(Ability::prefill);
  failed(0, cut, 200).committed = true;
  facts.resumable = true;
  const Step made_step = step();
  EXPECT_EQ(made_step.index, 1);
  EXPECT_EQ(made_step.resume, Resume::again) << "b says nothing of prefixes";
  EXPECT_FALSE(made_step.is_retry) << "its client is reading: nobody waits";
  facts.resumable = false;
  EXPECT_EQ(said(), "stop cut");
}

TEST_F(Next, AModelThatContinuesIsGivenTheBeginningAndAskedAgainWhenItRefuses) {
  failed(0, stall, 200).committed = true;
  facts.resumable = true;
  EXPECT_EQ(step().resume, Resume::prefix);
  failed(1, bad_request, 400).resume = Resume::prefix;
  const Step again = step();
  EXPECT_EQ(again.index, 1);
  EXPECT_EQ(again.wait_ms, 0);
  EXPECT_EQ(again.resume, Resume::again);
  failed(1, bad_request, 400).resume = Resume::again;
  EXPECT_EQ(said(), "stop stall") << "what broke is told, not that somebody could not mend it";
}

TEST_F(Next, ABrokenAnswerIsGoneOnWithByTheSameWhenThereIsNobodyElse) {
  build.rules.deployments[0].abilities.erase(Ability::prefill);
  decided();
  plan.steps.resize(1);
  failed(0, cut, 200).committed = true;
  facts.resumable = true;
  EXPECT_EQ(said(), "retry 0 +500");
  EXPECT_EQ(step().resume, Resume::again);
  outcomes.front().fault->kind = stall;
  EXPECT_EQ(said(), "stop stall");
}

TEST_F(Next, ADowngradeDoesNotGoOnWithAnAnswer) {
  build.answer(task, "Later.").after = {cut, exhausted};
  decided();
  failed(0, cut, 200).committed = true;
  failed(1, no_candidate, 200).resume = Resume::again;
  facts.resumable = true;
  EXPECT_EQ(said(), "stop cut");
}

TEST_F(Next, AnInvalidAnswerIsMendedOnceAndThenAskedForElsewhere) {
  build.rules.tasks[0].output.json = true;
  build.rules.tasks[0].output.repair = true;
  failed(0, invalid_output, 200);
  EXPECT_TRUE(step().repair);
  EXPECT_EQ(step().index, 0);
  failed(0, invalid_output, 200).repair = true;
  EXPECT_EQ(said(), "attempt 1");
  build.rules.tasks[0].output.fallback = false;
  EXPECT_EQ(said(), "stop invalid_output");
}

TEST_F(Next, TheGatewaysOwnFaultsStop) {
  for (const FaultKind kind : {internal, budget, store, shutting_down, too_large}) {
    outcomes.clear();
    failed(0, kind, 0);
    EXPECT_EQ(said(), "stop " + std::string(to_string(kind)));
  }
}

// --- the same deployment again ---

TEST_F(Next, AnOutageIsRetriedWithDoublingWaitsAndThenTheNextIsTried) {
  failed(0, outage);
  EXPECT_EQ(said(), "retry 0 +500");
  EXPECT_EQ(step().reason, "a: 500 outage, again in 500 ms");
  failed(0, outage);
  EXPECT_EQ(said(), "retry 0 +1000");
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
  EXPECT_EQ(step().reason, "a: 500 outage, next b");
}

TEST_F(Next, WithoutRetriesTheNextIsTriedAtOnce) {
  build.rules.reliability.retries.max = 0;
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, TheBudgetOfRetriesDoesNotKeepFromFallbacks) {
  facts.retry_allowed = false;
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, outage);
  EXPECT_EQ(said(), "stop outage");
}

TEST_F(Next, ARepairAndAskingAgainWithoutABeginningTakeFromTheBudgetToo) {
  build.rules.tasks[0].output.json = true;
  build.rules.tasks[0].output.repair = true;
  facts.retry_allowed = false;
  failed(0, invalid_output, 200);
  EXPECT_EQ(said(), "attempt 1") << "elsewhere it may be asked all the same";
  EXPECT_FALSE(step().repair);
  outcomes.clear();
  failed(0, stall, 200).committed = true;
  facts.resumable = true;
  failed(1, bad_request, 400).resume = Resume::prefix;
  EXPECT_EQ(said(), "stop stall");
}

TEST_F(Next, WhileDrainingNothingIsWaitedFor) {
  facts.draining = true;
  EXPECT_EQ(said(), "attempt 0");
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, WhatARetryCannotMendIsNotRetried) {
  for (const FaultKind kind : {timeout, ttft, stall, quota, auth, permission, model_gone}) {
    outcomes.clear();
    failed(0, kind);
    EXPECT_EQ(said(), "attempt 1") << to_string(kind);
  }
}

TEST_F(Next, TimeoutsAreNotRetriedEvenWhenThereIsNobodyElse) {
  build.route_at(0).members.resize(1);
  for (const FaultKind kind : {timeout, ttft, stall}) {
    outcomes.clear();
    failed(0, kind);
    EXPECT_EQ(said(), "stop " + std::string(to_string(kind)));
  }
}

TEST_F(Next, AFailureToConnectIsRetriedAtOnceAndOnlyOnce) {
  unreachable(0);
  const Step first = step();
  EXPECT_TRUE(first.is_retry);
  EXPECT_LE(first.wait_ms, 20);
  unreachable(0);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, AFailureToConnectIsRetriedAsOftenAsPermittedWhenThereIsNobodyElse) {
  build.route_at(0).members.resize(1);
  unreachable(0);
  EXPECT_LE(step().wait_ms, 20);
  unreachable(0);
  EXPECT_EQ(said(), "retry 0 +1000");
  unreachable(0);
  EXPECT_EQ(said(), "stop outage");
}

TEST_F(Next, ABusyProviderIsLeftAtOnceForAnother) {
  for (const FaultKind kind : {rate_limit, overloaded}) {
    outcomes.clear();
    failed(0, kind, 429, 2'000);
    EXPECT_EQ(said(), "attempt 1");
    outcomes.back().fault->retry_after_ms = -1;
    EXPECT_EQ(said(), "attempt 1");
  }
}

TEST_F(Next, WithNobodyElseTheProvidersWaitIsTheLeast) {
  build.route_at(0).members.resize(1);
  failed(0, rate_limit, 429, 2'000);
  const Step waiting = step();
  EXPECT_TRUE(waiting.is_retry);
  EXPECT_GE(waiting.wait_ms, 2'000);
  EXPECT_LE(waiting.wait_ms, 2'200);
  outcomes.back().fault->retry_after_ms = 0;
  EXPECT_EQ(said(), "retry 0 +500");
}

TEST_F(Next, AWaitThatIsTooLongIsNotWaitedFor) {
  build.route_at(0).members.resize(1);
  failed(0, rate_limit, 429, 60'001);
  EXPECT_EQ(said(), "stop rate_limit");
  EXPECT_EQ(step().fault->retry_after_ms, 60'001);
  build.rules.reliability.deadline_ms = 1'500;
  made = false;
  outcomes.back().fault->retry_after_ms = 2'000;
  EXPECT_EQ(said(), "stop rate_limit");
  EXPECT_EQ(step().fault->retry_after_ms, 2'000);
}

TEST_F(Next, AnOutageWithALongerWaitThanOurOwnGoesToTheNext) {
  failed(0, outage, 503, 501);
  EXPECT_EQ(said(), "attempt 1");
  outcomes.back().fault->retry_after_ms = 500;
  EXPECT_TRUE(step().is_retry);
}

TEST(Backoff, DoublesWithinItsRangeAndJittersBothWays) {
  RetryRules rules;
  rules.jitter_ppm = 0;
  EXPECT_EQ(backoff_ms(rules, 1, 0, 1), 500);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 2), 1'000);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 4), 4'000);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 5), 5'000);
  EXPECT_EQ(backoff_ms(rules, 1, 0, 1'000'000), 5'000);
  rules.jitter_ppm = 200'000;
  DurationMs least = 10'000, most = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    const DurationMs wait = backoff_ms(rules, seed, 0, 2);
    EXPECT_EQ(wait, backoff_ms(rules, seed, 0, 2));
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_EQ(least, 800);
  EXPECT_EQ(most, 1'200);
  rules.backoff_min_ms = rules.backoff_max_ms = 0;
  EXPECT_EQ(backoff_ms(rules, 1, 0, 1), 0);
}

// --- to the next step ---

TEST_F(Next, StepsThatDoNotListTheFaultAreSkipped) {
  build.rules.reliability.retries.max = 0;
  build.route_at(0).members.resize(1);
  build.fallback(task, 2, {rate_limit});
  build.fallback(task, 3, {outage});
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 2");
  // A step that was skipped for one fault is there for another.
  failed(2, rate_limit, 429);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, outage);
  EXPECT_EQ(said(), "stop exhausted");
}

TEST_F(Next, MalformedHttpFromAProviderCountsAsAnOutage) {
  failed(0, protocol, 0);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, TheClientsOwnFaultsStopWithTheProvidersWords) {
  build.answer(task, "Later.");
  for (const FaultKind kind : {bad_request, content_filter}) {
    outcomes.clear();
    failed(0, kind, 400);
    EXPECT_EQ(said(), "stop " + std::string(to_string(kind)));
    EXPECT_EQ(step().fault->message, "It went wrong.");
    EXPECT_EQ(step().fault->provider_status, 400);
  }
}

TEST_F(Next, AFallbackMayBeAskedForWhatAnotherFiltersWhenItSaysSo) {
  build.fallback(task, 2, {content_filter});
  failed(0, content_filter, 400);
  EXPECT_EQ(said(), "attempt 2");
}

TEST_F(Next, WhatOnlyThisDeploymentCannotDoIsAskedOfTheNext) {
  build.fallback(task, 2, {outage});
  build.fallback(task, 3, {});
  failed(0, bad_request, 400).fault->only_here = true;
  EXPECT_EQ(said(), "attempt 1");
  failed(1, bad_request, 400).fault->only_here = true;
  EXPECT_EQ(said(), "attempt 3");  // the other fallback is for outages alone
  failed(3, bad_request, 400).fault->only_here = true;
  EXPECT_EQ(said(), "stop bad_request");
}

TEST_F(Next, AfterContextWindowOnlyALargerWindowHelps) {
  build.fallback(task, 2, {context_window});
  build.fallback(task, 3, {context_window});
  build.at(3).context_tokens = 200'000;
  failed(0, context_window, 400);
  EXPECT_EQ(said(), "attempt 3");
  failed(3, context_window, 400);
  EXPECT_EQ(said(), "stop context_window") << "the windows of b and c are that of a";
}

TEST_F(Next, AWindowNobodyKnowsIsAskedAfterThoseKnownToBeLarger) {
  build.fallback(task, 2, {context_window});
  build.fallback(task, 3, {context_window});
  build.at(1).context_tokens = 0;
  build.at(3).context_tokens = 200'000;
  failed(0, context_window, 400);
  EXPECT_EQ(said(), "attempt 3");
  failed(3, context_window, 400);
  EXPECT_EQ(said(), "attempt 1") << "nobody knows that it is too small, unlike that of c";
  EXPECT_EQ(step().reason, "d: 400 context_window, next b");
  failed(1, context_window, 400);
  EXPECT_EQ(said(), "stop context_window");
}

TEST_F(Next, AWindowNobodyKnowsIsAskedOnlyWhereTheFaultIsListed) {
  build.route_at(0).members.resize(1);
  build.fallback(task, 2, {outage});
  build.fallback(task, 3, {context_window});
  build.at(2).context_tokens = 0;
  build.at(3).context_tokens = 0;
  failed(0, context_window, 400);
  EXPECT_EQ(said(), "attempt 2") << "the third step of the plan, which is d";
  failed(2, context_window, 400);
  EXPECT_EQ(said(), "stop context_window");
}

TEST_F(Next, OneWindowNobodyKnowsDoesNotSpeakForAnother) {
  build.at(0).context_tokens = 0;
  build.at(1).context_tokens = 0;
  failed(0, context_window, 400);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, AWindowNobodyKnowsIsSmallerThanOneThatIsKnown) {
  build.at(0).context_tokens = 0;
  failed(0, context_window, 400);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, TooLongForTheOnlyOneIsToldInItsWords) {
  build.route_at(0).members.resize(1);
  build.answer(task, "Later.");
  failed(0, context_window, 400).fault->code = "context_length_exceeded";
  EXPECT_EQ(said(), "stop context_window");
  EXPECT_EQ(step().fault->message, "It went wrong.");
  EXPECT_EQ(step().fault->code, "context_length_exceeded");
}

TEST_F(Next, AStepThatCouldNotBeStartedPassesOnWhateverTheNextLists) {
  build.route_at(0).members.resize(1);
  build.fallback(task, 2, {timeout});
  failed(0, no_candidate, 0);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, no_candidate, 0);
  EXPECT_EQ(said(), "stop no_candidate");
  EXPECT_EQ(step().fault->retry_after_ms, 1'000);
}

// Whoever could not be started said nothing, so what is known of the request is what was said
// before.
TEST_F(Next, AStepThatCouldNotBeStartedOpensNothingThatTheFaultBeforeItDoesNot) {
  build.rules.reliability.retries.max = 0;
  build.route_at(0).members.resize(1);
  build.fallback(task, 2, {content_filter});
  build.fallback(task, 3, {outage});
  build.answer(task, "Later.");
  failed(0, content_filter, 400);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, no_candidate, 0);
  EXPECT_EQ(said(), "stop content_filter")
      << "a filtered prompt goes to nobody who does not list it";
  facts.now += plan.deadline_ms;
  EXPECT_EQ(said(), "stop content_filter") << "nor is it hidden from its client";
}

TEST_F(Next, AStepThatCouldNotBeStartedIsPassedOverToWhoListsTheFaultBeforeIt) {
  build.rules.reliability.retries.max = 0;
  build.route_at(0).members.resize(1);
  build.fallback(task, 1, {outage});
  build.fallback(task, 2, {timeout});
  build.fallback(task, 3, {outage});
  build.answer(task, "Later.");
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, no_candidate, 0);
  EXPECT_EQ(said(), "attempt 3");
  failed(3, no_candidate, 0);
  EXPECT_EQ(said(), "answer 4");
}

TEST_F(Next, WhoIsTooLongForAWindowIsTooLongAfterALostSlotAsWell) {
  build.at(1).context_tokens = 200'000;
  build.at(2).context_tokens = 100'000;
  build.fallback(task, 2, {context_window});
  failed(0, context_window, 400);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, no_candidate, 0);
  EXPECT_EQ(said(), "stop context_window") << "the window of c is that of a";
}

// --- nothing left ---

TEST_F(Next, DegradedStepsComeWhenNothingElseIsLeft) {
  build.rules.reliability.retries.max = 0;
  build.fallback(task, 2, {exhausted}).degrade = true;
  build.answer(task, "Later.");
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, timeout);
  EXPECT_EQ(said(), "degrade 2");
  failed(2, outage);
  EXPECT_EQ(said(), "answer 3");
  EXPECT_EQ(step().answer, "Later.");
}

TEST_F(Next, ADegradedStepThatWaitsForExhaustedIsNotReachedByOthers) {
  build.rules.reliability.retries.max = 0;
  build.fallback(task, 2, {exhausted, outage}).degrade = true;
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, AFallbackMayWaitForExhaustedWithoutDegrading) {
  build.rules.reliability.retries.max = 0;
  build.fallback(task, 2, {exhausted});
  failed(0, outage);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, outage);
  EXPECT_EQ(said(), "attempt 2");
}

TEST_F(Next, WhenAllFailedAlikeTheKindStays) {
  build.rules.reliability.retries.max = 0;
  failed(0, overloaded, 503).fault->code = "provider_overloaded";
  failed(1, overloaded, 529).fault->code = "provider_overloaded";
  const Step last = step();
  ASSERT_TRUE(last.fault);
  EXPECT_EQ(last.fault->kind, overloaded);
  EXPECT_EQ(last.fault->code, "provider_overloaded");
  EXPECT_EQ(last.fault->provider_status, 529);
  EXPECT_EQ(
      last.fault->message,
      "Every permitted deployment failed: a: 503 overloaded; b: 529 overloaded. The last one said: "
      "It went wrong.");
}

TEST_F(Next, WhenTheyFailedDifferentlyTheFaultIsExhausted) {
  build.rules.reliability.retries.max = 1;
  failed(0, overloaded, 503);
  unreachable(1);
  unreachable(1);
  const Step last = step();
  ASSERT_TRUE(last.fault);
  EXPECT_EQ(last.fault->kind, exhausted);
  EXPECT_EQ(last.fault->code, "all_deployments_failed");
  EXPECT_EQ(
      last.fault->message,
      "Every permitted deployment failed: a: 503 overloaded; b: connection refused (2 times).");
}

TEST_F(Next, TheEarliestTimeThatAnybodyNamedIsPassedOn) {
  build.rules.reliability.retries.max = 0;
  failed(0, rate_limit, 429, 9'000).duration_us = 1'000'000;
  failed(1, rate_limit, 429, 30'000);
  facts.now = noon + 4'000;
  const Step last = step();
  EXPECT_EQ(last.fault->retry_after_ms, 6'000);
  EXPECT_NE(last.fault->message.find("Try again in 6 s."), std::string::npos);
}

TEST_F(Next, LongMessagesAreCutWhereACharacterEnds) {
  build.rules.reliability.retries.max = 0;
  build.route_at(0).members.resize(1);
  std::string umlauts = "x";
  for (int i = 0; i < 300; ++i) umlauts += "\xc3\xbc";
  failed(0, outage, 500).fault->message = umlauts;
  const std::string message = step().fault->message;
  EXPECT_LT(message.size(), 300u);
  EXPECT_NE(message.find("\xc3\xbc."), std::string::npos) << message;
}

// --- the deadline ---

TEST_F(Next, PastTheDeadlineNothingIsTried) {
  failed(0, outage);
  facts.now = noon + 60'000;
  EXPECT_EQ(said(), "stop timeout");
  EXPECT_EQ(step().fault->message,
            "The request was not answered within its deadline of 1m; tried a: 500 outage.");
  outcomes.clear();
  EXPECT_EQ(said(), "stop timeout");
}

TEST_F(Next, PastTheDeadlineAFixedAnswerIsStillGiven) {
  build.fallback(task, 2, {exhausted}).degrade = true;
  build.answer(task, "Later.");
  failed(0, outage);
  facts.now = noon + 60'000;
  EXPECT_EQ(said(), "answer 3");
}

TEST_F(Next, PastTheDeadlineAWrongRequestIsStillWrong) {
  failed(0, bad_request, 400);
  facts.now = noon + 60'000;
  EXPECT_EQ(said(), "stop bad_request");
}

TEST_F(Next, AWaitThatReachesTheDeadlineIsNotWaitedFor) {
  build.route_at(0).members.resize(1);
  failed(0, outage);
  facts.now = noon + 59'499;
  EXPECT_EQ(said(), "retry 0 +500");
  facts.now = noon + 59'500;
  EXPECT_EQ(said(), "stop outage");
}

TEST_F(Next, WithoutADeadlineThereIsAlwaysTime) {
  build.rules.reliability.deadline_ms = 0;
  failed(0, timeout);
  facts.now = noon + 1'000'000'000;
  EXPECT_EQ(said(), "attempt 1");
}

TEST_F(Next, WhoWasOvertakenHasNotHadItsTurn) {
  build.rules.reliability.retries.max = 0;
  failed(1, hedged, 0).hedge = true;
  failed(0, cut);
  EXPECT_EQ(said(), "attempt 1");
  failed(1, outage, 503);
  EXPECT_EQ(said(), "stop exhausted") << "now it has";
  const std::string told = step().fault->message;
  EXPECT_EQ(told.find("hedged"), std::string::npos) << told;
  EXPECT_NE(told.find("b: 503 outage"), std::string::npos) << told;
}

}  // namespace
}  // namespace wye::test
