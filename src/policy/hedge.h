// Hedge: whom to ask beside a first deployment that is slow, and when. Pure.
#pragma once

#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// The first step after the first one that may follow a first token, or an answer that is not
// streamed, that is late, and is no downgrade or probe; -1 when there is none.
int step_to_hedge_with(const Plan& plan, bool streamed);

// How long the first step is waited for alone, in microseconds; 0: for ever. What is waited for is
// what its client would see first: the first token, the end of the window that is held behind it,
// or the whole answer. Only conversations of interactive tasks are hedged, and only once enough
// answers of the deployment were timed of the same sort, begun or whole. A whole answer is compared
// with whole answers of all lengths, for nobody knows beforehand how long it will be.
std::int64_t hedge_after_us(const Plan& plan, const Rules& rules, const AskFacts& ask,
                            const Facts& facts);

}  // namespace wye
