// A recorded decision, read back and made again, is the same to the byte. Over thousands of random
// policies, requests and worlds.
#include <gtest/gtest.h>

#include "core/record.h"
#include "core/record_read.h"
#include "policy/decide.h"
#include "policy/random_world.h"

namespace wye::test {
namespace {

Outcome some_outcome(RandomWorld& world, const Plan& plan, TimeMs started) {
  Outcome outcome;
  outcome.step = world.pick(plan.steps.size());
  outcome.deployment = plan.steps[static_cast<std::size_t>(outcome.step)].deployment;
  outcome.retry = world.pick(3);
  outcome.started = started + world.upto(5'000);
  outcome.wait_us = world.upto(2) * 1'000;
  if (world.chance(50)) outcome.connect_us = world.upto(50'000);
  if (world.chance(80)) outcome.first_byte_us = world.upto(50'000);
  if (world.chance(50)) outcome.ttft_us = world.upto(500'000);
  outcome.duration_us = world.upto(9'000'000);
  outcome.status = world.chance(80) ? 200 : 0;
  if (world.chance(50)) {
    outcome.fault = fault(static_cast<FaultKind>(world.pick(fault_kind_count)), "Oh \"no\".\n");
    if (world.chance(30)) outcome.fault->retry_after_ms = world.upto(1'000);
    if (world.chance(30)) outcome.fault->code = "some_code";
    if (world.chance(30)) outcome.fault->param = "messages[0]";
    if (world.chance(30)) outcome.fault->status = 429;
    outcome.fault->provider_status = outcome.status;
  }
  outcome.committed = world.chance(50);
  outcome.finish = static_cast<FinishReason>(world.pick(7));
  if (world.chance(50)) outcome.provider_model = "model-1";
  if (world.chance(50)) outcome.provider_request_id = "req";
  if (world.chance(70)) {
    outcome.usage = {world.upto(999), world.upto(99), world.upto(99),
                     world.upto(999), world.upto(99), static_cast<UsageSource>(world.pick(4))};
  }
  if (outcome.usage == Usage{}) outcome.input_counted = outcome.duration_us % 999;
  if (world.chance(30)) outcome.limits = {100, world.upto(100), -1, -1, -1, world.upto(1000)};
  outcome.events_malformed = world.upto(1);
  outcome.cost_known = world.chance(70);
  outcome.cost_nanousd = world.upto(100'000);
  return outcome;
}

Record some_record(RandomWorld& world, const RulesPtr& rules) {
  Record record;
  record.id = static_cast<RequestId>(world.dice.next() >> 1);
  if (world.chance(50)) record.client_id = "client-1";
  record.rules = rules;
  record.method_and_path = "POST /v1/chat/completions";
  record.decided = true;
  record.ask = world.some_ask();
  record.facts = world.some_facts();
  record.started = record.facts.now - world.upto(2);
  record.plan = decide(*rules, record.ask, record.facts);
  const int attempts = record.plan.steps.empty() ? 0 : world.pick(4);
  for (int i = 0; i < attempts; ++i) {
    record.outcomes.push_back(some_outcome(world, record.plan, record.started));
  }
  record.status = 200;
  if (record.plan.fault) record.fault = record.plan.fault;
  if (world.chance(70)) record.served_by = world.pick(rules->deployments.size());
  if (world.chance(10)) record.degraded = "reasoning";
  if (world.chance(10)) record.drill = "drill_0D20QAV93R01Y";
  if (world.chance(70) && attempts > 0) record.usage = record.outcomes.back().usage;
  record.cost_nanousd = world.upto(9'999);
  record.cost_known = world.chance(80);
  if (world.chance(50)) record.baseline_cost_nanousd = world.upto(9'999);
  if (world.chance(50)) record.ttft_us = world.upto(9'999);
  record.total_us = world.upto(9'999'999);
  record.overhead_us = world.upto(999);
  return record;
}

void expect_same(const std::optional<Fault>& a, const std::optional<Fault>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->kind, b->kind);
  EXPECT_EQ(a->message, b->message);
  EXPECT_EQ(a->code, b->code);
  EXPECT_EQ(a->param, b->param);
  EXPECT_EQ(a->provider_status, b->provider_status);
  EXPECT_EQ(a->retry_after_ms, b->retry_after_ms);
  EXPECT_EQ(a->status, b->status);
}

// Written again, what was read gives the same bytes: so every field made the round trip.
Record as_record(const Replay& replay, const RulesPtr& rules) {
  Record record;
  record.id = replay.id;
  record.client_id = replay.client_id;
  record.started = replay.started;
  record.rules = rules;
  record.method_and_path = replay.method_and_path;
  record.decided = replay.decided;
  record.ask = replay.ask;
  record.facts = replay.facts;
  record.plan = decide(*rules, replay.ask, replay.facts);
  record.outcomes = replay.outcomes;
  record.status = replay.status;
  record.fault = replay.fault;
  record.served_by = find_index(rules->deployment_by_name, replay.served_by);
  record.degraded = replay.degraded;
  record.drill = replay.drill;
  record.usage = replay.usage;
  record.cost_nanousd = replay.cost_nanousd;
  record.cost_known = replay.cost_known;
  record.baseline_cost_nanousd = replay.baseline_cost_nanousd;
  record.ttft_us = replay.ttft_us;
  record.total_us = replay.total_us;
  record.overhead_us = replay.overhead_us;
  return record;
}

TEST(Replay, ThousandsOfDecisionsAreTheSameToTheByte) {
  for (std::uint64_t seed = 0; seed < 1'500; ++seed) {
    RandomWorld world(seed + 1'000'000);
    const auto rules = std::make_shared<const Rules>(world.build.rules);
    for (int i = 0; i < 4; ++i) {
      SCOPED_TRACE(testing::Message() << "world " << seed << " record " << i);
      const Record record = some_record(world, rules);
      std::string written;
      write_record_json(record, written);
      const auto replay = read_record(written, *rules);
      ASSERT_TRUE(replay) << replay.error().message << "\n" << written;

      EXPECT_EQ(replay->ask, record.ask);
      EXPECT_EQ(replay->facts.now, record.facts.now);
      EXPECT_EQ(replay->facts.seed, record.facts.seed);
      EXPECT_EQ(replay->fingerprint, rules->fingerprint);
      std::string plan_json;
      write_plan_json(record.plan, *rules, plan_json);
      ASSERT_EQ(replay->plan_json, plan_json);
      std::string again;
      write_plan_json(decide(*rules, replay->ask, replay->facts), *rules, again);
      ASSERT_EQ(again, replay->plan_json);

      expect_same(replay->fault, record.fault);
      ASSERT_EQ(replay->outcomes.size(), record.outcomes.size());
      for (std::size_t o = 0; o < record.outcomes.size(); ++o) {
        expect_same(replay->outcomes[o].fault, record.outcomes[o].fault);
        EXPECT_EQ(replay->outcomes[o].started, record.outcomes[o].started);
        EXPECT_EQ(replay->outcomes[o].committed, record.outcomes[o].committed);
        EXPECT_EQ(replay->outcomes[o].usage, record.outcomes[o].usage);
      }
      EXPECT_EQ(replay->usage, record.usage);
      std::string rewritten;
      write_record_json(as_record(*replay, rules), rewritten);
      ASSERT_EQ(rewritten, written);
    }
  }
}

TEST(Replay, ADecisionDoesNotDependOnWhatItDidNotLookAt) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RandomWorld world(seed + 2'000'000);
    const Rules& rules = world.build.rules;
    const AskFacts ask = world.some_ask();
    Facts facts = world.some_facts();
    const Plan plan = decide(rules, ask, facts);
    for (std::size_t d = 0; d < facts.deployments.size(); ++d) {
      const auto is_d = [&](const auto& one) { return one.deployment == static_cast<int>(d); };
      if (std::any_of(plan.steps.begin(), plan.steps.end(), is_d)) continue;
      if (std::any_of(plan.refusals.begin(), plan.refusals.end(), is_d)) continue;
      facts.deployments[d] = world.some_facts().deployments[d];
    }
    std::string before, after;
    write_plan_json(plan, rules, before);
    write_plan_json(decide(rules, ask, facts), rules, after);
    ASSERT_EQ(before, after);
  }
}

}  // namespace
}  // namespace wye::test
