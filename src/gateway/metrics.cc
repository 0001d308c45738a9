#include "gateway/metrics.h"

#include <algorithm>

namespace wye {
namespace {

template <std::size_t N>
void add_each(std::array<Count, N>& into, const std::array<Count, N>& from) {
  for (std::size_t i = 0; i < N; ++i) into[i] += from[i];
}

template <class Counts>
void add_places(std::vector<Counts>& into, const std::vector<Counts>& from) {
  if (into.size() < from.size()) into.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) into[i].add(from[i]);
}

// The place of a name; 0 for none (index -1). Places appear with their first use.
template <class Counts>
Counts& counts_at(std::vector<Counts>& all, const std::vector<std::size_t>& places, int index) {
  const std::size_t place = index < 0 ? 0 : places[static_cast<std::size_t>(index)];
  if (all.size() <= place) all.resize(place + 1);
  return all[place];
}

Count positive(std::int64_t value) { return value > 0 ? static_cast<Count>(value) : 0; }

void count_tokens(const Usage& usage, std::array<Count, token_kinds>& tokens) {
  const auto at = [&](TokenKind kind) -> Count& { return tokens[static_cast<std::size_t>(kind)]; };
  at(TokenKind::input) += positive(usage.input - usage.cache_read - usage.cache_write);
  at(TokenKind::cache_read) += positive(usage.cache_read);
  at(TokenKind::cache_write) += positive(usage.cache_write);
  at(TokenKind::output) += positive(usage.output - usage.reasoning);
  at(TokenKind::reasoning) += positive(usage.reasoning);
}

}  // namespace

void TaskCounts::add(const TaskCounts& other) {
  for (std::size_t i = 0; i < requests.size(); ++i) add_each(requests[i], other.requests[i]);
  degraded += other.degraded;
  duration.add(other.duration);
  ttft.add(other.ttft);
}

void RouteCounts::add(const RouteCounts& other) { add_each(requests, other.requests); }

void DeploymentCounts::add(const DeploymentCounts& other) {
  add_each(attempts, other.attempts);
  add_each(fallbacks, other.fallbacks);
  served += other.served;
  drilled += other.drilled;
  retries += other.retries;
  hedges_started += other.hedges_started;
  hedges_won += other.hedges_won;
  connections_new += other.connections_new;
  connections_reused += other.connections_reused;
  add_each(tokens, other.tokens);
  cost_nanousd += other.cost_nanousd;
  baseline_nanousd += other.baseline_nanousd;
  cost_unknown += other.cost_unknown;
  ttft.add(other.ttft);
}

void Metrics::add(const Metrics& other) {
  add_places(tasks, other.tasks);
  add_places(routes, other.routes);
  add_places(deployments, other.deployments);
  overhead.add(other.overhead);
  for (std::size_t i = 0; i < resumed.size(); ++i) add_each(resumed[i], other.resumed[i]);
  add_each(repaired, other.repaired);
  add_each(refusals, other.refusals);
  add_each(shed, other.shed);
}

DeploymentCounts& Metrics::deployment_at(const ActivePolicy& policy, int deployment) {
  const std::size_t slot = policy.live[static_cast<std::size_t>(deployment)]->slot;
  if (deployments.size() <= slot) deployments.resize(slot + 1);
  return deployments[slot];
}

void Metrics::count(const Record& record, const ActivePolicy& policy) {
  count_task(record, counts_at(tasks, policy.task_places, record.plan.task));
  ++counts_at(routes, policy.route_places, record.plan.route).requests[status_class(record.status)];
  overhead.record(record.overhead_us);
  for (const Refusal& refusal : record.plan.refusals) {
    ++refusals[static_cast<std::size_t>(refusal.reason)];
  }
  if (record.fault && record.fault->kind == FaultKind::shed)
    count_shed(criticality_of(*policy.rules, record.plan.task));
  for (const Outcome& outcome : record.outcomes) {
    count_outcome(outcome, deployment_at(policy, outcome.deployment));
  }
  count_fallbacks(record, policy);
  if (record.served_by >= 0) count_served(record, deployment_at(policy, record.served_by));
}

void Metrics::count_task(const Record& record, TaskCounts& task) {
  ++task.requests[status_class(record.status)][place_of(record.fault)];
  if (!record.degraded.empty()) ++task.degraded;
  task.duration.record(record.total_us);
  if (record.ttft_us >= 0) task.ttft.record(record.ttft_us);
}

void Metrics::count_outcome(const Outcome& outcome, DeploymentCounts& deployment) {
  if (outcome.drill) {
    ++deployment.drilled;
    return count_money(outcome, deployment);
  }
  const std::size_t failed = outcome.fault ? 1 : 0;
  ++deployment.attempts[place_of(outcome.fault)];
  if (!was_called(outcome)) return;
  if (outcome.retry > 0) ++deployment.retries;
  if (outcome.hedge) ++deployment.hedges_started;
  if (outcome.hedge && (!outcome.fault || outcome.committed)) ++deployment.hedges_won;
  if (outcome.connect_us >= 0) {
    ++deployment.connections_new;
  } else if (outcome.first_byte_us >= 0) {
    ++deployment.connections_reused;
  }
  if (outcome.resume != Resume::none) {
    ++resumed[static_cast<std::size_t>(outcome.resume) - 1][failed];
  }
  if (outcome.repair) ++repaired[failed];
  if (outcome.ttft_us >= 0) deployment.ttft.record(outcome.ttft_us);
  count_money(outcome, deployment);
}

// Also of what a drill spoiled: the provider bills it all the same.
void Metrics::count_money(const Outcome& outcome, DeploymentCounts& deployment) {
  count_tokens(outcome.usage, deployment.tokens);
  deployment.cost_nanousd += positive(outcome.cost_nanousd);
  if (!outcome.cost_known) ++deployment.cost_unknown;
}

void Metrics::count_fallbacks(const Record& record, const ActivePolicy& policy) {
  for (std::size_t i = began_as_a_race(record.outcomes) ? 2 : 1; i < record.outcomes.size(); ++i) {
    const Outcome& before = record.outcomes[i - 1];
    if (before.drill || before.step == record.outcomes[i].step) continue;
    ++deployment_at(policy, before.deployment).fallbacks[place_of(before.fault)];
  }
}

void Metrics::count_served(const Record& record, DeploymentCounts& deployment) {
  ++deployment.served;
  deployment.baseline_nanousd += positive(record.baseline_cost_nanousd);
}

}  // namespace wye
