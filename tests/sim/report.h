// Report: a failing run told to people: the seed, the smallest scenario that still fails, and the
// story of the request that shows it.
#pragma once

#include <string>

#include "sim/invariants.h"

namespace wye::sim {

std::string report(const Scenario& smallest, const Breach& breach, const Evidence& evidence);

}  // namespace wye::sim
