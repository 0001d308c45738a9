// What counting a request costs: one record of three attempts, among a hundred tasks and
// deployments. The promise is 0.3 us.
#include <benchmark/benchmark.h>

#include <deque>
#include <string>

#include "gateway/metrics.h"

namespace wye {
namespace {

constexpr int names = 100;

struct Policy {
  Policy() {
    for (std::size_t i = 0; i < names; ++i) {
      live.emplace_back().slot = i;
      active.live.push_back(&live.back());
      active.task_places.push_back(i + 1);
      active.route_places.push_back(i + 1);
    }
  }
  std::deque<DeploymentLive> live;
  ActivePolicy active;
};

Record record_of(int index) {
  Record record;
  record.status = 200;
  record.plan.task = index % names;
  record.plan.route = index * 7 % names;
  record.total_us = 2'300'000;
  record.ttft_us = 410'000;
  record.overhead_us = 230;
  record.baseline_cost_nanousd = 1'000;
  for (int attempt = 0; attempt < 3; ++attempt) {
    Outcome& outcome = record.outcomes.emplace_back();
    outcome.step = attempt;
    outcome.deployment = (index * 13 + attempt) % names;
    outcome.status = 200;
    outcome.first_byte_us = outcome.ttft_us = 400'000;
    outcome.usage = {1'000, 200, 0, 300, 100, UsageSource::provider};
    outcome.cost_nanousd = 12'345;
    outcome.cost_known = true;
    if (attempt < 2) outcome.fault = fault(FaultKind::outage, "");
  }
  record.served_by = record.outcomes.back().deployment;
  record.plan.refusals.resize(4);
  return record;
}

void count_record(benchmark::State& state) {
  const Policy policy;
  std::vector<Record> records;
  for (int i = 0; i < 64; ++i) records.push_back(record_of(i * 31));
  Metrics metrics;
  std::size_t next = 0;
  for (auto _ : state) {
    metrics.count(records[next++ % records.size()], policy.active);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(count_record);

// What a scrape asks of each loop.
void add_loop(benchmark::State& state) {
  const Policy policy;
  Metrics metrics;
  for (int i = 0; i < names; ++i) metrics.count(record_of(i), policy.active);
  for (auto _ : state) {
    Metrics report;
    report.add(metrics);
    benchmark::DoNotOptimize(report);
  }
}
BENCHMARK(add_loop);

}  // namespace
}  // namespace wye
