// Invariants of the records. See invariants.h.
#include <fmt/format.h>

#include "policy/cost.h"
#include "sim/invariants.h"

namespace wye::sim {

Verdict one_record_a_request(const Evidence& evidence) {
  if (!evidence.unreadable.empty()) return Found{-1, evidence.unreadable.front()};
  for (const auto& [number, ask] : evidence.asks) {
    if (ask.kept.size() > 1)
      return Found{number, fmt::format("{} records of one request", ask.kept.size())};
    if (ask.received.status > 0 && ask.kept.empty()) return Found{number, "answered, no record"};
    const auto calls = evidence.calls.find(number);
    if (calls != evidence.calls.end() && ask.kept.empty())
      return Found{number, "a provider was called, and there is no record"};
  }
  for (const Kept& kept : evidence.kept) {
    if (!evidence.asks.contains(number_of(kept.row.client_id)))
      return Found{-1, "a record of nobody's request: " + kept.row.client_id};
  }
  return std::nullopt;
}

Verdict records_agree_with_answers(const Evidence& evidence) {
  using Ending = Reading::Ending;
  for (const auto& [number, ask] : evidence.asks) {
    if (ask.kept.size() != 1 || ask.received.status == 0) continue;
    const Kept& kept = evidence.kept[ask.kept.front()];
    const Replay& record = kept.record;
    // What the store could not take in time is kept late, as the client was told.
    const bool late = kept.row.fault == "store";
    if (kept.row.status != ask.received.status && !(late && ask.received.status == 200))
      return Found{number, fmt::format("the client got {}, the record says {}", ask.received.status,
                                       kept.row.status)};
    if (ask.reading.ending == Ending::whole && !kept.row.fault.empty() && !ask.received.left)
      return Found{number, "answered whole, and the record says " + kept.row.fault};
    if (ask.reading.ending == Ending::fault && kept.row.fault.empty())
      return Found{number, "the client was told an error that the record does not have"};
    const std::string_view header = ask.received.header("x-wye-deployment");
    // The head of an answer that somebody else had to go on with speaks of its beginning.
    if (went_on(kept)) continue;
    if (!late && !header.empty() && record.served_by != header)
      return Found{number,
                   fmt::format("served by {}, the record says {}", header, record.served_by)};
    const std::string_view attempts = ask.received.header("x-wye-attempts");
    if (!late && !attempts.empty() && attempts != std::to_string(record.outcomes.size()))
      return Found{number, fmt::format("the client was told of {} attempts, the record has {}",
                                       attempts, record.outcomes.size())};
  }
  return std::nullopt;
}

Verdict costs_add_up(const Evidence& evidence) {
  for (const Kept& kept : evidence.kept) {
    const int number = number_of(kept.row.client_id);
    NanoUsd sum = 0;
    for (const Outcome& outcome : kept.record.outcomes) {
      sum += outcome.cost_nanousd;
      const Deployment& deployment =
          kept.rules->deployments[static_cast<std::size_t>(outcome.deployment)];
      const NanoUsd right =
          outcome.usage.source == UsageSource::none ? 0 : cost_of(outcome.usage, deployment.price);
      if (outcome.cost_nanousd != right)
        return Found{number, fmt::format("an attempt at {} costs {} and is billed {}",
                                         deployment.name, right, outcome.cost_nanousd)};
      // Tokens that came together with the fault never went on, nor did an answer that its task
      // refuses, and are billed all the same.
      const bool tokens_came = outcome.ttft_us >= 0 || outcome.finish != FinishReason::none;
      if (outcome.fault && !outcome.committed && !tokens_came && outcome.cost_nanousd != 0)
        return Found{number, "a failed attempt at " + deployment.name + " is billed"};
      // Of an answer of status 200 that never became one, nobody knows what its provider bills.
      // Nor of one that was left before it began to answer, since another was faster.
      const bool may_be_unknown =
          outcome.fault && (outcome.status == 200 || outcome.fault->kind == FaultKind::hedged);
      if (!outcome.cost_known && !may_be_unknown) return Found{number, "a cost that is not known"};
    }
    if (sum != kept.record.cost_nanousd || sum != kept.row.cost_nanousd)
      return Found{number, fmt::format("attempts cost {}, the record says {}, the row {}", sum,
                                       kept.record.cost_nanousd, kept.row.cost_nanousd)};
  }
  return std::nullopt;
}

}  // namespace wye::sim
