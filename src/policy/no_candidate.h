// NoCandidate: the fault of a decision that leaves nobody, with every reason and what to do about
// it. Pure, any thread.
#pragma once

#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// Expects a plan without steps. When waiting may help: 503 with the earliest time at which it may.
// Otherwise 400 or 403 by what stands in the way, because a retry of the same request cannot help.
Fault no_candidate(const Plan& plan, const Rules& rules, const Facts& facts);

}  // namespace wye
