// The order of the questions after an attempt. Waits are in backoff.cc, final faults in failure.cc.
#include "policy/next.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/backoff.h"
#include "policy/deadline.h"
#include "policy/failure.h"

namespace wye {
namespace {

Step stop(std::string reason, std::optional<Fault> fault = std::nullopt) {
  Step step;
  step.fault = std::move(fault);
  step.reason = std::move(reason);
  return step;
}

std::string_view name_of(const Plan& plan, const Rules& rules, int index) {
  const int deployment = plan.steps[static_cast<std::size_t>(index)].deployment;
  return deployment < 0
             ? std::string_view("the fixed answer")
             : std::string_view(rules.deployments[static_cast<std::size_t>(deployment)].name);
}

Step enter(const Plan& plan, const Rules& rules, int index, std::string reason) {
  const PlanStep& planned = plan.steps[static_cast<std::size_t>(index)];
  Step step;
  step.index = index;
  step.reason = std::move(reason);
  if (planned.deployment >= 0) {
    step.kind = planned.degrade ? Step::Kind::degrade : Step::Kind::attempt;
    return step;
  }
  step.kind = Step::Kind::answer;
  step.answer = rules.tasks[static_cast<std::size_t>(plan.task)]
                    .fallbacks[static_cast<std::size_t>(planned.fallback)]
                    .target.answer;
  return step;
}

int deployment_of(const Plan& plan, const Step& step) {
  return plan.steps[static_cast<std::size_t>(step.index)].deployment;
}

// One request is one probe of a half-open circuit, and does not try again there.
bool is_probe(const Plan& plan, const Outcome& last) {
  return plan.steps[static_cast<std::size_t>(last.step)].probe;
}

// Whoever was given up because another was faster has not had its turn: the other one's answer may
// break, or its task may refuse it.
bool was_tried(std::span<const Outcome> outcomes, int index) {
  return std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome& outcome) {
    return outcome.step == index && !was_overtaken(outcome);
  });
}

// The first untried step that satisfies `fits`, -1 when there is none.
template <class Fits>
int first_untried(const Plan& plan, std::span<const Outcome> outcomes, Fits fits) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (fits(plan.steps[i]) && !was_tried(outcomes, static_cast<int>(i)))
      return static_cast<int>(i);
  }
  return -1;
}

// Malformed HTTP from a provider is an outage to whoever wrote `after: [outage]`.
FaultKind trigger_of(FaultKind kind) {
  return kind == FaultKind::protocol ? FaultKind::outage : kind;
}

bool is_trigger(FaultKind kind) { return kind <= FaultKind::exhausted; }

// The request is wrong by the word of a provider: only a step that lists exactly this may follow.
bool is_wrong_request(FaultKind kind) {
  return kind == FaultKind::bad_request || kind == FaultKind::content_filter;
}

// Whoever lists the failures after which a fallback may be used has not listed this one.
bool may_follow_only_here(const PlanStep& step) {
  return step.fallback < 0 || step.after == helpful_triggers ||
         step.after.has(FaultKind::bad_request);
}

std::int64_t window_of(const Rules& rules, int deployment) {
  return deployment < 0 ? 0
                        : rules.deployments[static_cast<std::size_t>(deployment)].context_tokens;
}

// The largest window that the request has been too long for, -1 when it fitted everywhere.
std::int64_t window_exceeded(const Rules& rules, std::span<const Outcome> outcomes) {
  std::int64_t largest = -1;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.fault || outcome.fault->kind != FaultKind::context_window) continue;
    largest = std::max(largest, window_of(rules, outcome.deployment));
  }
  return largest;
}

bool has_failed(const Outcome& outcome) {
  return outcome.fault && was_called(outcome) && !was_overtaken(outcome);
}

// Why somebody else is asked: the fault of the last one that was called. Who could not even be
// started is passed over, as if decide had refused it: the fault before it must not be forgotten.
// Where nobody was called, the last fault.
const Fault& reason_of(std::span<const Outcome> outcomes) {
  const auto called = std::find_if(outcomes.rbegin(), outcomes.rend(), has_failed);
  return called == outcomes.rend() ? *outcomes.back().fault : *called->fault;
}

