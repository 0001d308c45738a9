// Limits of one attempt: which clock runs out first, and what it is called when it does.
#pragma once

#include <string>

#include "base/fault.h"
#include "core/rules.h"
#include "io/stream.h"
#include "wire/token_estimate.h"

namespace wye {

struct Limit {
  MonoUs at = no_deadline;
  FaultKind kind = FaultKind::timeout;

  // The earlier of the two.
  Limit or_before(MonoUs other, FaultKind other_kind) const {
    return other < at ? Limit{other, other_kind} : *this;
  }
};

// The limits of an attempt that began at `begun_us`, inside a request that must end at
// `deadline.at`.
class AttemptLimits {
 public:
  AttemptLimits(const Timeouts& timeouts, MonoUs begun_us, Limit deadline)
      : timeouts_(timeouts), begun_us_(begun_us) {
    whole_ = deadline;
    if (timeouts.total_ms > 0) {
      whole_ = whole_.or_before(begun_us + timeouts.total_ms * 1000, FaultKind::timeout);
    }
  }

  Limit connect() const { return after(begun_us_, timeouts_.connect_ms, FaultKind::outage); }
  Limit first_token() const { return after(begun_us_, timeouts_.ttft_ms, FaultKind::ttft); }
  // Silence from `now` on.
  Limit silence(MonoUs now) const { return after(now, timeouts_.stall_ms, FaultKind::stall); }
  Limit whole() const { return whole_; }
  MonoUs begun_us() const { return begun_us_; }

 private:
  Limit after(MonoUs start, DurationMs ms, FaultKind kind) const {
    return ms > 0 ? whole_.or_before(start + ms * 1000, kind) : whole_;
  }

  Timeouts timeouts_;  // a copy, for streams look at them with every event
  MonoUs begun_us_;
  Limit whole_;
};

// The slowest that a stream may be, looked at every ten seconds after its first token.
class SpeedFloor {
 public:
  explicit SpeedFloor(std::int64_t tokens_per_s) : tokens_per_s_(tokens_per_s) {}

  void begin(MonoUs now) {
    if (tokens_per_s_ > 0) next_look_ = now + period_us;
  }
  MonoUs next_look() const { return next_look_; }
  // True when fewer came since the last look than should have; `output_bytes` of text so far.
  bool is_below(MonoUs now, std::int64_t output_bytes) {
    if (now < next_look_) return false;
    const std::int64_t came = output_bytes - seen_bytes_;
    seen_bytes_ = output_bytes;
    next_look_ = now + period_us;
    return came < tokens_per_s_ * bytes_per_token * (period_us / us_per_second);
  }

 private:
  static constexpr MonoUs period_us = 10'000'000;

  std::int64_t tokens_per_s_;
  MonoUs next_look_ = no_deadline;
  std::int64_t seen_bytes_ = 0;
};

}  // namespace wye
