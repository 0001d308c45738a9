// From a target to ranked steps and refusals.
#include "policy/planner.h"

#include <algorithm>

#include "policy/estimate.h"

namespace wye {

void Planner::add_target(ResolvedTarget target) {
  PlanStep like;
  like.after = helpful_triggers;
  expand(target, like);
}

void Planner::expand(ResolvedTarget target, const PlanStep& like) {
  candidates_.clear();
  if (target.kind == ResolvedTarget::Kind::deployment) {
    collect(target.index, 1, like);
    for (const Candidate& candidate : candidates_) plan_.steps.push_back(candidate.step);
    return;
  }
  const Route& route = at(rules_.routes, target.index);
  candidates_.reserve(route.members.size());
  for (const RouteMember& member : route.members) collect(member.deployment, member.weight, like);
  // Every expansion has dice of its own, so that one fallback more does not change the route's
  // order.
  Dice dice(mix64(facts_.seed ^ static_cast<std::uint64_t>(like.fallback + 1)));
  rank(route.strategy, candidates_, rules_, facts_, dice);
  const std::uint64_t sticky_hash = route.sticky == Sticky::user           ? ask_.user_hash
                                    : route.sticky == Sticky::prompt_cache ? ask_.prefix_hash
                                                                           : 0;
  const bool stuck = stick(route.strategy, sticky_hash, candidates_, rules_);
  ask_the_maker_first(ask_, rules_, candidates_);
  if (like.fallback < 0) {
    plan_.stuck = stuck;
    plan_.strategy = route.strategy;
  }
  if (like.fallback < 0) plan_.steps.reserve(candidates_.size() + fallback_count());
  for (const Candidate& candidate : candidates_) plan_.steps.push_back(candidate.step);
}

// Makes a candidate of a deployment, or a refusal.
void Planner::collect(int deployment, std::int64_t weight, const PlanStep& like) {
  const bool known = seen_.has(deployment);
  if (known && is_repeat(deployment, like)) return merge(deployment, like);
  seen_.insert(deployment);

  const Deployment& upstream = at(rules_.deployments, deployment);
  const DeploymentFacts& seen = facts_.of(deployment);
  const NanoUsd cost = estimate_cost(ask_, upstream, seen);
  Refusal refusal;
  if (refuse(rules_, demands_, deployment, cost, seen, facts_.now, refusal)) {
    if (plan_.refusals.empty()) plan_.refusals.reserve(candidates_.capacity());
    if (!known) plan_.refusals.push_back(refusal);
    return;
  }
  Candidate& candidate = candidates_.emplace_back();
  candidate.weight = weight;
  candidate.step = like;
  candidate.step.deployment = deployment;
  candidate.step.probe = would_probe(seen, facts_.now);
  candidate.step.cost_nanousd = cost;
  candidate.step.duration_us = estimate_duration_us(ask_, seen);
}

// A deployment that was looked at is looked at again only to be asked for less.
bool Planner::is_repeat(int deployment, const PlanStep& like) const {
  return !like.drop_reasoning || planned_with_less(deployment);
}

bool Planner::planned_with_less(int deployment) const {
  const auto same = [&](const PlanStep& step) {
    return step.deployment == deployment && step.drop_reasoning;
  };
  return std::any_of(plan_.steps.begin(), plan_.steps.end(), same) ||
         std::any_of(candidates_.begin(), candidates_.end(),
                     [&](const Candidate& candidate) { return same(candidate.step); });
}

std::size_t Planner::fallback_count() const {
  const Task* task = task_of(rules_, plan_);
  return task == nullptr || ask_.no_fallback ? 0 : task->fallbacks.size();
}

// A fallback that leads where an earlier one leads widens that one's triggers; one that leads to a
// member of the route itself is told as a duplicate.
void Planner::merge(int deployment, const PlanStep& like) {
  for (PlanStep& step : plan_.steps) {
    if (step.deployment != deployment) continue;
    if (step.fallback >= 0 && !step.degrade && !like.degrade) {
      step.after = Triggers::from_bits(step.after.bits() | like.after.bits());
    } else if (like.fallback >= 0) {
      const auto& fallback = at(task_of(rules_, plan_)->fallbacks, like.fallback);
      // Members of a route that overlaps are not worth a line each.
      if (fallback.target.kind != Target::Kind::deployment) return;
      Refusal refusal;
      refusal.deployment = deployment;
      refusal.reason = RefusalReason::duplicate;
      refusal.where = fallback.where;
      plan_.refusals.push_back(refusal);
    }
    return;
  }
}

void Planner::add_fallback(int index) {
  const Fallback& fallback = at(task_of(rules_, plan_)->fallbacks, index);
  PlanStep like;
  like.fallback = index;
  like.degrade = fallback.degrade || fallback.target.kind == Target::Kind::answer;
  like.drop_reasoning = fallback.drop_reasoning;
  like.after = fallback.after;
  if (like.after.empty()) {
    like.after = like.degrade ? Triggers{FaultKind::exhausted} : helpful_triggers;
  }
  if (fallback.target.kind == Target::Kind::answer) {
    plan_.steps.push_back(like);
    return;
  }
  const Abilities wanted = demands_.abilities;
  if (fallback.drop_reasoning) demands_.abilities.erase(Ability::reasoning);
  expand(as_resolved(fallback.target), like);
  demands_.abilities = wanted;
}

void Planner::add_fallbacks() {
  const Task* task = task_of(rules_, plan_);
  if (task == nullptr) return;
  for (const bool degrade : {false, true}) {
    for (std::size_t i = 0; i < task->fallbacks.size(); ++i) {
      const Fallback& fallback = task->fallbacks[i];
      const bool degrades = fallback.degrade || fallback.target.kind == Target::Kind::answer;
      if (degrades == degrade) add_fallback(static_cast<int>(i));
    }
  }
}

// They are told as refusals rather than forgotten: the ranking looked at them.
void Planner::drop_fallbacks() {
  for (std::size_t i = 1; i < plan_.steps.size(); ++i) {
    Refusal refusal;
    refusal.deployment = plan_.steps[i].deployment;
    refusal.reason = RefusalReason::no_fallback;
    plan_.refusals.push_back(refusal);
  }
  if (plan_.steps.size() > 1) plan_.steps.resize(1);
}

ResolvedTarget as_resolved(const Target& target) {
  using enum ResolvedTarget::Kind;
  switch (target.kind) {
    case Target::Kind::deployment: return {deployment, target.index};
    case Target::Kind::route: return {route, target.index};
    case Target::Kind::answer: return {};  // config/ lets only fallbacks have fixed answers
  }
  return {};
}

}  // namespace wye
