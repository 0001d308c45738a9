// Invariants of attempts: who may be called, how often, and how many at a time. See invariants.h.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/invariants.h"

namespace wye::sim {
namespace {

bool is_final(RefusalReason reason) {
  return reason != RefusalReason::duplicate && reason != RefusalReason::no_fallback;
}

Verdict check_step(const Kept& kept, const Outcome& outcome) {
  const int number = number_of(kept.row.client_id);
  if (outcome.step < 0 || static_cast<std::size_t>(outcome.step) >= kept.plan.steps.size())
    return Found{number, "an attempt at a step that the plan does not have"};
  const PlanStep& step = kept.plan.steps[static_cast<std::size_t>(outcome.step)];
  if (step.deployment != outcome.deployment)
    return Found{number, "an attempt at another deployment than its step names"};
  for (const Refusal& refusal : kept.plan.refusals) {
    if (refusal.deployment == outcome.deployment && is_final(refusal.reason) &&
        !step.drop_reasoning)
      return Found{number, fmt::format("an attempt at a refused deployment ({})",
                                       to_string(refusal.reason))};
  }
  return std::nullopt;
}

}  // namespace

Verdict attempts_within_the_plan(const Evidence& evidence) {
  for (const Kept& kept : evidence.kept) {
    const int number = number_of(kept.row.client_id);
    std::map<int, int> tries;
    std::map<int, int> more;  // beyond the retries, each for a reason of its own
    std::vector<int> order;
    for (const Outcome& outcome : kept.record.outcomes) {
      if (Verdict wrong = check_step(kept, outcome)) return wrong;
      if (order.empty() || order.back() != outcome.step) order.push_back(outcome.step);
      // One that refused to continue a text is asked once more for all of it, and one whose answer
      // breaks its contract to mend it.
      if (outcome.resume == Resume::again || outcome.repair) more[outcome.step] = 1;
      if (++tries[outcome.step] > kept.plan.retries.max + 1 + more[outcome.step])
        return Found{number, fmt::format("{} tries at step {}, {} retries are allowed",
                                         tries[outcome.step], outcome.step, kept.plan.retries.max)};
      if (outcome.retry != tries[outcome.step] - 1)
        return Found{number, "the numbers of its retries have a hole"};
    }
    std::sort(order.begin(), order.end());
    if (std::adjacent_find(order.begin(), order.end()) != order.end())
      return Found{number, "a step was entered twice"};
  }
  return std::nullopt;
}

// As the budget counts: whole seconds of the loop's clock, ten of them.
Verdict retries_within_budget(const Evidence& evidence) {
  if (evidence.clock_was_set) return std::nullopt;  // recorded times have steps
  constexpr std::int64_t seconds = 10;
  std::map<TimeMs, std::int64_t> requests;
  std::map<TimeMs, std::int64_t> retries;
  std::int64_t share_ppm = 0;
  std::int64_t floor = 0;
  for (const RulesPtr& policy : evidence.policies) {
    const RetryRules& rules = policy->reliability.retries;
    share_ppm = std::max(share_ppm, rules.budget_share_ppm);
    floor = std::max(floor, rules.budget_floor_per_s * seconds);
  }
  for (const Kept& kept : evidence.kept) {
    ++requests[kept.record.started / 1000];
    for (const Outcome& outcome : kept.record.outcomes) {
      // These follow an answer, not an outage, and are one a request at most.
      if (outcome.repair || outcome.resume == Resume::again) continue;
      if (outcome.retry > 0) ++retries[(outcome.started - outcome.wait_us / 1000) / 1000];
    }
  }
  const auto sum = [](const std::map<TimeMs, std::int64_t>& counts, TimeMs from, TimeMs to) {
    std::int64_t all = 0;
    for (auto at = counts.lower_bound(from); at != counts.end() && at->first <= to; ++at)
      all += at->second;
    return all;
  };
  for (const auto& [second, count] : retries) {
    // A wait is recorded in whole milliseconds, so a retry may seem to begin a second late.
    const std::int64_t seen = sum(retries, second - seconds + 2, second);
    const std::int64_t allowed =
        std::max(sum(requests, second - seconds, second + 1) * share_ppm / 1'000'000, floor);
    if (seen > allowed)
      return Found{-1, fmt::format("{} retries within ten seconds, {} are allowed", seen, allowed)};
  }
  return std::nullopt;
}

Verdict parallel_limits_hold(const Evidence& evidence) {
  if (evidence.clock_was_set || evidence.policies.size() > 1) return std::nullopt;
  // Ends before beginnings of the same millisecond; and a millisecond of doubt on each side.
  std::map<int, std::vector<std::pair<TimeMs, int>>> changes;
  for (const Kept& kept : evidence.kept) {
    for (const Outcome& outcome : kept.record.outcomes) {
      const TimeMs begin = outcome.started + 1;
      const TimeMs end = outcome.started + outcome.duration_us / 1000 - 1;
      if (!was_begun(outcome) || end <= begin) continue;
      changes[outcome.deployment].emplace_back(begin, 1);
      changes[outcome.deployment].emplace_back(end, -1);
    }
  }
  const RulesPtr& rules = evidence.policies.front();
  for (auto& [index, list] : changes) {
    const Deployment& deployment = rules->deployments[static_cast<std::size_t>(index)];
    if (deployment.limits.parallel <= 0) continue;
    std::sort(list.begin(), list.end());
    std::int64_t now = 0;
    for (const auto& [at, change] : list) {
      now += change;
      if (now > deployment.limits.parallel)
        return Found{-1, fmt::format("{} attempts at a time at {}, {} are allowed", now,
                                     deployment.name, deployment.limits.parallel)};
    }
  }
  return std::nullopt;
}

Verdict nothing_after_an_answer(const Evidence& evidence) {
  for (const Kept& kept : evidence.kept) {
    const std::vector<Outcome>& outcomes = kept.record.outcomes;
    for (std::size_t i = 0; i + 1 < outcomes.size(); ++i) {
      const bool goes_on = outcomes[i + 1].resume != Resume::none;
      if (!outcomes[i].fault || (outcomes[i].committed && !goes_on))
        return Found{number_of(kept.row.client_id), "an attempt after an answer or a commitment"};
    }
  }
  return std::nullopt;
}

}  // namespace wye::sim
