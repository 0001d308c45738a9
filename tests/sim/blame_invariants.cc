// Invariants of blame: what is counted against a provider is its own doing. See invariants.h.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/invariants.h"

namespace wye::sim {
namespace {

bool hurts(const Outcome& outcome) {
  return outcome.fault && traits(outcome.fault->kind).hurts_health;
}

bool never_in_trouble(const Scenario& scenario, const std::string& provider) {
  return std::none_of(scenario.troubles.begin(), scenario.troubles.end(),
                      [&](const Trouble& trouble) { return trouble.provider == provider; });
}

const ProviderPlan* plan_of(const Scenario& scenario, const std::string& provider) {
  const auto at = std::find_if(scenario.providers.begin(), scenario.providers.end(),
                               [&](const ProviderPlan& one) { return one.name == provider; });
  return at == scenario.providers.end() ? nullptr : &*at;
}

// How long a whole answer takes a provider that is well, at most.
MonoUs answering_us(const ProviderPlan& provider, const AskEvidence& ask, const Outcome& outcome) {
  constexpr MonoUs journeys_us = 10'000;
  MonoUs us = journeys_us + provider.ttft_ms * us_per_ms;
  const auto whole = ask.whole.find(provider.name);
  if (provider.tokens_per_second <= 0) return us;
  // What it was to mend or to go on with, or has not begun to say, may be of any length.
  const bool is_known =
      outcome.status == 200 && !outcome.repair && outcome.resume != Resume::prefix;
  if (!is_known || whole == ask.whole.end() || !whole->second) return no_deadline;
  return us + static_cast<MonoUs>(static_cast<double>(whole->second->output_tokens) * 1e6 /
                                  provider.tokens_per_second);
}

// What a provider that is well may be blamed for: that it is slower than the policy allows.
bool is_too_slow(const ProviderPlan& provider, const AskEvidence& ask, const Kept& kept,
                 const Outcome& outcome) {
  const Timeouts& limits = kept.plan.timeouts;
  const bool limited_by_client =
      ask.plan.timeout_ms > 0 && ask.plan.timeout_ms <= kept.plan.deadline_ms;
  const bool slow = answering_us(provider, ask, outcome) >= outcome.duration_us;
  switch (outcome.fault->kind) {
    case FaultKind::ttft: return slow && outcome.duration_us >= limits.ttft_ms * us_per_ms;
    case FaultKind::timeout: {
      const bool at_total =
          limits.total_ms > 0 && outcome.duration_us >= limits.total_ms * us_per_ms;
      return slow && (at_total || !limited_by_client);
    }
    default: return false;
  }
}

// Ends of attempts that hurt, by deployment, in order.
std::map<std::string, std::vector<TimeMs>> hurts_of(const Evidence& evidence) {
  std::map<std::string, std::vector<TimeMs>> ends;
  for (const Kept& kept : evidence.kept) {
    for (const Outcome& outcome : kept.record.outcomes) {
      if (!hurts(outcome)) continue;
      const auto index = static_cast<std::size_t>(outcome.deployment);
      ends[kept.rules->deployments[index].name].push_back(outcome.started +
                                                          outcome.duration_us / us_per_ms);
    }
  }
  for (auto& [name, list] : ends) std::sort(list.begin(), list.end());
  return ends;
}

}  // namespace

Verdict providers_are_blamed_for_their_own(const Evidence& evidence) {
  for (const auto& [number, ask] : evidence.asks) {
    if (ask.kept.size() != 1) continue;
    const Kept& kept = evidence.kept[ask.kept.front()];
    for (const Outcome& outcome : kept.record.outcomes) {
      if (!hurts(outcome)) continue;
      const std::string& name = provider_of(*kept.rules, outcome.deployment);
      if (!never_in_trouble(*evidence.scenario, name)) continue;
      const ProviderPlan* provider = plan_of(*evidence.scenario, name);
      if (is_too_slow(*provider, ask, kept, outcome)) continue;
      return Found{number,
                   fmt::format("{} was well all the time and is blamed for {} after {} ms", name,
                               to_string(outcome.fault->kind), outcome.duration_us / us_per_ms)};
    }
  }
  return std::nullopt;
}

Verdict failures_counted_are_recorded(const Evidence& evidence) {
  if (evidence.clock_was_set) return std::nullopt;
  constexpr TimeMs doubt_ms = 2;
  const auto hurts = hurts_of(evidence);
  for (const auto& [name, slot] : evidence.slots) {
    const auto found = hurts.find(name);
    for (const Sighting& sighting : evidence.sightings) {
      if (slot >= sighting.snapshot->deployments.size()) continue;
      const DeploymentFacts& facts = sighting.snapshot->deployments[slot];
      const std::int64_t counted = std::max(facts.window_bad, facts.consecutive_bad);
      if (counted == 0) continue;
      std::int64_t known = 0;
      if (found != hurts.end()) {
        const std::vector<TimeMs>& ends = found->second;
        known =
            std::upper_bound(ends.begin(), ends.end(), sighting.at_ms + doubt_ms) - ends.begin();
      }
      if (counted > known)
        return Found{-1, fmt::format("{} failures of {} are counted at {}, {} are recorded",
                                     counted, name, sighting.at_ms, known)};
    }
  }
  return std::nullopt;
}

}  // namespace wye::sim
