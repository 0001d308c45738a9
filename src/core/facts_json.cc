// Writing what a decision knew of the world: the deployments that its plan permits or refuses.
#include <algorithm>
#include <utility>

#include "core/json_fields.h"
#include "core/record.h"

namespace wye {
namespace {

void write_deployment(JsonWriter& json, const DeploymentFacts& facts) {
  const DeploymentFacts& usual = unseen_deployment;
  json.begin_object();
  if (facts.breaker != usual.breaker) json.field("breaker", to_string(facts.breaker));
  field_if(json, "probe_taken", facts.probe_taken);
  field_unless(json, "probes_ok", facts.probes_ok, usual.probes_ok);
  field_unless(json, "in_flight", facts.in_flight, usual.in_flight);
  field_unless(json, "tokens_in_flight", facts.tokens_in_flight, usual.tokens_in_flight);
  field_unless(json, "opened_at", facts.opened_at, usual.opened_at);
  field_unless(json, "open_until", facts.open_until, usual.open_until);
  field_unless(json, "limited_until", facts.limited_until, usual.limited_until);
  field_unless(json, "out_until", facts.out_until, usual.out_until);
  field_unless(json, "ttft_us", facts.ttft_us, usual.ttft_us);
  field_unless(json, "ttft_tail_us", facts.ttft_tail_us, usual.ttft_tail_us);
  field_unless(json, "whole_tail_us", facts.whole_tail_us, usual.whole_tail_us);
  field_unless(json, "us_per_token", facts.us_per_token, usual.us_per_token);
  field_unless(json, "requests_left_ppm", facts.requests_left_ppm, usual.requests_left_ppm);
  field_unless(json, "tokens_left_ppm", facts.tokens_left_ppm, usual.tokens_left_ppm);
  field_unless(json, "input_tokens_ppm", facts.input_tokens_ppm, usual.input_tokens_ppm);
  field_unless(json, "minute_requests", facts.minute_requests, usual.minute_requests);
  field_unless(json, "minute_tokens", facts.minute_tokens, usual.minute_tokens);
  // Successes say something only beside failures; no decision looks at them.
  if (facts.window_bad > 0) field_unless(json, "window_ok", facts.window_ok, usual.window_ok);
  field_unless(json, "window_bad", facts.window_bad, usual.window_bad);
  field_unless(json, "consecutive_bad", facts.consecutive_bad, usual.consecutive_bad);
  if (facts.last_fault != usual.last_fault) {
    json.field("last_fault", to_string(static_cast<FaultKind>(facts.last_fault)));
  }
  json.end_object();
}

// In the order of the plan, each once.
std::vector<int> looked_at(const Plan& plan) {
  std::vector<int> deployments;
  deployments.reserve(plan.steps.size() + plan.refusals.size());
  const auto add = [&](int deployment) {
    if (deployment < 0) return;
    const auto found = std::find(deployments.begin(), deployments.end(), deployment);
    if (found == deployments.end()) deployments.push_back(deployment);
  };
  for (const PlanStep& step : plan.steps) add(step.deployment);
  for (const Refusal& refusal : plan.refusals) add(refusal.deployment);
  return deployments;
}

}  // namespace

void write_facts_json(const Facts& facts, const Plan& plan, const Rules& rules, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("now", facts.now);
  field_hex(json, "seed", facts.seed);
  bool any = false;
  for (const int deployment : looked_at(plan)) {
    const DeploymentFacts& seen = facts.of(deployment);
    if (seen == unseen_deployment) continue;
    if (!std::exchange(any, true)) json.key("deployments").begin_object();
    json.key(rules.deployments[static_cast<std::size_t>(deployment)].name);
    write_deployment(json, seen);
  }
  if (any) json.end_object();
  json.end_object();
}

}  // namespace wye
