// What a decision costs: `decide` for a typical route and for the largest that is promised, and the
// writing of a record. The promise is 5 us for 40 deployments and 100 rules.
#include <benchmark/benchmark.h>

#include "core/record.h"
#include "policy/decide.h"
#include "policy/learn.h"
#include "policy/next.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

struct World {
  RulesBuilder builder;
  Facts facts;
  AskFacts ask;
};

// `count` deployments in one route, measured and busy, with a task that demands something of all.
World make_world(int count, Strategy strategy, Sticky sticky = Sticky::none) {
  World world;
  RulesBuilder& build = world.builder;
  const int eu = build.provider("mistral", 0b010, 0b01, true);
  std::vector<int> members;
  for (int i = 0; i < count; ++i) {
    const int index = build.deployment("deployment-" + std::to_string(i), eu);
    build.at(index).price.base = price_of(0.1 + 0.01 * ((i * 7) % count), 0.4);
    build.at(index).limits = {900, 200'000, 40};
    members.push_back(index);
  }
  Task& task = build.task_at(build.task("extract", build.route("fast", members, strategy, sticky)));
  task.requires_.abilities = {Ability::json_schema};
  task.regions = 0b010;
  task.data_class = 0;
  task.max_cost_nanousd = 50'000'000;
  build.build();

  world.facts = healthy(build.rules, 0x5a1e);
  for (std::size_t i = 0; i < world.facts.deployments.size(); ++i) {
    DeploymentFacts& seen = world.facts.deployments[i];
    seen.in_flight = static_cast<std::int32_t>(i * 5 % 17);
    seen.ttft_us = 200'000 + static_cast<std::int32_t>(i * 7919 % 40'000);
    seen.us_per_token = 9'000;
    seen.requests_left_ppm = 900'000 - static_cast<std::int32_t>(i * 1009);
    seen.minute_requests = static_cast<std::int64_t>(i * 3 % 100);
    seen.minute_tokens = 10'000;
    seen.window_ok = 120;
  }
  world.ask = ask_for("gpt-5-mini");
  world.ask.task_header = "extract";
  world.ask.team = "search";
  world.ask.needs = {Ability::tools, Ability::stream};
  world.ask.stream = true;
  world.ask.user_hash = 0x1234'5678;
  world.ask.tags = {"nightly", "batch"};
  world.ask.metadata = {{"customer", "acme"}, {"flow", "checkout"}};
  return world;
}

// Rules of five or six conditions that hold but for the last one, so that every condition of every
// rule is looked at.
void add_rules(World& world, int count) {
  const TimeIs night{18 * 60,
                     8 * 60,
                     "Europe/Paris",
                     {{0, 3600}, {noon - 1'000'000, 7200}, {noon + 9'000'000'000, 3600}}};
  for (int i = 0; i < count; ++i) {
    std::vector<Condition> when{TeamIs{"search"}, TokensAre{Compare::greater, 500}, TagIs{"batch"},
                                StreamIs{true}};
    if (i % 4 == 0) when.push_back(night);
    when.push_back(MetadataIs{"customer", "other-" + std::to_string(i)});
    world.builder.rule(std::move(when), Target::Kind::route, 0);
  }
}

void decide_typical(benchmark::State& state) {
  const World world = make_world(3, static_cast<Strategy>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(decide(world.builder.rules, world.ask, world.facts));
  state.SetLabel(std::string(to_string(static_cast<Strategy>(state.range(0)))));
}
BENCHMARK(decide_typical)->DenseRange(0, 5);

void decide_largest(benchmark::State& state) {
  World world = make_world(40, static_cast<Strategy>(state.range(0)), Sticky::user);
  add_rules(world, 100);
  for (auto _ : state)
    benchmark::DoNotOptimize(decide(world.builder.rules, world.ask, world.facts));
  state.SetLabel(std::string(to_string(static_cast<Strategy>(state.range(0)))));
}
BENCHMARK(decide_largest)->DenseRange(0, 5);

// A typical record: one failed attempt, one refusal, one answer.
Record make_record() {
  World world = make_world(3, Strategy::lowest_cost);
  world.builder.at(0).name = "gpt-mini";
  world.builder.at(1).name = "haiku";
  world.builder.at(2).name = "mistral-small";
  world.ask.tags.clear();
  world.ask.metadata.clear();
  world.facts.deployments[1].breaker = BreakerState::open;
  world.facts.deployments[1].opened_at = noon - 4000;
  world.facts.deployments[1].open_until = noon + 8000;
  world.facts.deployments[1].consecutive_bad = 5;
  world.builder.rules.fingerprint = std::string(64, 'a');
  Record record;
  record.id = noon << 18;
  record.started = noon;
  record.rules = std::make_shared<Rules>(world.builder.rules);
  record.method_and_path = "POST /v1/chat/completions";
  record.decided = true;
  record.ask = world.ask;
  record.facts = world.facts;
  record.plan = decide(*record.rules, record.ask, record.facts);
  Outcome failed;
  failed.deployment = record.plan.steps[0].deployment;
  failed.started = noon;
  failed.connect_us = 21'000;
  failed.duration_us = 240'000;
  failed.first_byte_us = 239'000;
  failed.status = 503;
  failed.fault = fault(FaultKind::overloaded, "The server is overloaded.");
  Outcome served;
  served.step = 1;
  served.deployment = record.plan.steps[1].deployment;
  served.started = noon + 240;
  served.first_byte_us = 305'000;
  served.ttft_us = 310'000;
  served.duration_us = 898'000;
  served.status = 200;
  served.committed = true;
  served.finish = FinishReason::stop;
  served.provider_model = "mistral-small-2506";
  served.provider_request_id = "b2c1d7e0a4";
  served.usage = {1012, 0, 0, 143, 0, UsageSource::provider};
  served.cost_nanousd = 380'000;
  served.cost_known = true;
  record.outcomes = {failed, served};
  record.status = 200;
  record.served_by = served.deployment;
  record.usage = served.usage;
  record.cost_nanousd = 380'000;
  record.ttft_us = 552'000;
  record.total_us = 1'139'000;
  record.overhead_us = 190;
  return record;
}

void write_typical_record(benchmark::State& state) {
  const Record record = make_record();
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_record_json(record, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetLabel(std::to_string(out.size()) + " bytes");
}
BENCHMARK(write_typical_record);

void next_after_failure(benchmark::State& state) {
  const Record record = make_record();
  NextFacts facts;
  facts.now = noon + 240;
  facts.started = noon;
  const std::span<const Outcome> first(record.outcomes.data(), 1);
  for (auto _ : state) benchmark::DoNotOptimize(next(record.plan, *record.rules, first, facts));
}
BENCHMARK(next_after_failure);

void learn_answer(benchmark::State& state) {
  const Record record = make_record();
  const BreakerRules rules;
  Health health;
  TimeMs now = noon;
  for (auto _ : state) {
    learn(health, rules, record.outcomes[1], now);
    now += 3;
  }
}
BENCHMARK(learn_answer);

}  // namespace
}  // namespace wye::test

BENCHMARK_MAIN();
