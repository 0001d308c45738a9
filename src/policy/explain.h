// Explain: the words for a refusal, in one short phrase with the numbers that decided. Used by the
// messages of faults and by `wye why`. Pure, any thread.
#pragma once

#include <string>

#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// "circuit open since 10:40:31 (5x outage), probe in 12 s", "region cn not in [eu]", "no
// json_schema".
std::string explain(const Refusal& refusal, const Plan& plan, const Rules& rules,
                    const Facts& facts);

// "wye.yaml:47", or "" for what does not stand in the file.
std::string explain_where(Where where, const Rules& rules);

// "12 s", "340 ms", "5 min": a duration as people say it, rounded up to the unit shown.
std::string explain_wait(DurationMs wait);

}  // namespace wye
