// Twelve slices and their sum.
#include "policy/sliding_count.h"

#include <algorithm>

namespace wye {

void SlidingCount::advance(TimeMs now, DurationMs span) {
  constexpr auto count = static_cast<std::int64_t>(slices);
  const DurationMs slice_ms = std::max<DurationMs>(1, span / count);
  if (slice_ms != slice_ms_) {  // first use, or the configuration changed
    clear();
    slice_ms_ = slice_ms;
    slice_ = now / slice_ms;
    return;
  }
  const std::int64_t slice = now / slice_ms;
  if (slice - slice_ >= count) {
    clear();
    slice_ = slice;
  }
  while (slice_ < slice) {
    ++slice_;
    Pair& oldest = slices_[static_cast<std::size_t>(slice_ % count)];
    sum_.first -= oldest.first;
    sum_.second -= oldest.second;
    oldest = {};
  }
}

void SlidingCount::add(std::int64_t first, std::int64_t second) {
  Pair& current = slices_[static_cast<std::size_t>(slice_ % static_cast<std::int64_t>(slices))];
  current.first += first;
  current.second += second;
  sum_.first += first;
  sum_.second += second;
}

void SlidingCount::clear() {
  slices_ = {};
  sum_ = {};
}

}  // namespace wye
