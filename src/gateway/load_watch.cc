#include "gateway/load_watch.h"

#include <algorithm>

namespace wye {
namespace {

// From `late_us` on some are turned away, from twice that on all; and all from so many percent of
// the requests in flight on.
struct Threshold {
  MonoUs late_us;
  std::int64_t in_flight_percent;
};
constexpr Threshold thresholds[] = {
    {25'000, 70},    // low
    {50'000, 85},    // medium
    {100'000, 95},   // high
    {400'000, 100},  // critical
};
// A late loop is believed at once, and forgotten by a quarter with each look.
constexpr MonoUs fading = 4;

}  // namespace

void LoadWatch::note_lateness(MonoUs late_us) {
  late_us_ = std::max(late_us, late_us_ - late_us_ / fading);
}

bool LoadWatch::sheds(Criticality criticality, std::int64_t in_flight_max,
                      std::uint64_t dice) const {
  const Threshold& threshold = thresholds[static_cast<std::size_t>(criticality)];
  if (in_flight_max > 0 && in_flight_ * 100 > in_flight_max * threshold.in_flight_percent)
    return true;
  if (late_us_ <= threshold.late_us) return false;
  const auto over = static_cast<std::uint64_t>(late_us_ - threshold.late_us);
  return dice % static_cast<std::uint64_t>(threshold.late_us) < over;
}

}  // namespace wye
