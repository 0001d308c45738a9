// Invariants of what remains when all is over. See invariants.h.
#include <fmt/format.h>

#include "sim/invariants.h"

namespace wye::sim {

Verdict nothing_is_left(const Evidence& evidence) {
  const Leftovers& left = evidence.left;
  if (!left.drained) return Found{-1, "the drain does not come to its end"};
  if (left.client_connections > 0)
    return Found{-1, fmt::format("{} connections of clients", left.client_connections)};
  if (left.provider_connections > 0)
    return Found{-1, fmt::format("{} connections to providers", left.provider_connections)};
  if (left.events > 0) return Found{-1, fmt::format("{} timers or events", left.events)};
  if (!left.deployments.empty()) return Found{-1, left.deployments.front()};
  return std::nullopt;
}

}  // namespace wye::sim
