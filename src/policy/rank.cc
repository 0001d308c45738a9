// The strategies, one function each, and stickiness.
#include "policy/rank.h"

#include <algorithm>
#include <limits>
#include <span>

#include "base/units.h"
#include "policy/chance.h"

namespace wye {
namespace {

constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();

const Deployment& deployment_of(const Rules& rules, const Candidate& candidate) {
  return rules.deployments[static_cast<std::size_t>(candidate.step.deployment)];
}

// Every strategy fills key (ascending order), rank (for people) and, where equals should share the
// load, tie. Candidates arrive in configured order with tie = position.
void by_priority(std::span<Candidate> candidates) {
  for (Candidate& candidate : candidates) {
    candidate.key = static_cast<std::int64_t>(candidate.tie);
    candidate.step.rank = candidate.key;
  }
}

void by_weight(std::span<Candidate> candidates, Dice& dice) {
  for (Candidate& candidate : candidates) {
    candidate.key = weighted_score(dice.next(), candidate.weight);
    candidate.step.rank = candidate.weight;
  }
}

void by_cost(std::span<Candidate> candidates) {
  for (Candidate& candidate : candidates) {
    candidate.step.rank = candidate.step.cost_nanousd;
    candidate.key = candidate.step.cost_nanousd < 0 ? last : candidate.step.cost_nanousd;
  }
}

bool is_stale(const Candidate& candidate, const Facts& facts) {
  const DeploymentFacts& seen = facts.of(candidate.step.deployment);
  return candidate.step.duration_us >= 0 && seen.minute_requests == 0 && seen.in_flight == 0;
}

// Moves one of the members that nobody asked lately to the front.
void explore(std::span<Candidate> candidates, const Facts& facts, Dice& dice) {
  const auto stale = [&](const Candidate& candidate) { return is_stale(candidate, facts); };
  const auto count = std::count_if(candidates.begin(), candidates.end(), stale);
  if (count == 0) return;
  std::uint64_t chosen = dice.below(static_cast<std::uint64_t>(count));
  for (Candidate& candidate : candidates) {
    if (!stale(candidate) || chosen-- != 0) continue;
    candidate.key = -1;
    return;
  }
}

void by_latency(std::span<Candidate> candidates, const Facts& facts, Dice& dice) {
  // Rolled whether used or not: the stream of dice depends on nothing but the number of candidates.
  const bool exploring = dice.below(explore_one_in) == 0;
  for (Candidate& candidate : candidates) {
    const DeploymentFacts& seen = facts.of(candidate.step.deployment);
    candidate.step.rank = candidate.step.duration_us;
    candidate.tie = dice.next();
    if (candidate.step.duration_us >= 0) {
      candidate.key = candidate.step.duration_us;
    } else {
      const bool idle = seen.in_flight == 0 && seen.consecutive_bad == 0;
      candidate.key = idle ? -1 : last;
    }
  }
  if (exploring) explore(candidates, facts, dice);
}

void by_load(std::span<Candidate> candidates, const Rules& rules, const Facts& facts, Dice& dice) {
  // A member without a limit is taken to bear as much as the strongest of those that have one. When
  // none has, attempts in flight are compared as they are.
  std::int64_t strongest = 0;
  for (const Candidate& candidate : candidates) {
    strongest = std::max(strongest, deployment_of(rules, candidate).limits.parallel);
  }
  if (strongest <= 0) strongest = whole_ppm;
  for (Candidate& candidate : candidates) {
    const std::int64_t own = deployment_of(rules, candidate).limits.parallel;
    const std::int64_t in_flight = facts.of(candidate.step.deployment).in_flight;
    candidate.key = in_flight * whole_ppm / (own > 0 ? own : strongest);
    candidate.step.rank = candidate.key;
    candidate.tie = dice.next();
  }
}

void by_headroom(std::span<Candidate> candidates, const Rules& rules, const Facts& facts,
                 Dice& dice) {
  for (Candidate& candidate : candidates) {
    candidate.step.rank =
        headroom_ppm(deployment_of(rules, candidate), facts.of(candidate.step.deployment));
    candidate.key = -candidate.step.rank;
    candidate.tie = dice.next();
  }
}

std::int64_t share_left(std::int64_t used, std::int64_t limit) {
  // A limit of a million millions is none.
  if (limit <= 0 || limit > whole_ppm * whole_ppm) return whole_ppm;
  return std::clamp<std::int64_t>((limit - used) * whole_ppm / limit, 0, whole_ppm);
}

std::int64_t known_or_full(std::int32_t left_ppm) { return left_ppm < 0 ? whole_ppm : left_ppm; }

// Sorts small keys and moves each candidate once: a candidate is five times as large as its key.
void sort_by_key(std::vector<Candidate>& candidates) {
  struct Key {
    std::int64_t key;
    std::uint64_t tie;
    std::size_t index;
    bool operator<(const Key& other) const {
      return key != other.key ? key < other.key : tie < other.tie;
    }
  };
  std::vector<Key> keys;
  keys.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    keys.push_back({candidates[i].key, candidates[i].tie, i});
  }
  if (std::is_sorted(keys.begin(), keys.end())) return;
  std::sort(keys.begin(), keys.end());
  std::vector<Candidate> sorted;
  sorted.reserve(candidates.size());
  for (const Key& key : keys) sorted.push_back(candidates[key.index]);
  candidates.swap(sorted);
}

}  // namespace

