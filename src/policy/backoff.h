// Backoff: whether and when to try the same deployment again. Pure, any thread.
#pragma once

#include <optional>
#include <span>

#include "core/outcome.h"
#include "core/plan.h"
#include "policy/next.h"

namespace wye {

// The wait before one retry: doubling from backoff_min to backoff_max, jittered both ways by
// jitter_ppm and never over backoff_max. Fixed by the plan's seed, the step and the number of the
// retry.
DurationMs backoff_ms(const RetryRules& rules, std::uint64_t seed, int step, int retry);

// No connection came about, so the provider has not seen the request.
bool failed_to_connect(const Outcome& outcome);

// The wait before the last outcome's deployment is tried again, or nothing when it should not be.
// `has_alternative`: another step may take over.
std::optional<DurationMs> retry_wait(const Plan& plan, std::span<const Outcome> outcomes,
                                     const NextFacts& facts, bool has_alternative);

}  // namespace wye
