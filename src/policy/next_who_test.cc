// Who is asked next: what each step's list of faults permits, windows, and downgrades.
#include <gtest/gtest.h>

#include "policy/test_next.h"

namespace wye::test {
namespace {

using enum FaultKind;

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

}  // namespace
}  // namespace wye::test
