// Which fault a set of refusals adds up to.
#include "policy/no_candidate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "policy/explain.h"

namespace wye {
namespace {

constexpr std::size_t reasons_told_max = 8;

// When nobody can say how long a slot stays taken.
constexpr DurationMs wait_unknown_ms = 1'000;

DurationMs wait_of(const Refusal& refusal, TimeMs now) {
  if (refusal.until > now) return refusal.until - now;
  const bool per_minute = refusal.reason == RefusalReason::requests_per_minute ||
                          refusal.reason == RefusalReason::tokens_per_minute;
  // On average the next slot of a minute becomes free after its share of the minute.
  if (per_minute && refusal.limit > 0)
    return std::max(wait_unknown_ms, ms_per_minute / refusal.limit);
  return wait_unknown_ms;
}

std::string reasons_of(const Plan& plan, const Rules& rules, const Facts& facts) {
  std::string out;
  for (std::size_t i = 0; i < plan.refusals.size() && i < reasons_told_max; ++i) {
    const Refusal& refusal = plan.refusals[i];
    if (i > 0) out += "; ";
    out +=
        fmt::format("{}: {}", rules.deployments[static_cast<std::size_t>(refusal.deployment)].name,
                    explain(refusal, plan, rules, facts));
    const std::string where = explain_where(refusal.where, rules);
    if (!where.empty()) out += fmt::format(" ({})", where);
  }
  if (plan.refusals.size() > reasons_told_max) {
    out += fmt::format("; and {} more", plan.refusals.size() - reasons_told_max);
  }
  return out;
}

bool all(const Plan& plan, std::initializer_list<RefusalReason> reasons) {
  return std::all_of(plan.refusals.begin(), plan.refusals.end(), [&](const Refusal& refusal) {
    return std::find(reasons.begin(), reasons.end(), refusal.reason) != reasons.end();
  });
}

bool any(const Plan& plan, std::initializer_list<RefusalReason> reasons) {
  return std::any_of(plan.refusals.begin(), plan.refusals.end(), [&](const Refusal& refusal) {
    return std::find(reasons.begin(), reasons.end(), refusal.reason) != reasons.end();
  });
}

bool is_limit(RefusalReason reason) {
  using enum RefusalReason;
  return reason == rate_limited || reason == requests_per_minute || reason == tokens_per_minute ||
         reason == parallel;
}

Fault passing(const Plan& plan, const Facts& facts, const std::string& reasons) {
  DurationMs wait = -1;
  bool all_limits = true;
  for (const Refusal& refusal : plan.refusals) {
    if (!is_transient(refusal.reason)) continue;
    const DurationMs one = wait_of(refusal, facts.now);
    wait = wait < 0 ? one : std::min(wait, one);
    all_limits = all_limits && is_limit(refusal.reason);
  }
  Fault out = fault(FaultKind::no_candidate,
                    fmt::format("No deployment can serve this request right now: {}. "
                                "Try again in {}.",
                                reasons, explain_wait(wait)));
  out.code = all_limits ? "capacity_exhausted" : "provider_unavailable";
  out.retry_after_ms = wait;
  out.status = 503;
  return out;
}

Fault permanent(FaultKind kind, int status, std::string_view code, const std::string& reasons,
                std::string_view advice) {
  Fault out =
      fault(kind, fmt::format("No deployment may serve this request: {}. {}", reasons, advice));
  out.code = code;
  out.status = status;
  return out;
}

}  // namespace

Fault no_candidate(const Plan& plan, const Rules& rules, const Facts& facts) {
  using enum RefusalReason;
  if (plan.refusals.empty()) {
    return permanent(FaultKind::no_candidate, 503, "no_capable_deployment",
                     "its route has no members", "Add deployments to the route.");
  }
  const std::string reasons = reasons_of(plan, rules, facts);
  const bool waiting_helps =
      std::any_of(plan.refusals.begin(), plan.refusals.end(),
                  [](const Refusal& refusal) { return is_transient(refusal.reason); });
  if (waiting_helps) return passing(plan, facts, reasons);
  if (all(plan, {context_window})) {
    return permanent(
        FaultKind::context_window, 400, "context_length_exceeded", reasons,
        "Shorten the messages or ask for less output, or route the task to a model with "
        "a larger window.");
  }
  // Where compliance refuses somebody, that is what to tell: the others were not allowed to help.
  if (any(plan, {data_class, region, zdr})) {
    return permanent(
        FaultKind::no_candidate, 403, "constraint_filtered", reasons,
        "Only another policy can permit it: add a deployment that meets the constraint.");
  }
  if (any(plan, {price, max_cost, price_unknown})) {
    return permanent(FaultKind::no_candidate, 403, "cost_limit", reasons,
                     "Raise the limit, or shorten the request.");
  }
  return permanent(FaultKind::no_candidate, 400, "no_capable_deployment", reasons,
                   "Drop what is missing from the request, or add a deployment that has it.");
}

}  // namespace wye
