// Hedge: whom to ask beside a first deployment that is slow, and when. Pure.
#pragma once

#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// The first step after the first one that may follow a slow first token and is no downgrade or
// probe; -1 when there is none.
int step_to_hedge_with(const Plan& plan);

// How long the first step may be silent alone, in microseconds; 0: for ever. Only streamed requests
// of interactive tasks are hedged, and only once enough first tokens of the deployment were timed.
std::int64_t hedge_after_us(const Plan& plan, const Rules& rules, const AskFacts& ask,
                            const Facts& facts);

}  // namespace wye
