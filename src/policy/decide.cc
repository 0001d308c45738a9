// The order of a decision. What each part means is in the files of the parts.
#include "policy/decide.h"

#include "policy/estimate.h"
#include "policy/hedge.h"
#include "policy/lookup.h"
#include "policy/match.h"
#include "policy/no_candidate.h"
#include "policy/planner.h"
#include "policy/resolve.h"

namespace wye {
namespace {

void set_limits(Plan& plan, const Rules& rules, const AskFacts& ask) {
  const Task* task = task_of(rules, plan);
  plan.timeouts = task != nullptr ? task->timeouts : rules.timeouts;
  plan.retries = rules.reliability.retries;
  plan.deadline_ms =
      task != nullptr && task->deadline_ms > 0 ? task->deadline_ms : rules.reliability.deadline_ms;
  if (ask.timeout_ms > 0 && (plan.deadline_ms <= 0 || ask.timeout_ms < plan.deadline_ms)) {
    plan.deadline_ms = ask.timeout_ms;
  }
}

void match_rules(Plan& plan, const Rules& rules, const MatchInput& input) {
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    if (!matches(rules.rules[i], input)) continue;
    if (plan.rule < 0) {
      plan.rule = static_cast<int>(i);
      plan.rules_matched.reserve(8);
    }
    plan.rules_matched.push_back(static_cast<int>(i));
  }
}

ResolvedTarget choose_target(const Plan& plan, const Rules& rules, const AskFacts& ask) {
  if (plan.rule >= 0) return as_resolved(at(rules.rules, plan.rule).use);
  const Task* task = task_of(rules, plan);
  if (task != nullptr && task->route >= 0) return {ResolvedTarget::Kind::route, task->route};
  return resolve_model(rules, ask.model);
}

}  // namespace

Plan decide(const Rules& rules, const AskFacts& ask, const Facts& facts) {
  Plan plan;
  plan.seed = facts.seed;
  plan.output_tokens = expected_output_tokens(ask);
  if (rules.baseline >= 0) {
    // Without the correction of its facts: they are not recorded for a deployment that was only
    // compared with.
    plan.baseline_cost_nanousd = estimate_cost(ask, at(rules.deployments, rules.baseline));
  }
  Resolved resolved = resolve_task(rules, ask);
  plan.task = resolved.task;
  plan.task_source = resolved.source;
  set_limits(plan, rules, ask);
  if (resolved.fault) {
    plan.fault = std::move(resolved.fault);
    return plan;
  }
  const Task* task = task_of(rules, plan);
  match_rules(
      plan, rules,
      MatchInput{ask, facts.now, resolved.key, plan.task, task == nullptr ? -1 : task->data_class});
  const ResolvedTarget target = choose_target(plan, rules, ask);
  if (target.kind == ResolvedTarget::Kind::none) {
    plan.fault = unknown_model(rules, ask.model);
    return plan;
  }
  if (target.kind == ResolvedTarget::Kind::route) plan.route = target.index;

  Planner planner(rules, ask, facts, plan);
  planner.add_target(target);
  if (ask.no_fallback) {
    planner.drop_fallbacks();
  } else {
    planner.add_fallbacks();
  }
  if (plan.steps.empty()) plan.fault = no_candidate(plan, rules, facts);
  plan.hedge_after_us = hedge_after_us(plan, rules, ask, facts);
  return plan;
}

}  // namespace wye
