// Load watch: how much this loop has to do, and whom it turns away when that is too much. Requests
// in flight count against a limit, and the loop's lateness tells of work that piles up unseen.
// Belongs to one loop. It is told of everything by requests as they come, so an idle loop sleeps.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/rules.h"
#include "io/stream.h"

namespace wye {

// How critical the requests under a policy can be.
struct CriticalityRange {
  Criticality least = Criticality::medium;  // of requests without a task
  Criticality most = Criticality::medium;
  std::optional<Criticality> of_all() const {
    return least == most ? std::optional(least) : std::nullopt;
  }
};
CriticalityRange criticality_range(const Rules& rules);

// What a request is told that is turned away. `dice` spreads the times at which they come again.
Fault turned_away(Criticality criticality, std::uint64_t dice);

class LoadWatch {
 public:
  // Told with each request: how long it may have waited for its turn on the loop, in microseconds.
  // What share is taken from now on follows from the mean of the last 25 ms or so. What waited
  // very long is turned away at once, once a look has found the loop late.
  // `under_way`: with it, how many requests the loop has, read or not.
  void note_arrival(MonoUs now, MonoUs late_us, std::int64_t under_way);
  // Counts a request, so that it is known which share of them is how critical.
  void note_request(Criticality criticality);

  // Counts one request from its decision to its end.
  class InFlight {
   public:
    explicit InFlight(LoadWatch& watch) : watch_(watch) { ++watch_.in_flight_; }
    ~InFlight() { --watch_.in_flight_; }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

   private:
    LoadWatch& watch_;
  };
  std::int64_t in_flight() const { return in_flight_; }

  // Whether a request of such criticality is turned away now. What is less critical goes first: by
  // the share of `in_flight_max` that is taken (0: no limit), and by chance (`dice`) while the loop
  // is late. All of one kind goes before any of the next.
  bool sheds(Criticality criticality, std::int64_t in_flight_max, std::uint64_t dice) const;
  // True when nobody is turned away.
  bool takes_all(std::int64_t in_flight_max) const;

 private:
  bool is_full(Criticality criticality, std::int64_t in_flight_max) const;
  bool is_overrun(Criticality criticality) const;
  bool is_late() const;
  std::int64_t taken_ppm(Criticality criticality) const;
  void look(MonoUs now, MonoUs late_us);
  void fall(bool much);
  void rise();

  std::int64_t taken_ppm_ = 1'000'000;  // of all requests
  std::int64_t in_flight_ = 0;
  // As they were told last.
  MonoUs late_us_ = 0;
  std::int64_t under_way_ = 0;
  // The look under way.
  MonoUs look_at_ = 0;
  MonoUs late_sum_us_ = 0;
  std::int64_t arrivals_ = 0;
  // Requests lately, the older the less; by criticality.
  std::array<std::int64_t, criticality_count> requests_{};
};

}  // namespace wye
