// Decision clock: wall-clock time that never steps. Breakers, limits and deadlines compare times of
// it, so that a wall clock that is set, in either direction, neither keeps a deployment out for an
// hour nor forgets why it is out.
//
// It begins with the wall clock and goes on by a steady one. A wall clock that drifts or was set is
// followed by going a little faster or slower, one part in 32: an hour is caught up with in some
// thirty hours.
//
// now() from any thread, follow() from one.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/units.h"

namespace wye {

class DecisionClock {
 public:
  DecisionClock(TimeMs wall_ms, std::int64_t steady_us)
      : line_(pack(wall_ms * 1000 - steady_us, 0)) {}

  // Never less for a later `steady_us`.
  TimeMs now(std::int64_t steady_us) const {
    return now_us(line_.load(std::memory_order_relaxed), steady_us) / 1000;
  }

  // Called every second or so with what both clocks show.
  void follow(TimeMs wall_ms, std::int64_t steady_us) {
    const std::int64_t shown = now_us(line_.load(std::memory_order_relaxed), steady_us);
    const std::int64_t behind = wall_ms * 1000 - shown;
    const int slope = behind > tolerance_us ? 1 : behind < -tolerance_us ? -1 : 0;
    // The new line begins where the old one ends.
    line_.store(pack(shown - steady_us - slope * (steady_us >> slope_shift), slope),
                std::memory_order_relaxed);
  }

 private:
  static constexpr int slope_shift = 5;
  static constexpr std::int64_t tolerance_us = 20'000;

  // A straight line, steady + slope * steady / 32 + offset, in one word that is swapped whole.
  static std::int64_t pack(std::int64_t offset_us, int slope) {
    return offset_us * 4 + (slope + 1);
  }
  static std::int64_t now_us(std::int64_t line, std::int64_t steady_us) {
    const std::int64_t slope = (line & 3) - 1;
    return steady_us + slope * (steady_us >> slope_shift) + (line >> 2);
  }

  std::atomic<std::int64_t> line_;
};

}  // namespace wye
