#include "gateway/load_watch.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/units.h"

namespace wye {
namespace {

// A loop that is later than this in the mean of a look does not keep up. Turns of a few
// milliseconds are what a busy loop has anyway, and shorter than anything that a model needs.
constexpr MonoUs too_late_us = 15'000;
constexpr MonoUs look_us = 25'000;
// What comes in bursts is late as well. Whoever was idle for so long within a look keeps up.
constexpr MonoUs caught_up_us = 1'000;
// Of what is taken, so much less with each look that finds the loop late, and much later.
constexpr std::int64_t fall_percent = 5;
constexpr std::int64_t fast_fall_percent = 20;
constexpr MonoUs much_too_late_us = 4 * too_late_us;
// And so much more otherwise; of what is taken, and of all.
constexpr std::int64_t rise_percent = 3;
constexpr std::int64_t rise_ppm = 1'000;
// Once it has been late for a look: later than this, and none of such criticality is taken.
constexpr MonoUs overrun_us[] = {40'000, 60'000, 90'000, 200'000};
// Somebody has to find out when it is over.
constexpr std::int64_t least_ppm = 10'000;
// A quiet loop has caught up after this many looks.
constexpr std::int64_t looks_max = 200;

// Of the requests in flight, so many percent are for this criticality and those below.
constexpr std::int64_t in_flight_percent[] = {70, 85, 95, 100};

// With no more than this under way a late loop is somebody else's fault: the machine is busy, or a
// few requests are huge, and turning others away helps nobody.
constexpr std::int64_t busy_from = 4;

// A loop may turn away one request in so many microseconds, which takes about a tenth of its time,
// and somewhat more for a moment. The longest rest is short beside what Retry-After asks for, since
// others may use the connection.
constexpr MonoUs shed_spacing_us = 200;
constexpr MonoUs shed_burst_us = 20'000;
constexpr MonoUs rest_us_max = 100'000;

// A request counts so much, and an eighth less with every look.
constexpr std::int64_t one_request = 1024;

std::size_t place(Criticality criticality) { return static_cast<std::size_t>(criticality); }

}  // namespace

CriticalityRange criticality_range(const Rules& rules) {
  CriticalityRange range;
  for (const Task& task : rules.tasks) {
    range.least = std::min(range.least, task.criticality);
    range.most = std::max(range.most, task.criticality);
  }
  return range;
}

Fault turned_away(Criticality criticality, std::uint64_t dice) {
  Fault told = fault(FaultKind::shed,
                     "the gateway has more requests than it can serve, and turns away those of "
                     "criticality " +
                         std::string(to_string(criticality)) +
                         " for now; send the request again in a second or two");
  told.code = "gateway_overloaded";
  // Those who are turned away together shall not come again together.
  told.retry_after_ms = 1'000 + static_cast<std::int64_t>(dice % 1'000);
  return told;
}

void LoadWatch::note_arrival(MonoUs now, const LoopState& loop) {
  if (now >= look_at_) look(now, loop);
  loop_ = loop;
  late_sum_us_ += loop.late_us;
  ++arrivals_;
}

void LoadWatch::note_request(Criticality criticality) {
  requests_[place(criticality)] += one_request;
}

void LoadWatch::look(MonoUs now, const LoopState& loop) {
  // Looks that nobody came for have found nothing to complain of, unless it was the loop that did
  // not come to them.
  const std::int64_t missed =
      std::clamp<std::int64_t>((now - loop.late_us - look_at_) / look_us, 0, looks_max);
  const MonoUs mean_us = arrivals_ == 0 ? 0 : late_sum_us_ / arrivals_;
  const bool caught_up = loop.idle_us - idle_before_us_ >= caught_up_us;
  if (mean_us > too_late_us && missed == 0 && !caught_up) {
    fall(mean_us > much_too_late_us);
  } else {
    for (std::int64_t i = 0; i <= missed; ++i) rise();
  }
  for (std::int64_t& count : requests_) count -= count / 8;
  look_at_ = now + look_us;
  idle_before_us_ = loop.idle_us;
  late_sum_us_ = arrivals_ = 0;
}

void LoadWatch::fall(bool much) {
  const std::int64_t left_percent = 100 - (much ? fast_fall_percent : fall_percent);
  taken_ppm_ = std::max(least_ppm, taken_ppm_ * left_percent / 100);
}

void LoadWatch::rise() {
  taken_ppm_ = std::min(whole_ppm, taken_ppm_ + taken_ppm_ * rise_percent / 100 + rise_ppm);
}

// What is taken of all goes to the most critical first.
std::int64_t LoadWatch::taken_ppm(Criticality criticality) const {
  const auto own = requests_.begin() + static_cast<std::ptrdiff_t>(criticality);
  const std::int64_t all = std::accumulate(requests_.begin(), requests_.end(), std::int64_t{0});
  const std::int64_t above = std::accumulate(own + 1, requests_.end(), std::int64_t{0});
  const std::int64_t left = all * taken_ppm_ / whole_ppm - above;
  if (*own == 0) return all == 0 ? taken_ppm_ : left > 0 ? whole_ppm : 0;
  return std::clamp<std::int64_t>(left * whole_ppm / *own, 0, whole_ppm);
}

bool LoadWatch::is_full(Criticality criticality, std::int64_t in_flight_max) const {
  const std::int64_t percent = in_flight_percent[place(criticality)];
  return in_flight_max > 0 && in_flight_ * 100 >= in_flight_max * percent;
}

bool LoadWatch::is_overrun(Criticality criticality) const {
  return loop_.late_us > overrun_us[place(criticality)];
}

bool LoadWatch::is_late() const { return taken_ppm_ < whole_ppm && loop_.under_way > busy_from; }

MonoUs LoadWatch::rest_after_shed(MonoUs now) {
  next_shed_at_ = std::max(next_shed_at_, now) + shed_spacing_us;
  next_shed_at_ = std::min(next_shed_at_, now + shed_burst_us + rest_us_max);
  return std::max<MonoUs>(0, next_shed_at_ - now - shed_burst_us);
}

bool LoadWatch::takes_all(std::int64_t in_flight_max) const {
  return !is_late() && !is_full(Criticality::low, in_flight_max);
}

bool LoadWatch::sheds(Criticality criticality, std::int64_t in_flight_max,
                      std::uint64_t dice) const {
  if (is_full(criticality, in_flight_max)) return true;
  if (!is_late()) return false;
  return is_overrun(criticality) ||
         static_cast<std::int64_t>(dice % whole_ppm) >= taken_ppm(criticality);
}

}  // namespace wye
