// Failure: the one fault that a client sees after attempts that failed. Pure, any thread.
#pragma once

#include <span>
#include <string>

#include "core/outcome.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// The attempt lost against one that was asked beside it, and was given up.
inline bool was_overtaken(const Outcome& outcome) {
  return outcome.fault && outcome.fault->kind == FaultKind::hedged;
}

// "openai-mini: 503 overloaded", "backup: connection refused".
std::string describe(const Outcome& outcome, const Rules& rules);

// When all attempts failed alike, their kind (and so its HTTP status) stays; otherwise `exhausted`.
// The message lists what was tried; retry_after_ms is the earliest that any provider named.
Fault failure(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes, TimeMs now);

// The deadline ran out: timeout, with what was tried.
Fault out_of_time(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
                  TimeMs now);

}  // namespace wye
