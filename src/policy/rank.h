// Rank: in which order the permitted members of a route are tried. Pure, any thread.
//
//   priority        as configured
//   weighted        seeded draws without replacement: the order of the rest is weighted too, and
//                   members of weight 0 come last as configured
//   lowest_cost     estimated cost; unknown prices last; ties as configured
//   lowest_latency  time to first token + expected output x time a token; see below
//   least_busy      attempts in flight, relative to the parallel limit where there is one; ties by
//   dice headroom        the smallest share left of the provider's and our own per-minute limits,
//   the
//                   largest first; what nobody knows counts as full; ties by dice
//
// lowest_latency has to learn what it ranks by. A deployment that was never measured goes first
// when it is idle and not failing, so that one request at a time explores it, and last otherwise,
// so that a burst does not pile up on a stranger. A measured one may have become faster since it
// fell out of favour: of the members that nobody asked within the last minute, one goes first in
// every fiftieth decision. That bounds exploration to about one request a minute and deployment.
//
// Sticky: rendezvous hashing over the healthy members moves one to the front, the same for equal
// users or prefixes; weights count when the strategy is weighted. When a member drops out, only its
// own users move. Members that would be probes are not healthy.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

inline constexpr std::uint64_t explore_one_in = 50;

// A permitted member of a route. `step` is filled but for its rank.
struct Candidate {
  PlanStep step;
  std::int64_t weight = 1;
  // Filled by rank(): ascending order of key, then of tie.
  std::int64_t key = 0;
  std::uint64_t tie = 0;
};

void rank(Strategy strategy, std::vector<Candidate>& candidates, const Rules& rules,
          const Facts& facts, Dice& dice);

// True when a candidate was moved to (or found at) the front. A hash of 0 is not sticky.
bool stick(Strategy strategy, std::uint64_t hash, std::vector<Candidate>& candidates,
           const Rules& rules);

// The share left of all limits that are known, in parts per million.
std::int64_t headroom_ppm(const Deployment& deployment, const DeploymentFacts& facts);

// Signatures in the request's history are worth something to whoever made them, and to nobody else:
// deployments of that dialect come before all others, each part in its order.
void ask_the_maker_first(const AskFacts& ask, const Rules& rules,
                         std::vector<Candidate>& candidates);

}  // namespace wye
