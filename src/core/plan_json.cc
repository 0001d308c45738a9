// Writing a plan: names instead of indices, refusals with their configuration lines. What follows
// from the rules alone (timeouts, retry rules, the usual triggers of a step) is left out.
#include "core/json_fields.h"
#include "core/outcome_json.h"
#include "core/record.h"

namespace wye {
namespace {

void write_indices(JsonWriter& json, JsonKey name, const std::vector<int>& indices) {
  if (indices.empty()) return;
  json.key(name);
  json.begin_array();
  for (const int index : indices) json.value(index);
  json.end_array();
}

void write_triggers(JsonWriter& json, Triggers triggers) {
  json.key("after");
  json.begin_array();
  for (int i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (triggers.has(kind)) json.value(to_string(kind));
  }
  json.end_array();
}

// The triggers that the configuration gives the step; two fallbacks that lead to one deployment
// share a step with more.
Triggers usual_triggers(const Plan& plan, const PlanStep& step, const Rules& rules) {
  if (step.fallback < 0 || plan.task < 0) return helpful_triggers;
  const Fallback& fallback = rules.tasks[static_cast<std::size_t>(plan.task)]
                                 .fallbacks[static_cast<std::size_t>(step.fallback)];
  if (!fallback.after.empty()) return fallback.after;
  return step.degrade ? Triggers{FaultKind::exhausted} : helpful_triggers;
}

// Cost and latency are ranked by what the step says anyway.
bool is_told_already(Strategy strategy, const PlanStep& step) {
  if (strategy == Strategy::lowest_cost) return step.rank == step.cost_nanousd;
  return strategy == Strategy::lowest_latency && step.rank == step.duration_us;
}

void write_step(JsonWriter& json, const Plan& plan, const PlanStep& step, const Rules& rules) {
  constexpr std::int64_t unknown = -1;
  json.begin_object();
  if (step.deployment >= 0) {
    json.field("deployment", rules.deployments[static_cast<std::size_t>(step.deployment)].name);
  } else {
    json.field("answer", true);
  }
  field_unless(json, "fallback", step.fallback, -1);
  if (step.after != usual_triggers(plan, step, rules)) write_triggers(json, step.after);
  field_if(json, "degrade", step.degrade);
  field_if(json, "drop_reasoning", step.drop_reasoning);
  field_if(json, "probe", step.probe);
  if (!is_told_already(plan.strategy, step)) field_unless(json, "rank", step.rank, std::int64_t{0});
  field_unless(json, "cost_nanousd", step.cost_nanousd, unknown);
  field_unless(json, "duration_us", step.duration_us, unknown);
  json.end_object();
}

void write_refusal(JsonWriter& json, const Refusal& refusal, const Rules& rules) {
  constexpr std::int64_t nothing = 0;
  json.begin_object();
  json.field("deployment", rules.deployments[static_cast<std::size_t>(refusal.deployment)].name);
  json.field("reason", to_string(refusal.reason));
  if (refusal.reason == RefusalReason::ability) json.field("missing", to_string(refusal.missing));
  field_unless(json, "wanted", refusal.wanted, nothing);
  field_unless(json, "limit", refusal.limit, nothing);
  field_unless(json, "until", refusal.until, TimeMs{0});
  field_where(json, "at", refusal.where);
  json.end_object();
}

}  // namespace

void write_plan_json(const Plan& plan, const Rules& rules, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  if (plan.task >= 0) json.field("task", rules.tasks[static_cast<std::size_t>(plan.task)].name);
  if (plan.task_source != TaskSource::none) json.field("task_source", to_string(plan.task_source));
  if (plan.route >= 0) json.field("route", rules.routes[static_cast<std::size_t>(plan.route)].name);
  write_indices(json, "rules", plan.rules_matched);
  if (plan.strategy != Strategy::priority) json.field("strategy", to_string(plan.strategy));
  field_if(json, "stuck", plan.stuck);
  json.key("steps");
  json.begin_array();
  for (const PlanStep& step : plan.steps) write_step(json, plan, step, rules);
  json.end_array();
  if (!plan.refusals.empty()) {
    json.key("refusals");
    json.begin_array();
    for (const Refusal& refusal : plan.refusals) write_refusal(json, refusal, rules);
    json.end_array();
  }
  json.field("deadline_ms", plan.deadline_ms);
  field_unless(json, "hedge_after_us", plan.hedge_after_us, std::int64_t{0});
  field_unless(json, "output_tokens", plan.output_tokens, std::int64_t{0});
  field_unless(json, "baseline_cost_nanousd", plan.baseline_cost_nanousd, NanoUsd{-1});
  if (plan.fault) write_fault(json, "fault", *plan.fault);
  json.end_object();
}

}  // namespace wye
