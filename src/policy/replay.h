// Replay: makes the steps of a recorded request again, each from what next() was told then, and
// says where the record tells something else. Pure, any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/plan.h"
#include "core/record_read.h"
#include "core/rules.h"

namespace wye {

struct StepsReplay {
  enum class Verdict : std::uint8_t {
    identical,
    partial,   // nothing differs, but the record does not hold what some steps were told
    different  // `what` says where first
  };
  Verdict verdict = Verdict::identical;
  std::string what;
};
std::string_view to_string(StepsReplay::Verdict verdict);

// No machine is punctual: an attempt that was to wait may have begun any time later, never sooner.
inline constexpr std::int64_t any_delay_us = std::numeric_limits<std::int64_t>::max();

// `plan` is what decide() makes of the record, with the `rules` that decided then. `late_us_max`:
// by how much an attempt may have begun later than next() said. All else is compared exactly, the
// end of the request by the kind of its fault.
StepsReplay replay_steps(const Plan& plan, const Rules& rules, const Replay& record,
                         std::int64_t late_us_max = any_delay_us);

}  // namespace wye
