// Simulation: what was seen, put together. See simulation.h.
#include "core/record.h"
#include "policy/decide.h"
#include "sim/simulation.h"

namespace wye::sim {
namespace {

int ask_of(const SimLogEntry& entry) {
  for (const auto& [name, value] : entry.headers) {
    if (name == "traceparent") return number_of(value);
  }
  return -1;
}

}  // namespace

// Who answered with 200, or spoke to the client and is named in its head.
void Simulation::work_out_answers(const Kept& kept, AskEvidence& ask) const {
  for (const Outcome& outcome : kept.record.outcomes) {
    if (outcome.status != 200) continue;
    const std::string& name = provider_of(*kept.rules, outcome.deployment);
    if (ask.whole.contains(name)) continue;
    for (const ProviderPlan& plan : scenario_.providers) {
      if (plan.name == name) ask.whole[name] = whole_answer(ask.plan, plan);
    }
  }
}

void Simulation::collect(Evidence& evidence) {
  for (const AskPlan& ask : scenario_.asks) {
    AskEvidence seen{.plan = ask, .received = std::move(received_[ask.number])};
    seen.reading = read_answer(ask, seen.received);
    evidence.asks.emplace(ask.number, std::move(seen));
  }
  for (const Trouble& trouble : scenario_.troubles) {
    if (trouble.kind == Trouble::Kind::clock_step) evidence.clock_was_set = true;
  }
  collect_rows(evidence);
  collect_leftovers(evidence);
  collect_calls(evidence);  // some providers only now know how a call ended
  evidence.closed_at_us = closed_at_us_;
  evidence.sightings = std::move(sightings_);
  for (const ActivePolicyPtr& policy : policies_) {
    evidence.policies.push_back(policy->rules);
    for (const DeploymentLive* live : policy->live) evidence.slots[live->name] = live->slot;
  }
  evidence.network_trace = universe_.trace();
}

void Simulation::collect_calls(Evidence& evidence) {
  for (const auto& [name, host] : providers_) {
    for (const SimLogEntry& entry : host.simulator->log().entries()) {
      const int number = ask_of(entry);
      if (evidence.asks.contains(number)) {
        evidence.calls[number].push_back({name, entry});
      } else {
        evidence.strange_calls.push_back({name, entry});
      }
    }
  }
}

void Simulation::collect_rows(Evidence& evidence) {
  JsonReader reader;
  for (const auto& [id, row] : store_.records()) {
    Kept kept;
    kept.row = row;
    for (const ActivePolicyPtr& policy : policies_) {
      if (policy->rules->fingerprint == row.policy) kept.rules = policy->rules;
    }
    if (!kept.rules) {
      evidence.unreadable.push_back(row.client_id + ": its policy was never in force");
      continue;
    }
    Result<Replay> record = read_record(reader, row.body, *kept.rules);
    if (!record) {
      evidence.unreadable.push_back(row.client_id + ": " + record.error().message);
      continue;
    }
    kept.record = std::move(*record);
    if (kept.record.decided) {
      kept.plan = decide(*kept.rules, kept.record.ask, kept.record.facts);
      std::string again;
      write_plan_json(kept.plan, *kept.rules, again);
      kept.replays = again == kept.record.plan_json;
    }
    if (const auto at = evidence.asks.find(number_of(row.client_id)); at != evidence.asks.end()) {
      at->second.kept.push_back(evidence.kept.size());
      work_out_answers(kept, at->second);
    }
    evidence.kept.push_back(std::move(kept));
  }
}

}  // namespace wye::sim
