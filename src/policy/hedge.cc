#include "policy/hedge.h"

#include <algorithm>

#include "policy/lookup.h"

namespace wye {
namespace {

// The usual time until a client has something of this deployment, at the percentile of hedging; -1:
// not known.
std::int64_t tail_us(const DeploymentFacts& facts, bool held_whole, const StreamRules& stream) {
  if (held_whole) return facts.whole_tail_us;
  if (facts.ttft_tail_us < 0) return -1;
  const DurationMs held_ms = stream.commit == Commit::window ? stream.window_ms : 0;
  return facts.ttft_tail_us + held_ms * 1000;
}

}  // namespace

int step_to_hedge_with(const Plan& plan, bool streamed) {
  const FaultKind late = streamed ? FaultKind::ttft : FaultKind::timeout;
  for (std::size_t i = 1; i < plan.steps.size(); ++i) {
    const PlanStep& step = plan.steps[i];
    const bool fits = step.deployment >= 0 && !step.degrade && !step.probe &&
                      step.after.has(late) && step.deployment != plan.steps.front().deployment;
    if (fits) return static_cast<int>(i);
  }
  return -1;
}

std::int64_t hedge_after_us(const Plan& plan, const Rules& rules, const AskFacts& ask,
                            const Facts& facts) {
  const Task* task = task_of(rules, plan);
  if (rules.reliability.hedge.percentile == 0 || task == nullptr || !task->interactive) return 0;
  const bool talks = ask.endpoint == Endpoint::chat || ask.endpoint == Endpoint::responses;
  if (!talks || plan.steps.empty() || plan.steps.front().probe) return 0;
  if (plan.steps.front().deployment < 0 || step_to_hedge_with(plan, ask.stream) < 0) return 0;
  const bool held_whole = !ask.stream || task->stream.commit == Commit::validated;
  const DeploymentFacts& first = facts.of(plan.steps.front().deployment);
  return std::max<std::int64_t>(tail_us(first, held_whole, task->stream), 0);
}

}  // namespace wye
