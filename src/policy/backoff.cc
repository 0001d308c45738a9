// Retry waits.
#include "policy/backoff.h"

#include <algorithm>

#include "base/units.h"
#include "policy/deadline.h"

namespace wye {
namespace {

// After a refused or reset connection the next one is made at once, but not by everybody in the
// same millisecond.
constexpr DurationMs reconnect_ms_max = 20;

std::uint64_t bits_of(std::uint64_t seed, int step, int retry) {
  return mix64(seed ^
               mix64((static_cast<std::uint64_t>(step) << 32) | static_cast<std::uint32_t>(retry)));
}

int tries_at(std::span<const Outcome> outcomes, int step) {
  return static_cast<int>(std::count_if(outcomes.begin(), outcomes.end(),
                                        [&](const Outcome& one) { return one.step == step; }));
}

// A busy provider is not helped by the same request again.
bool is_busy(FaultKind kind) {
  return kind == FaultKind::rate_limit || kind == FaultKind::overloaded;
}

}  // namespace

DurationMs backoff_ms(const RetryRules& rules, std::uint64_t seed, int step, int retry) {
  const DurationMs most = std::max<DurationMs>(rules.backoff_max_ms, 0);
  DurationMs base = std::clamp<DurationMs>(rules.backoff_min_ms, 0, most);
  for (int i = 1; i < retry && base < most; ++i) base = base > most / 2 ? most : base * 2;
  const std::int64_t jitter_ppm = std::clamp<std::int64_t>(rules.jitter_ppm, 0, whole_ppm);
  const DurationMs spread =
      base / whole_ppm * jitter_ppm + base % whole_ppm * jitter_ppm / whole_ppm;
  Dice dice(bits_of(seed, step, retry));
  const auto offset =
      static_cast<DurationMs>(dice.below(2 * static_cast<std::uint64_t>(spread) + 1));
  return std::min(most, base - spread + offset);
}

bool failed_to_connect(const Outcome& outcome) {
  return outcome.fault && outcome.fault->kind == FaultKind::outage && outcome.status == 0 &&
         outcome.first_byte_us < 0;
}

std::optional<DurationMs> retry_wait(const Plan& plan, std::span<const Outcome> outcomes,
                                     const NextFacts& facts, bool has_alternative) {
  const Outcome& last = outcomes.back();
  const Fault& fault = *last.fault;
  const int retry = tries_at(outcomes, last.step);  // the number that this retry would have
  if (!traits(fault.kind).retry_same || retry > plan.retries.max) return std::nullopt;
  if (!facts.retry_allowed || facts.draining) return std::nullopt;
  if (has_alternative && is_busy(fault.kind)) return std::nullopt;

  DurationMs wait = backoff_ms(plan.retries, plan.seed, last.step, retry);
  if (failed_to_connect(last)) {
    if (retry > 1 && has_alternative) return std::nullopt;
    if (retry == 1) {
      wait = static_cast<DurationMs>(
          Dice(bits_of(plan.seed, last.step, retry)).below(reconnect_ms_max + 1));
    }
  }
  if (fault.retry_after_ms >= 0) {
    if (fault.retry_after_ms > plan.retries.honor_retry_after_ms) return std::nullopt;
    if (has_alternative && fault.retry_after_ms > wait) return std::nullopt;
    // The provider's word is the least; those who were told the same come back spread over a tenth.
    const auto spread = static_cast<std::uint64_t>(fault.retry_after_ms / 10);
    const auto late = Dice(~bits_of(plan.seed, last.step, retry)).below(spread + 1);
    wait = std::max(wait, fault.retry_after_ms + static_cast<DurationMs>(late));
  }
  if (!fits_deadline(plan, facts, wait)) return std::nullopt;
  return wait;
}

}  // namespace wye
