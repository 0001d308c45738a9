// The steps of a recorded request, made again from what next() was told at each: the same, and not
// the same when any of it is changed.
#include <gtest/gtest.h>

#include "core/record.h"
#include "policy/decide.h"
#include "policy/next.h"
#include "policy/random_world.h"
#include "policy/replay.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

using Verdict = StepsReplay::Verdict;

Replay read_again(const Record& record) {
  std::string written;
  write_record_json(record, written);
  auto read = read_record(written, *record.rules);
  EXPECT_TRUE(read) << written;
  return read.value_or(Replay{});
}

StepsReplay again(const Record& record) {
  return replay_steps(record.plan, *record.rules, read_again(record), 0);
}

NextFacts some_facts(RandomWorld& world, const Record& record, TimeMs now) {
  NextFacts facts = first_next_facts(record.facts.now);
  facts.now = now;
  facts.resumable = any_committed(record.outcomes) && world.chance(50);
  facts.retry_allowed = world.chance(80);
  facts.client_gone = world.chance(5);
  facts.draining = world.chance(5);
  return facts;
}

Outcome some_outcome(RandomWorld& world, const Plan& plan, const Step& step, TimeMs started) {
  Outcome outcome;
  outcome.step = step.index;
  outcome.deployment = plan.steps[static_cast<std::size_t>(step.index)].deployment;
  outcome.retry = step.is_retry ? 1 : 0;
  outcome.wait_us = step.wait_ms * 1'000;
  outcome.resume = step.resume;
  outcome.repair = step.repair;
  outcome.started = started;
  outcome.duration_us = world.upto(4'000'000);
  outcome.committed = world.chance(20);
  if (world.chance(10)) return outcome;
  constexpr int kinds = static_cast<int>(FaultKind::exhausted);
  outcome.fault = fault(static_cast<FaultKind>(world.pick(kinds)), "Oh.");
  outcome.status = world.chance(70) ? 500 : 0;
  if (world.chance(30)) outcome.fault->retry_after_ms = world.upto(70'000);
  return outcome;
}

// As the gateway does it, with attempts that end in random ways.
Record lived(RandomWorld& world, const RulesPtr& rules) {
  Record record;
  record.rules = rules;
  record.decided = true;
  record.ask = world.some_ask();
  record.facts = world.some_facts();
  record.started = record.facts.now - world.upto(2);
  record.plan = decide(*rules, record.ask, record.facts);
  record.fault = record.plan.fault;
  NextFacts facts = first_next_facts(record.facts.now);
  TimeMs now = facts.now;
  while (!record.plan.fault) {
    const Step step = next(record.plan, *rules, record.outcomes, facts);
    if (step.kind == Step::Kind::answer) record.degraded = "answer";
    if (step.kind == Step::Kind::stop) record.fault = step.fault;
    if (step.kind == Step::Kind::answer || step.kind == Step::Kind::stop) break;
    now += step.wait_ms;
    record.outcomes.push_back(some_outcome(world, record.plan, step, now));
    Outcome& last = record.outcomes.back();
    now += last.duration_us / 1'000;
    if (!last.fault) continue;
    facts = some_facts(world, record, now);
    last.told = facts;
  }
  return record;
}

TEST(StepsReplay, ThousandsOfRequestsTakeTheSameStepsAgain) {
  int failures = 0, retries = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    RandomWorld world(seed + 3'000'000);
    const auto rules = std::make_shared<const Rules>(world.build.rules);
    for (int i = 0; i < 4; ++i) {
      const Record record = lived(world, rules);
      const StepsReplay steps = again(record);
      ASSERT_EQ(to_string(steps.verdict), "identical") << steps.what << " in world " << seed;
      for (const Outcome& one : record.outcomes) {
        failures += one.fault ? 1 : 0;
        retries += one.retry;
      }
    }
  }
  EXPECT_GT(failures, 2'000) << "the worlds must not be too kind";
  EXPECT_GT(retries, 200);
}

// Two deployments, and a first attempt that failed with an outage: it is tried again after 500 ms.
class OneRetry : public testing::Test {
 protected:
  OneRetry() {
    for (const char* name : {"a", "b"}) build.deployment(name);
    build.task("extract", build.route("fast", {0, 1}));
    build.rules.reliability.retries.jitter_ppm = 0;
    build.build();
    record.rules = std::make_shared<const Rules>(build.rules);
    record.decided = true;
    record.started = noon;
    record.ask = ask_for("task/extract");
    record.facts = healthy(build.rules, 1);
    record.plan = decide(build.rules, record.ask, record.facts);
    Outcome failed;
    failed.deployment = 0;
    failed.started = noon;
    failed.duration_us = 20'000;
    failed.status = 500;
    failed.fault = fault(FaultKind::outage, "Oh.");
    failed.told = first_next_facts(record.facts.now);
    failed.told->now += 20;
    Outcome whole;
    whole.deployment = 0;
    whole.retry = 1;
    whole.wait_us = 500'000;
    whole.started = noon + 520;
    whole.status = 200;
    record.outcomes = {failed, whole};
  }

  NextFacts& told() { return *record.outcomes.front().told; }

  RulesBuilder build;
  Record record;
};

TEST_F(OneRetry, IsTheSameAgain) {
  EXPECT_EQ(again(record).verdict, Verdict::identical);
  const Outcome first = read_again(record).outcomes.front();
  ASSERT_TRUE(first.told);
  EXPECT_EQ(first.told->now, noon + 20);
  EXPECT_EQ(first.told->started, record.facts.now);
  EXPECT_TRUE(first.told->retry_allowed);
}

TEST_F(OneRetry, EveryFactThatIsChangedIsNoticed) {
  const NextFacts right = told();
  told().retry_allowed = false;
  EXPECT_EQ(again(record).verdict, Verdict::different);
  EXPECT_EQ(again(record).what, "attempt 2 is not the next step");
  told() = right;
  told().client_gone = true;
  EXPECT_EQ(again(record).verdict, Verdict::different);
  told() = right;
  told().draining = true;
  EXPECT_EQ(again(record).verdict, Verdict::different);
  told() = right;
  told().now += record.plan.deadline_ms;
  EXPECT_EQ(again(record).verdict, Verdict::different);
}

TEST_F(OneRetry, WhetherAnAnswerCouldBeGoneOnWithIsNoticed) {
  record.outcomes.front().committed = true;
  record.outcomes.back() = Outcome{};
  record.outcomes.back().step = record.outcomes.back().deployment = 1;
  record.outcomes.back().resume = Resume::prefix;
  told().resumable = true;
  EXPECT_EQ(again(record).verdict, Verdict::identical);
  told().resumable = false;
  EXPECT_EQ(again(record).verdict, Verdict::different);
}

TEST_F(OneRetry, AnotherWaitOrAnotherEndIsNoticed) {
  record.outcomes.back().wait_us = 499'999;
  EXPECT_EQ(again(record).verdict, Verdict::different) << "too soon";
  record.outcomes.back().wait_us = 500'001;
  EXPECT_EQ(again(record).verdict, Verdict::different) << "late, where nobody can be";
  EXPECT_EQ(replay_steps(record.plan, build.rules, read_again(record)).verdict, Verdict::identical)
      << "a real timer is never punctual";
  record.outcomes.pop_back();
  record.fault = record.outcomes.front().fault;
  EXPECT_EQ(again(record).what, "the steps do not end as the record does");
}

TEST_F(OneRetry, ARecordThatDoesNotSayWhatNextWasToldIsReplayedInPart) {
  record.outcomes.front().told.reset();
  EXPECT_EQ(again(record).verdict, Verdict::partial);
  record.outcomes.front().step = 1;
  EXPECT_EQ(again(record).verdict, Verdict::different) << "the first step needs no telling";
}

TEST_F(OneRetry, ADeploymentWhoseNameBeginsAsAFixedAnswerIsNone) {
  record.degraded = "answer-fast";
  record.served_by = 0;
  EXPECT_EQ(again(record).verdict, Verdict::identical);
  record.served_by = -1;
  EXPECT_EQ(again(record).verdict, Verdict::different) << "no text of the policy's was given";
}

TEST_F(OneRetry, WhatWasNotAskedOfAnybodyHasNoSteps) {
  record.outcomes.clear();
  record.fault = fault(FaultKind::overloaded, "Too much to do.");
  EXPECT_EQ(again(record).verdict, Verdict::identical);
}

}  // namespace
}  // namespace wye::test