// The first untried step that lists the fault of these outcomes and satisfies `fits`, -1 when there
// is none.
template <class Fits>
int find_listed(const Plan& plan, std::span<const Outcome> outcomes, Fits fits) {
  const FaultKind kind = trigger_of(reason_of(outcomes).kind);
  const bool only_here = reason_of(outcomes).only_here;
  return first_untried(plan, outcomes, [&](const PlanStep& step) {
    if (step.degrade || !fits(step)) return false;
    if (kind == FaultKind::no_candidate) return true;
    if (only_here) return may_follow_only_here(step);
    return step.after.has(kind);
  });
}

// For a request that was too long: whoever is known to read more, or else whoever may, since nobody
// knows how much it reads.
int find_longer(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes) {
  const std::int64_t exceeded = window_exceeded(rules, outcomes);
  const int longer = find_listed(plan, outcomes, [&](const PlanStep& step) {
    return window_of(rules, step.deployment) > exceeded;
  });
  if (longer >= 0) return longer;
  return find_listed(plan, outcomes, [&](const PlanStep& step) {
    return step.deployment >= 0 && window_of(rules, step.deployment) == 0;
  });
}

// Where to go after these outcomes, without looking at `exhausted`.
int find_next(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes) {
  if (reason_of(outcomes).kind == FaultKind::context_window) {
    return find_longer(plan, rules, outcomes);
  }
  return find_listed(plan, outcomes, [](const PlanStep&) { return true; });
}

int find_exhausted(const Plan& plan, std::span<const Outcome> outcomes, bool answers_only) {
  const FaultKind kind = trigger_of(
      outcomes.empty() || !outcomes.back().fault ? FaultKind::timeout : reason_of(outcomes).kind);
  return first_untried(plan, outcomes, [&](const PlanStep& step) {
    if (answers_only && step.deployment >= 0) return false;
    return step.after.has(FaultKind::exhausted) || (step.degrade && step.after.has(kind));
  });
}

// A degraded answer hides a provider's failure from the client, not a mistake of the client's own.
bool may_degrade(std::span<const Outcome> outcomes) {
  const FaultKind kind = reason_of(outcomes).kind;
  if (kind == FaultKind::no_candidate) return true;
  if (is_wrong_request(kind)) return false;
  return std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& outcome) {
    return has_failed(outcome) && traits(outcome.fault->kind).whose != Whose::client;
  });
}

Step past_deadline(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
                   TimeMs now) {
  if (const int index = find_exhausted(plan, outcomes, true); index >= 0) {
    return enter(plan, rules, index, "the deadline is over, a fixed answer is permitted");
  }
  return stop("the deadline is over", out_of_time(plan, rules, outcomes, now));
}

Step first_step(const Plan& plan, const Rules& rules, const NextFacts& facts) {
  if (facts.client_gone)
    return stop("the client left", fault(FaultKind::client_gone, "The client left."));
  if (plan.steps.empty()) {
    return stop(
        "the policy leaves nobody",
        plan.fault ? *plan.fault : fault(FaultKind::no_candidate, "The plan has no steps."));
  }
  if (!fits_deadline(plan, facts, 0)) return past_deadline(plan, rules, {}, facts.now);
  return enter(plan, rules, 0, "first choice");
}

// An answer that broke when its client had the beginning of it: what the client will be told.
const Fault& what_broke(std::span<const Outcome> outcomes) {
  const auto first = std::find_if(outcomes.begin(), outcomes.end(),
                                  [](const Outcome& one) { return one.fault && one.committed; });
  return first == outcomes.end() ? *outcomes.back().fault : *first->fault;
}

Resume way_on(const Rules& rules, int deployment) {
  const Deployment& one = rules.deployments[static_cast<std::size_t>(deployment)];
  const bool continues = one.abilities_known && one.abilities.has(Ability::prefill);
  return continues ? Resume::prefix : Resume::again;
}

Step retry(const Plan& plan, const Rules& rules, const Outcome& last, DurationMs wait) {
  Step step =
      enter(plan, rules, last.step, fmt::format("{}, again in {} ms", describe(last, rules), wait));
  step.wait_ms = wait;
  step.is_retry = true;
  return step;
}

bool refused_prefix(const Outcome& last) {
  return last.resume == Resume::prefix && traits(last.fault->kind).whose == Whose::client;
}

// Who can go on after a fault of one who could not: any of them. A downgrade would have to be told
// in the head, which is out.
int find_to_go_on(const Plan& plan, std::span<const Outcome> outcomes) {
  const FaultKind kind = trigger_of(what_broke(outcomes).kind);
  return first_untried(plan, outcomes, [&](const PlanStep& step) {
    return step.deployment >= 0 && !step.degrade && step.after.has(kind);
  });
}

