#include "policy/hedge.h"

#include "policy/lookup.h"

namespace wye {

int step_to_hedge_with(const Plan& plan) {
  for (std::size_t i = 1; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    const bool fits = step.deployment >= 0 && !step.degrade && !step.probe &&
                      step.after.has(FaultKind::ttft) &&
                      step.deployment != plan.steps.front().deployment;
    if (fits) return static_cast<int>(i);
  }
  return -1;
}

std::int64_t hedge_after_us(const Plan& plan, const Rules& rules, const AskFacts& ask,
                            const Facts& facts) {
  const Task* task = task_of(rules, plan);
  if (rules.reliability.hedge.percentile == 0 || task == nullptr || !task->interactive) return 0;
  if (!ask.stream || plan.steps.empty() || plan.steps.front().probe) return 0;
  if (plan.steps.front().deployment < 0 || step_to_hedge_with(plan) < 0) return 0;
  const std::int32_t tail_us = facts.of(plan.steps.front().deployment).ttft_tail_us;
  return tail_us < 0 ? 0 : tail_us;
}

}  // namespace wye
