#include "gateway/load_watch.h"

#include <algorithm>
#include <string>

namespace wye {
namespace {

constexpr std::int64_t all_ppm = 1'000'000;
// Later than this the loop does not keep up.
constexpr MonoUs too_late_us = 30'000;
// By how much less is taken with each look that finds the loop late, and how much more otherwise.
constexpr std::int64_t fall_percent = 90;
constexpr std::int64_t rise_ppm = 20'000;
constexpr std::int64_t least_ppm = 10'000;

// Of the requests in flight, so many percent are for this criticality and those below.
constexpr std::int64_t in_flight_percent[] = {70, 85, 95, 100};

// With fewer than this under way a late loop is somebody else's fault: the machine is busy.
constexpr std::int64_t busy_from = 16;

}  // namespace

std::optional<Criticality> criticality_of_all(const Rules& rules) {
  Criticality all = Criticality::medium;  // of requests without a task
  for (const Task& task : rules.tasks) {
    if (task.criticality != all) return std::nullopt;
  }
  return all;
}

Fault turned_away(Criticality criticality) {
  Fault told = fault(FaultKind::shed,
                     "the gateway has more requests than it can serve, and turns away those of "
                     "criticality " +
                         std::string(to_string(criticality)) +
                         " for now; send the request again in a second");
  told.code = "gateway_overloaded";
  told.retry_after_ms = 1'000;
  return told;
}

bool LoadWatch::is_busy() const { return in_flight_ > busy_from; }

void LoadWatch::note_lateness(MonoUs late_us) {
  late_us_ = late_us;
  taken_ppm_ = late_us > too_late_us ? std::max(least_ppm, taken_ppm_ * fall_percent / 100)
                                     : std::min(all_ppm, taken_ppm_ + rise_ppm);
}

// Half as much load costs all that is of low criticality and half of the medium; high loses when a
// half of the medium is gone, and critical when nearly nothing else is left.
std::int64_t LoadWatch::taken_ppm(Criticality criticality) const {
  switch (criticality) {
    case Criticality::low: return std::max<std::int64_t>(0, 2 * taken_ppm_ - all_ppm);
    case Criticality::medium: return taken_ppm_;
    case Criticality::high: return 2 * taken_ppm_;
    case Criticality::critical: return 20 * taken_ppm_;
  }
  return all_ppm;
}

bool LoadWatch::sheds(Criticality criticality, std::int64_t in_flight_max,
                      std::uint64_t dice) const {
  const std::int64_t percent = in_flight_percent[static_cast<std::size_t>(criticality)];
  if (in_flight_max > 0 && in_flight_ * 100 > in_flight_max * percent) return true;
  return is_busy() && static_cast<std::int64_t>(dice % all_ppm) >= taken_ppm(criticality);
}

}  // namespace wye
