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

// Of a loop, when a request has come.
struct LoopState {
  MonoUs late_us = 0;          // how long the request may have waited for its turn
  MonoUs idle_us = 0;          // how long the loop has had nothing to do, in all
  std::int64_t under_way = 0;  // how many requests the loop has with this one, read or not
};

class LoadWatch {
 public:
  // Told with each request. What share is taken from now on follows from the last 25 ms or so: from
  // the mean lateness, unless the loop had nothing to do for a moment, and so has caught up. What
  // waited very long is turned away at once, once a look has found the loop late.
  void note_arrival(MonoUs now, const LoopState& loop);
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
  // Counts an answer to one that is turned away. How long its client is not heard again, in
  // microseconds: turning away those who come back at once, whatever they are told, must not take
  // the time of those who are served.
  MonoUs rest_after_shed(MonoUs now);
  // True when nobody is turned away.
  bool takes_all(std::int64_t in_flight_max) const;

 private:
  bool is_full(Criticality criticality, std::int64_t in_flight_max) const;
  bool is_overrun(Criticality criticality) const;
  bool is_late() const;
  std::int64_t taken_ppm(Criticality criticality) const;
  void look(MonoUs now, const LoopState& loop);
  void fall(bool much);
  void rise();

  std::int64_t taken_ppm_ = 1'000'000;  // of all requests
  std::int64_t in_flight_ = 0;
  MonoUs next_shed_at_ = 0;
  LoopState loop_;  // as it was told last
  // The look under way.
  MonoUs look_at_ = 0;
  MonoUs idle_before_us_ = 0;
  MonoUs late_sum_us_ = 0;
  std::int64_t arrivals_ = 0;
  // Requests lately, the older the less; by criticality.
  std::array<std::int64_t, criticality_count> requests_{};
};

}  // namespace wye
