// Load watch: how much this loop has to do, and whom it turns away when that is too much. Requests
// in flight count against a limit, and the loop's lateness tells of work that piles up unseen.
// Belongs to one loop.
#pragma once

#include <cstdint>

#include "core/rules.h"
#include "io/stream.h"

namespace wye {

class LoadWatch {
 public:
  // How late the loop came to something that was due, in microseconds; asked for at regular times.
  void note_lateness(MonoUs late_us);
  MonoUs lateness_us() const { return late_us_; }

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
  // the share of `in_flight_max` that is taken, and by chance (`dice`) the more the later the loop
  // is. A critical request is turned away only when nothing is left.
  bool sheds(Criticality criticality, std::int64_t in_flight_max, std::uint64_t dice) const;

 private:
  MonoUs late_us_ = 0;
  std::int64_t in_flight_ = 0;
};

}  // namespace wye
