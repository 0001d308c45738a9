// Load watch: how much this loop has to do, and whom it turns away when that is too much. Requests
// in flight count against a limit, and the loop's lateness tells of work that piles up unseen.
// Belongs to one loop.
#pragma once

#include <cstdint>
#include <optional>

#include "core/rules.h"
#include "io/stream.h"

namespace wye {

// How critical every request is, when all are alike by this policy.
std::optional<Criticality> criticality_of_all(const Rules& rules);
// What a request is told that is turned away.
Fault turned_away(Criticality criticality);

class LoadWatch {
 public:
  // How long something had to wait for its turn on the loop, in microseconds; told at regular
  // times.
  void note_lateness(MonoUs late_us);
  // As it was told last.
  MonoUs lateness_us() const { return late_us_; }
  // False: so few are under way that nobody need be turned away, however late the loop is.
  bool is_busy() const;

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
  // the share of `in_flight_max` that is taken, and by chance (`dice`) while the loop is late. What
  // is still taken of a kind then falls and rises until the loop keeps up.
  bool sheds(Criticality criticality, std::int64_t in_flight_max, std::uint64_t dice) const;

 private:
  std::int64_t taken_ppm(Criticality criticality) const;

  std::int64_t taken_ppm_ = 1'000'000;  // of requests of medium criticality
  MonoUs late_us_ = 0;
  std::int64_t in_flight_ = 0;
};

}  // namespace wye
