// Report. See report.h.
#include "sim/report.h"

#include <fmt/format.h>

namespace wye::sim {
namespace {

constexpr std::size_t trace_bytes_max = 24'000;

std::string story_of(int number, const Evidence& evidence) {
  const auto at = evidence.asks.find(number);
  if (at == evidence.asks.end()) return "";
  const AskEvidence& ask = at->second;
  const Received& received = ask.received;
  std::string out =
      fmt::format("ask {}: {} to {} us, status {}{}{}, {} bytes\n", number, received.began_us,
                  received.ended_us, received.status, received.clean_end ? ", clean end" : "",
                  received.left ? ", the client left" : "", received.body.size());
  if (!received.trouble.empty()) out += "  " + received.trouble + "\n";
  for (const auto& [name, value] : received.headers) {
    if (name.starts_with("x-wye")) out += fmt::format("  {}: {}\n", name, value);
  }
  out += fmt::format("  text: {}\n", ask.reading.text.substr(0, 400));
  for (const std::size_t index : ask.kept) {
    out += fmt::format("  record: {}\n", evidence.kept[index].row.body);
  }
  if (const auto calls = evidence.calls.find(number); calls != evidence.calls.end()) {
    for (const CallSeen& call : calls->second) {
      out += fmt::format("  {} saw {} at {} ms: fault \"{}\", status {}, {} for {} us\n",
                         call.provider, call.entry.model, call.entry.at_ms, call.entry.fault,
                         call.entry.status, call.entry.outcome, call.entry.total_us);
    }
  }
  return out;
}

// Every change of a circuit, as the books told it.
std::string circuits_of(const Evidence& evidence) {
  std::string out = "circuits:\n";
  for (const auto& [name, slot] : evidence.slots) {
    DeploymentFacts before;
    for (const Sighting& sighting : evidence.sightings) {
      if (slot >= sighting.snapshot->deployments.size()) continue;
      const DeploymentFacts& now = sighting.snapshot->deployments[slot];
      if (now.breaker == before.breaker && now.open_until == before.open_until &&
          now.probes_ok == before.probes_ok)
        continue;
      before = now;
      out +=
          fmt::format("  at {} ms: {} is {}, open until {}, {} probes answered\n", sighting.at_ms,
                      name, to_string(now.breaker), now.open_until, now.probes_ok);
    }
  }
  return out;
}

}  // namespace

std::string report(const Scenario& smallest, const Breach& breach, const Evidence& evidence) {
  std::string out = fmt::format("{}\n{} is broken: {}.\n  {}\n\n", describe(smallest),
                                breach.invariant, breach.reason, breach.what);
  // Of a scenario that is small by now everything may matter.
  constexpr std::size_t few = 4;
  for (const auto& [number, ask] : evidence.asks) {
    if (number == breach.ask || evidence.asks.size() <= few) out += story_of(number, evidence);
  }
  out += circuits_of(evidence) + "\nnetwork:\n" + evidence.network_trace.substr(0, trace_bytes_max);
  if (evidence.network_trace.size() > trace_bytes_max) out += "\n...\n";
  return out + fmt::format("\nrun it again: make sim SEED={} ASKS=1\n", smallest.seed);
}

}  // namespace wye::sim
