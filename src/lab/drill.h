// Drill: plays a provider's trouble against the requests that were recorded and the policy in
// force, and says what clients would have seen. A shadow drill runs in a rehearsal: nobody is
// called, nothing is spent. The traffic is played three times over at the same pace: before the
// fault, while it strikes, and after it; and the whole once more without it, to compare.
//
// Plain values and functions without state, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "core/facts.h"
#include "core/rules.h"
#include "gateway/drill_fault.h"
#include "io/stream.h"
#include "lab/drill_traffic.h"

namespace wye {

struct DrillPlan {
  DrillFault fault = DrillFault::outage;
  DrillTarget target;
  DurationMs for_ms = 60'000;
  double share = 1;  // of the target's requests that are struck
  std::uint64_t seed = 1;
};

// One request as it ended.
struct DrillAnswer {
  MonoUs at_us = 0;    // sent, since the beginning of the drill
  bool whole = false;  // its client has a whole answer
  std::string failed;  // class of the fault, "" when it has
  std::string served_by;
  bool degraded = false;
  std::int64_t ttft_us = -1;  // of streams: sent to first token
  std::int64_t total_us = 0;
  NanoUsd cost_nanousd = 0;
  int calls = 0;  // to providers
};
// What the gateway knew of a circuit from then on.
struct CircuitChange {
  MonoUs at_us = 0;
  int deployment = -1;
  BreakerState state = BreakerState::closed;
};
struct DrillCall {
  MonoUs at_us = 0;
  int deployment = -1;
};
struct DrillRun {
  std::vector<DrillAnswer> answers;  // by time
  std::vector<CircuitChange> circuits;
  std::vector<DrillCall> calls;  // to the target
};

// The times of a drill since its beginning.
struct DrillTimes {
  MonoUs strikes_us = 0;  // the fault begins
  MonoUs ends_us = 0;     // and ends
  MonoUs over_us = 0;     // the last requests are sent before
};
DrillTimes drill_times(const Rules& rules, const DrillPlan& plan);

// Plays the traffic once. `with_fault` false: the same without it.
DrillRun play_drill(const Rules& rules, const DrillPlan& plan, const Traffic& traffic,
                    bool with_fault);

}  // namespace wye