std::int64_t headroom_ppm(const Deployment& deployment, const DeploymentFacts& facts) {
  const DeploymentLimits& limits = deployment.limits;
  return std::min(
      {known_or_full(facts.requests_left_ppm), known_or_full(facts.tokens_left_ppm),
       share_left(facts.minute_requests + facts.in_flight, limits.requests_per_minute),
       share_left(facts.minute_tokens + facts.tokens_in_flight, limits.tokens_per_minute)});
}

void rank(Strategy strategy, std::vector<Candidate>& candidates, const Rules& rules,
          const Facts& facts, Dice& dice) {
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].tie = i;
  switch (strategy) {
    case Strategy::priority: by_priority(candidates); break;
    case Strategy::weighted: by_weight(candidates, dice); break;
    case Strategy::lowest_cost: by_cost(candidates); break;
    case Strategy::lowest_latency: by_latency(candidates, facts, dice); break;
    case Strategy::least_busy: by_load(candidates, rules, facts, dice); break;
    case Strategy::headroom: by_headroom(candidates, rules, facts, dice); break;
  }
  sort_by_key(candidates);
}

bool stick(Strategy strategy, std::uint64_t hash, std::vector<Candidate>& candidates,
           const Rules& rules) {
  if (hash == 0) return false;
  const bool weighted = strategy == Strategy::weighted;
  auto winner = candidates.end();
  std::int64_t winner_score = last;
  for (auto it = candidates.begin(); it != candidates.end(); ++it) {
    if (it->step.probe) continue;
    const std::uint64_t bits = mix64(hash ^ deployment_of(rules, *it).name_hash);
    const std::int64_t score = weighted_score(bits, weighted ? it->weight : 1);
    if (score >= winner_score) continue;
    winner = it;
    winner_score = score;
  }
  if (winner == candidates.end()) return false;
  std::rotate(candidates.begin(), winner, winner + 1);
  return true;
}

void ask_the_maker_first(const AskFacts& ask, const Rules& rules,
                         std::vector<Candidate>& candidates) {
  if (ask.maker.empty()) return;
  std::stable_partition(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
    const Deployment& deployment = deployment_of(rules, candidate);
    const Provider& provider = rules.providers[static_cast<std::size_t>(deployment.provider)];
    return to_string(provider.dialect) == ask.maker;
  });
}

}  // namespace wye
