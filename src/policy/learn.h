// Learn: what an attempt says about its deployment. The third of the three pure functions of the
// house. Health is a plain value owned by the books; learn and tick are its only transitions, apart
// from in_flight and probe_taken, which the books set when an attempt begins (in_flight also when
// it ends). Pure, any thread; one writer a Health.
#pragma once

#include "core/facts.h"
#include "core/outcome.h"
#include "core/rules.h"
#include "policy/latency_histogram.h"
#include "policy/sliding_count.h"
#include "policy/token_correction.h"

namespace wye {

// How long a deployment is left alone after a fault that a wait of seconds does not mend.
inline constexpr DurationMs out_for_credential_ms = 60'000;  // auth, permission, model_gone
inline constexpr DurationMs out_for_quota_ms = 300'000;
// A rate limit without a word on how long: one second, doubling to a minute until a success.
inline constexpr DurationMs limit_pause_min_ms = 1'000;
inline constexpr DurationMs limit_pause_max_ms = 60'000;
// No provider is believed beyond this.
inline constexpr DurationMs wait_believed_max_ms = 86'400'000;
// Smoothed times move an eighth of the way to each new value, as TCP does for round trips: about
// the last fifteen attempts count.
inline constexpr std::int64_t smoothing = 8;

struct Health {
  DeploymentFacts facts;          // what decisions see
  SlidingCount window;            // successes and failures, over the breaker's window
  SlidingCount minute;            // requests and tokens
  LatencyHistogram ttft;          // behind facts.ttft_tail_us
  LatencyHistogram whole;         // behind facts.whole_tail_us
  TokenCorrection tokens;         // behind facts.input_tokens_ppm
  DurationMs cooldown_ms = 0;     // of the next opening, 0: the shortest
  DurationMs limit_pause_ms = 0;  // of the next silent rate limit, 0: the shortest
  TimeMs requests_reset_at = 0;   // when the provider's limits are full again, 0: not known
  TimeMs tokens_reset_at = 0;
  bool operator==(const Health&) const = default;
};

// The circuit breaker counts faults with FaultTraits::hurts_health and nothing else: no fault of
// the client and no rate limit ever opens it. It opens on `consecutive` failures in a row, or when
// the window holds `requests_min` or more and the error rate is reached, or on one failure that
// takes the deployment out (quota, auth, permission, model_gone). After the cooldown it is
// half-open, and asked once it is out no more, by one probe at a time: `half_open` probes that are
// answered one after another close it, a failed one opens it again for twice as long. A probe that
// says nothing of its provider (its client left) is not counted, and another one follows. Attempts
// that began before the cooldown was over are no probes.
void learn(Health& health, const Reliability& rules, const Outcome& outcome, TimeMs now);

// Time passes: windows age, known limits expire, an open circuit whose cooldown is over becomes
// half-open.
void tick(Health& health, const BreakerRules& rules, TimeMs now);

}  // namespace wye
