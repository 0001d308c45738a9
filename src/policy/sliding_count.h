// SlidingCount: two counts over a sliding span of time, in twelve slices. A slice drops out as a
// whole, so the counts cover between eleven and twelve twelfths of the span. Plain value without a
// clock; the owner says what time it is.
#pragma once

#include <array>
#include <cstdint>

#include "base/units.h"

namespace wye {

class SlidingCount {
 public:
  // Drops what is older than `span`. Time that runs backwards is ignored.
  void advance(TimeMs now, DurationMs span);
  // Counts at the time of the last advance.
  void add(std::int64_t first, std::int64_t second);
  void clear();

  std::int64_t first() const { return sum_.first; }
  std::int64_t second() const { return sum_.second; }
  bool operator==(const SlidingCount&) const = default;

 private:
  struct Pair {
    std::int64_t first = 0;
    std::int64_t second = 0;
    bool operator==(const Pair&) const = default;
  };
  static constexpr std::size_t slices = 12;
  std::array<Pair, slices> slices_{};
  Pair sum_;
  DurationMs slice_ms_ = 0;
  std::int64_t slice_ = 0;  // number of the current slice since 1970
};

}  // namespace wye
