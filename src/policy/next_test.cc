// What follows an attempt: answers, retries, waits, deadlines, and the fault at the end.
#include <gtest/gtest.h>

#include "policy/test_next.h"

namespace wye::test {
namespace {

using enum FaultKind;

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

TEST_F(Next, NobodyIsToldToComeBackAtOnce) {
  build.rules.reliability.retries.max = 0;
  failed(0, rate_limit, 429, 0);
  failed(1, rate_limit, 429, 0);
  EXPECT_EQ(step().fault->retry_after_ms, 1'000);
  EXPECT_TRUE(step().fault->message.ends_with(" Try again in 1 s.")) << step().fault->message;
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
