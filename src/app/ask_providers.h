// Ask providers: `wye check --online` over real sockets. Runs a loop of its own until every
// provider answered or its time is over.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "lab/provider_probe.h"

namespace wye {

// Faults: internal, when there is no event loop.
Result<std::vector<ProviderProbe>> ask_providers(const Rules& rules, DurationMs patience_ms);

}  // namespace wye
