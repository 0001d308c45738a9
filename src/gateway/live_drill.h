// Live drill: trouble that the gateway plays on a bounded share of real requests, as if a provider
// had it. Made by the drill desk on the first loop and immutable; every loop holds the one that
// runs. What loops tell each other of it are the counters and the flag of its pulse.
//
// A request that is struck is served by a policy that differs in one thing: the deployments of the
// target have a health of their own in the books. So its decisions, its circuit breaker and its
// failover are those of a real outage, and nobody else learns of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/answer.h"
#include "gateway/books.h"
#include "gateway/drill_fault.h"

namespace wye {

// A drill that nobody looks at must not last, and most clients must not see it.
inline constexpr DurationMs live_drill_ms_min = 1'000;
inline constexpr DurationMs live_drill_ms_max = 15 * ms_per_minute;
inline constexpr std::int64_t live_drill_share_ppm_max = 250'000;

// Any thread.
struct DrillPulse {
  std::atomic<bool> over{false};           // nothing is struck or distorted any more
  std::atomic<std::int64_t> under_way{0};  // requests struck, their records not yet written
  std::atomic<std::int64_t> struck{0};     // requests
  std::atomic<std::int64_t> injected{0};   // attempts
};

struct LiveDrill {
  std::string id;
  DrillFault fault = DrillFault::outage;
  DrillTarget target;
  std::vector<std::string> task_names;
  std::vector<int> tasks;  // indices into the policy's, in the order of the names
  std::int64_t share_ppm = 0;
  std::int64_t expected_ppm = 0;  // of the struck requests that should be answered
  DurationMs for_ms = 0;
  std::string by;    // name of the key that started it
  TimeMs began = 0;  // by the clock of decisions
  TimeMs ends = 0;   // at the latest
  ActivePolicyPtr base;
  ActivePolicyPtr policy;  // of struck requests: see Books::activate_drilled
  std::shared_ptr<DrillPulse> pulse;

  bool is_over() const { return pulse->over.load(std::memory_order_relaxed); }
  // No provider is called for a struck attempt: the gateway speaks in its place.
  bool replaces_provider() const {
    return fault == DrillFault::outage || fault == DrillFault::rate_limit ||
           fault == DrillFault::hang;
  }
  // Whether a request of this task is struck. `seed` is the one of its decision, so that the same
  // request is struck whenever it is asked.
  bool strikes(int task, std::uint64_t seed, TimeMs now) const;
};
using LiveDrillPtr = std::shared_ptr<const LiveDrill>;

// One struck request, counted as under way while this lives.
class StruckRequest {
 public:
  explicit StruckRequest(LiveDrillPtr drill) : drill_(std::move(drill)) {
    drill_->pulse->struck.fetch_add(1, std::memory_order_relaxed);
    drill_->pulse->under_way.fetch_add(1, std::memory_order_relaxed);
  }
  ~StruckRequest() { drill_->pulse->under_way.fetch_sub(1, std::memory_order_release); }
  StruckRequest(const StruckRequest&) = delete;
  StruckRequest& operator=(const StruckRequest&) = delete;

  const LiveDrill& drill() const { return *drill_; }

 private:
  LiveDrillPtr drill_;
};

// Breaks the JSON in the texts and tool calls of an answer, whatever it was. False when it has
// none.
bool spoil_json(Answer& answer);

}  // namespace wye
