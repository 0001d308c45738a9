// Invariants between our records and what providers saw. See invariants.h.
#include <fmt/format.h>

#include <algorithm>

#include "sim/invariants.h"

namespace wye::sim {
namespace {

const std::string& model_of(const Kept& kept, const Outcome& outcome) {
  return kept.rules->deployments[static_cast<std::size_t>(outcome.deployment)].model;
}

}  // namespace

Verdict calls_are_outcomes(const Evidence& evidence) {
  if (!evidence.strange_calls.empty()) return Found{-1, "a provider was called for nobody"};
  for (const auto& [number, ask] : evidence.asks) {
    if (ask.kept.size() != 1) continue;
    const Kept& kept = evidence.kept[ask.kept.front()];
    for (const ProviderPlan& provider : evidence.scenario->providers) {
      std::vector<const SimLogEntry*> calls;
      if (const auto seen = evidence.calls.find(number); seen != evidence.calls.end()) {
        for (const CallSeen& call : seen->second) {
          if (call.provider == provider.name) calls.push_back(&call.entry);
        }
      }
      const std::size_t count = calls.size();
      std::size_t outcomes = 0;
      std::size_t answered = 0;
      for (const Outcome& outcome : kept.record.outcomes) {
        if (provider_of(*kept.rules, outcome.deployment) != provider.name) continue;
        if (!was_begun(outcome)) continue;
        ++outcomes;
        if (outcome.status > 0) ++answered;
      }
      // A kept connection that is closed before the answer is replaced within the attempt (see
      // io/http_client.h), and the provider may have read both requests. So each attempt may be
      // seen twice, the first time without anybody who takes the answer.
      if (count < answered || count > 2 * outcomes)
        return Found{number, fmt::format("{} saw {} calls, the record has {} attempts, {} answered",
                                         provider.name, count, outcomes, answered)};
      for (const Outcome& outcome : kept.record.outcomes) {
        if (provider_of(*kept.rules, outcome.deployment) != provider.name || outcome.status == 0)
          continue;
        const auto at = std::find_if(calls.begin(), calls.end(), [&](const SimLogEntry* call) {
          return call->status == outcome.status && call->model == model_of(kept, outcome);
        });
        if (at == calls.end())
          return Found{number, fmt::format("{} did not answer {} to {}, or not in this order",
                                           provider.name, outcome.status, model_of(kept, outcome))};
        calls.erase(calls.begin(), at + 1);
      }
    }
  }
  return std::nullopt;
}

Verdict usage_is_the_providers(const Evidence& evidence) {
  for (const auto& [number, ask] : evidence.asks) {
    if (ask.kept.size() != 1) continue;
    const Kept& kept = evidence.kept[ask.kept.front()];
    for (const Outcome& outcome : kept.record.outcomes) {
      if (outcome.usage.source != UsageSource::provider) continue;
      // It was asked something else than the client did.
      if (outcome.resume == Resume::prefix || outcome.repair) continue;
      if (had_nothing_to_say(evidence, number, provider_of(*kept.rules, outcome.deployment)))
        continue;
      const std::string& name = provider_of(*kept.rules, outcome.deployment);
      const auto found = ask.whole.find(name);
      if (found == ask.whole.end()) return Found{number, "usage of a provider that said nothing"};
      const std::optional<WholeAnswer>& whole = found->second;
      if (!whole || outcome.usage.input != whole->input_tokens ||
          (outcome.usage.output != whole->output_tokens && outcome.usage.output != 0))
        return Found{number, fmt::format("{} tokens in and {} out are not what {} counted",
                                         outcome.usage.input, outcome.usage.output, name)};
    }
  }
  return std::nullopt;
}

// With time for the news to travel, and for an attempt that was under way when it came.
Verdict no_calls_for_clients_who_left(const Evidence& evidence) {
  constexpr MonoUs news_us = 20'000;
  constexpr TimeMs epoch_ms = 1'767'225'600'000;
  for (const auto& [number, ask] : evidence.asks) {
    if (!ask.received.left) continue;
    const auto calls = evidence.calls.find(number);
    if (calls == evidence.calls.end() || ask.kept.empty()) continue;
    const Kept& kept = evidence.kept[ask.kept.front()];
    if (kept.record.outcomes.size() < 2 || evidence.clock_was_set) continue;
    for (std::size_t i = 1; i < kept.record.outcomes.size(); ++i) {
      const Outcome& outcome = kept.record.outcomes[i];
      if (!was_begun(outcome)) continue;
      const MonoUs started = (outcome.started - epoch_ms) * 1000;
      if (started > ask.received.ended_us + news_us)
        return Found{number, fmt::format("attempt {} began {} ms after the client left", i + 1,
                                         (started - ask.received.ended_us) / 1000)};
    }
  }
  return std::nullopt;
}

}  // namespace wye::sim
