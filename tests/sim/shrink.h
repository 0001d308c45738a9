// Shrink: makes a failing scenario smaller by leaving parts of it out, as long as the same
// invariant is broken. One thread.
#pragma once

#include <optional>

#include "sim/invariants.h"
#include "sim/scenario.h"

namespace wye::sim {

// Runs a scenario once; nothing when every invariant holds.
std::optional<Breach> run_and_judge(const Scenario& scenario);

// The smallest that was found within so many runs.
Scenario shrink(const Scenario& failing, const Breach& breach, int runs_max);

}  // namespace wye::sim
