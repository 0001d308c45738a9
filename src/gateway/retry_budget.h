// Retry budget: retries may be a share of the requests of the last ten seconds, and always a few a
// second, so that a total outage is not made worse by our own retries. One per loop, shares
// nothing; the few a second are divided among the loops.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/rules.h"
#include "io/stream.h"

namespace wye {

class RetryBudget {
 public:
  explicit RetryBudget(unsigned loops = 1) : loops_(loops) {}

  void count_request(MonoUs now) { slot(now).requests += 1; }
  void count_retry(MonoUs now) { slot(now).retries += 1; }

  bool has_room(const RetryRules& rules, MonoUs now) { return left(rules, now) > 0; }

  // Retries that may be made now; below zero when the policy became stricter meanwhile.
  std::int64_t left(const RetryRules& rules, MonoUs now) {
    slot(now);
    std::int64_t requests = 0;
    std::int64_t retries = 0;
    for (const Second& second : seconds_) {
      requests += second.requests;
      retries += second.retries;
    }
    const std::int64_t share = requests * rules.budget_share_ppm / 1'000'000;
    const std::int64_t all = rules.budget_floor_per_s * static_cast<std::int64_t>(seconds_.size());
    const std::int64_t floor = all > 0 ? std::max<std::int64_t>(all / loops_, 1) : 0;
    return std::max(share, floor) - retries;
  }

 private:
  struct Second {
    std::int64_t number = -1;
    std::int64_t requests = 0;
    std::int64_t retries = 0;
  };

  // The counters of the current second; those of seconds that are over ten back are cleared.
  Second& slot(MonoUs now) {
    // Never back: an old time would take the place of a second that is still counted.
    newest_ = std::max(newest_, now / 1'000'000);
    const std::int64_t number = newest_;
    for (Second& second : seconds_) {
      if (second.number <= number - static_cast<std::int64_t>(seconds_.size())) second = {};
    }
    Second& current = seconds_[static_cast<std::size_t>(number) % seconds_.size()];
    current.number = number;
    return current;
  }

  std::int64_t loops_;
  std::array<Second, 10> seconds_;
  std::int64_t newest_ = 0;
};

}  // namespace wye
