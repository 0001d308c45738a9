// Planner: fills the steps and the refusals of a plan: a target is expanded to its members, each
// member is refused or ranked, and the task's fallbacks follow. Lives for one decision, on its
// stack. Pure.
#pragma once

#include <vector>

#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"
#include "policy/lookup.h"
#include "policy/rank.h"
#include "policy/refuse.h"
#include "policy/resolve.h"

namespace wye {

// Which deployments were looked at already, one bit each.
class Seen {
 public:
  explicit Seen(std::size_t count) : words_((count + 63) / 64) {}
  bool has(int index) const { return (words_[word(index)] & bit(index)) != 0; }
  void insert(int index) { words_[word(index)] |= bit(index); }

 private:
  static std::size_t word(int index) { return static_cast<std::size_t>(index) / 64; }
  static std::uint64_t bit(int index) { return 1ULL << (static_cast<unsigned>(index) % 64); }
  std::vector<std::uint64_t> words_;
};

class Planner {
 public:
  Planner(const Rules& rules, const AskFacts& ask, const Facts& facts, Plan& plan)
      : rules_(rules),
        ask_(ask),
        facts_(facts),
        plan_(plan),
        demands_(demands_of(ask, task_of(rules, plan))),
        seen_(rules.deployments.size()) {}

  void add_target(ResolvedTarget target);
  void add_fallbacks();
  void drop_fallbacks();

 private:
  void collect(int deployment, std::int64_t weight, const PlanStep& like);
  void expand(ResolvedTarget target, const PlanStep& like);
  void add_fallback(int index);
  void merge(int deployment, const PlanStep& like);
  bool is_repeat(int deployment, const PlanStep& like) const;
  bool planned_with_less(int deployment) const;
  std::size_t fallback_count() const;

  const Rules& rules_;
  const AskFacts& ask_;
  const Facts& facts_;
  Plan& plan_;
  Demands demands_;
  Seen seen_;
  std::vector<Candidate> candidates_;  // of the target being expanded
};

// The target of a rule or a fallback. A fixed answer is none.
ResolvedTarget as_resolved(const Target& target);

}  // namespace wye
