// Invariants of the circuit breaker, by what the books told all loops and when attempts began. See
// invariants.h.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "sim/invariants.h"

namespace wye::sim {
namespace {

// Recorded times are whole milliseconds.
constexpr TimeMs doubt_ms = 2;

struct Start {
  int ask = -1;
  TimeMs at_ms = 0;
  TimeMs end_ms = 0;
  bool tells = false;  // its end says whether the provider is well
};

// From when a circuit was told open, or one of its probes answered, to when something else was
// told.
struct Opening {
  TimeMs told_ms = 0;
  TimeMs until_ms = 0;  // the cooldown
  std::int32_t probes_ok = 0;
  TimeMs over_ms = std::numeric_limits<TimeMs>::max();
};

std::vector<Opening> openings_of(const std::vector<Sighting>& sightings, std::size_t slot) {
  std::vector<Opening> openings;
  for (const Sighting& sighting : sightings) {
    if (slot >= sighting.snapshot->deployments.size()) continue;
    const DeploymentFacts& facts = sighting.snapshot->deployments[slot];
    const bool sick = facts.breaker != BreakerState::closed;
    const bool known =
        !openings.empty() && openings.back().over_ms == std::numeric_limits<TimeMs>::max();
    if (known && sick && openings.back().until_ms == facts.open_until &&
        openings.back().probes_ok == facts.probes_ok)
      continue;
    if (known) openings.back().over_ms = sighting.at_ms;
    if (sick) openings.push_back({sighting.at_ms, facts.open_until, facts.probes_ok});
  }
  return openings;
}

bool decides_over_circuit(const Outcome& outcome) {
  return !outcome.fault || outcome.status > 0 || traits(outcome.fault->kind).hurts_health;
}

// How long an attempt took at least by the clock of decisions, which goes by one part in 32 slower
// while it follows a wall clock that was set back.
TimeMs duration_ms(const Outcome& outcome, bool clock_was_set) {
  const std::int64_t us = outcome.duration_us;
  return (clock_was_set ? us - us / 32 : us) / 1000;
}

std::map<std::string, std::vector<Start>> starts_of(const Evidence& evidence) {
  std::map<std::string, std::vector<Start>> starts;
  for (const Kept& kept : evidence.kept) {
    for (const Outcome& outcome : kept.record.outcomes) {
      if (!was_begun(outcome)) continue;
      const std::string& name =
          kept.rules->deployments[static_cast<std::size_t>(outcome.deployment)].name;
      starts[name].push_back({number_of(kept.row.client_id), outcome.started,
                              outcome.started + duration_ms(outcome, evidence.clock_was_set),
                              decides_over_circuit(outcome)});
    }
  }
  for (auto& [name, list] : starts) {
    std::sort(list.begin(), list.end(),
              [](const Start& a, const Start& b) { return a.at_ms < b.at_ms; });
  }
  return starts;
}

Verdict check_opening(const std::string& name, const Opening& opening,
                      const std::vector<Start>& starts) {
  const Start* probe = nullptr;
  for (const Start& start : starts) {
    if (start.at_ms < opening.told_ms + doubt_ms || start.at_ms + doubt_ms > opening.over_ms)
      continue;
    if (start.at_ms + doubt_ms < opening.until_ms)
      return Found{start.ask, fmt::format("{} was called {} ms before its circuit half-opens", name,
                                          opening.until_ms - start.at_ms)};
    if (start.at_ms < opening.until_ms + doubt_ms) continue;
    if (probe != nullptr && start.at_ms + doubt_ms < probe->end_ms)
      return Found{start.ask,
                   fmt::format("{} was called while ask {} probes it", name, probe->ask)};
    if (probe != nullptr && probe->tells)
      return Found{start.ask, fmt::format("{} was probed by ask {} and again before anybody heard "
                                          "of the result",
                                          name, probe->ask)};
    probe = &start;
  }
  return std::nullopt;
}

}  // namespace

Verdict open_circuits_are_left_alone(const Evidence& evidence) {
  for (const auto& [name, starts] : starts_of(evidence)) {
    const auto slot = evidence.slots.find(name);
    if (slot == evidence.slots.end()) continue;
    for (const Opening& opening : openings_of(evidence.sightings, slot->second)) {
      if (Verdict wrong = check_opening(name, opening, starts)) return wrong;
    }
  }
  return std::nullopt;
}

}  // namespace wye::sim
