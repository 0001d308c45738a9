// Facts: what a decision may know of the world: the time, the seed of its dice, and the state of
// each deployment. Immutable while a decision runs; recorded for the deployments that it looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace wye {

enum class BreakerState : std::uint8_t {
  closed,
  open,
  half_open
};
std::string_view to_string(BreakerState state);
std::optional<BreakerState> breaker_state_from(std::string_view name);

// One deployment as the books see it. -1 means "not known".
struct DeploymentFacts {
  BreakerState breaker = BreakerState::closed;
  bool probe_taken = false;           // half-open and somebody is probing
  std::int32_t in_flight = 0;         // attempts now
  std::int64_t tokens_in_flight = 0;  // estimated, of those attempts and their answers
  TimeMs opened_at = 0;
  TimeMs open_until = 0;
  TimeMs limited_until = 0;             // the provider said to wait until then (Retry-After, 429)
  TimeMs out_until = 0;                 // quota, credential or model gone: not tried before then
  std::int32_t ttft_us = -1;            // smoothed time to first token
  std::int32_t ttft_tail_us = -1;       // time to first token at the percentile of hedging
  std::int32_t whole_tail_us = -1;      // time to a whole answer that was held back, at the same
  std::int32_t us_per_token = -1;       // smoothed time per output token after the first
  std::int32_t requests_left_ppm = -1;  // of the provider's limit, from its headers
  std::int32_t tokens_left_ppm = -1;
  std::int32_t input_tokens_ppm = 1'000'000;  // counted by it, of what we estimate for a prompt
  std::int64_t minute_requests = 0;           // ended within the last minute
  std::int64_t minute_tokens = 0;
  // For people: the window behind the breaker.
  std::int32_t window_ok = 0;
  std::int32_t window_bad = 0;
  std::int32_t consecutive_bad = 0;
  std::uint8_t last_fault = 0;  // FaultKind of the last failure, meaningful when window_bad > 0
  std::int32_t probes_ok = 0;   // answered one after another since the circuit is half-open

  bool operator==(const DeploymentFacts&) const = default;
};

inline constexpr DeploymentFacts unseen_deployment{};

struct Facts {
  TimeMs now = 0;
  std::uint64_t seed = 0;
  std::vector<DeploymentFacts> deployments;  // by index into Rules::deployments

  // Of one deployment; one that nobody has seen yet is healthy, idle and not measured.
  const DeploymentFacts& of(int deployment) const {
    const auto index = static_cast<std::size_t>(deployment);
    return index < deployments.size() ? deployments[index] : unseen_deployment;
  }
};

}  // namespace wye