Step go_on(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
           const NextFacts& facts) {
  const Outcome& last = outcomes.back();
  if (!facts.resumable || !fits_deadline(plan, facts, 0)) {
    return stop(fmt::format("{}, after the commit point", describe(last, rules)),
                what_broke(outcomes));
  }
  const bool was_probe = is_probe(plan, last);
  if (refused_prefix(last) && !was_probe && facts.retry_allowed) {
    Step step = retry(plan, rules, last, 0);
    step.resume = Resume::again;
    return step;
  }
  const int other = find_to_go_on(plan, outcomes);
  // Its client is reading: whoever can go on at once is better than a wait.
  const bool may_retry = other < 0 && !was_probe;
  const auto wait = may_retry ? retry_wait(plan, outcomes, facts, false) : std::nullopt;
  if (!wait && other < 0) {
    return stop(
        fmt::format("{}, after the commit point, and nobody can go on", describe(last, rules)),
        what_broke(outcomes));
  }
  Step step = wait ? retry(plan, rules, last, *wait)
                   : enter(plan, rules, other,
                           fmt::format("{}, {} goes on", describe(last, rules),
                                       name_of(plan, rules, other)));
  step.resume =
      last.resume != Resume::none && wait ? last.resume : way_on(rules, deployment_of(plan, step));
  return step;
}

// The contract of the request's task, null when it has none.
const OutputRules* contract_of(const Plan& plan, const Rules& rules) {
  if (plan.task < 0) return nullptr;
  const OutputRules& output = rules.tasks[static_cast<std::size_t>(plan.task)].output;
  return output.json ? &output : nullptr;
}

bool may_repair(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
                const NextFacts& facts) {
  const OutputRules* contract = contract_of(plan, rules);
  const bool tried =
      std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& one) { return one.repair; });
  return contract != nullptr && contract->repair && !tried && !facts.draining &&
         facts.retry_allowed && !is_probe(plan, outcomes.back()) &&
         outcomes.back().fault->kind == FaultKind::invalid_output;
}

bool may_fall_back(const Plan& plan, const Rules& rules, FaultKind kind) {
  const OutputRules* contract = contract_of(plan, rules);
  return kind != FaultKind::invalid_output || contract == nullptr || contract->fallback;
}

}  // namespace

Step next(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
          const NextFacts& facts) {
  if (outcomes.empty()) return first_step(plan, rules, facts);
  const Outcome& last = outcomes.back();
  if (!last.fault) return stop("answered");
  const Fault& reason = reason_of(outcomes);
  const FaultKind kind = trigger_of(reason.kind);
  if (facts.client_gone || kind == FaultKind::client_gone) {
    return stop("the client left", fault(FaultKind::client_gone, "The client left."));
  }
  if (any_committed(outcomes)) return go_on(plan, rules, outcomes, facts);
  if (!is_trigger(kind) && kind != FaultKind::no_candidate) {
    return stop(std::string(traits(kind).sentence), reason);
  }
  if (!fits_deadline(plan, facts, 0) && !is_wrong_request(kind)) {
    return past_deadline(plan, rules, outcomes, facts.now);
  }

  if (may_repair(plan, rules, outcomes, facts)) {
    Step step = retry(plan, rules, last, 0);
    step.repair = true;
    return step;
  }
  if (!may_fall_back(plan, rules, kind)) return stop("the answer is invalid", reason);
  const int other = fits_deadline(plan, facts, 0) ? find_next(plan, rules, outcomes) : -1;
  const auto wait =
      is_probe(plan, last) ? std::nullopt : retry_wait(plan, outcomes, facts, other >= 0);
  if (wait) {
    return retry(plan, rules, last, *wait);
  }
  if (other >= 0) {
    return enter(plan, rules, other,
                 fmt::format("{}, next {}", describe(last, rules), name_of(plan, rules, other)));
  }
  if (is_wrong_request(kind)) return stop("the provider calls the request wrong", reason);
  if (may_degrade(outcomes)) {
    if (const int index = find_exhausted(plan, outcomes, false); index >= 0) {
      return enter(plan, rules, index,
                   fmt::format("{}, nothing else left, {}", describe(last, rules),
                               name_of(plan, rules, index)));
    }
  } else if (outcomes.size() == 1) {
    return stop("the client's own fault", last.fault);
  }
  return stop("nothing is left to try", failure(plan, rules, outcomes, facts.now));
}

}  // namespace wye
