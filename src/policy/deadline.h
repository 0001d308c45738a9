// Deadline: does a wait still end before the request must be answered? Pure, any thread.
#pragma once

#include "core/plan.h"
#include "policy/next.h"

namespace wye {

// False when `wait` from now reaches the deadline. A plan without a deadline always has time.
inline bool fits_deadline(const Plan& plan, const NextFacts& facts, DurationMs wait) {
  if (plan.deadline_ms <= 0) return true;
  const DurationMs left = plan.deadline_ms - (facts.now - facts.started);
  return wait < left;
}

}  // namespace wye
