// Hedge budget: each request earns the share of a second one that the policy permits, and ten may
// be saved up. So hedges are never more than that share, and a burst of slowness does not double
// the load. One per loop, shares nothing.
#pragma once

#include <algorithm>
#include <cstdint>

namespace wye {

class HedgeBudget {
 public:
  void count_request(std::int64_t share_ppm) {
    saved_ppm_ = std::min(saved_ppm_ + share_ppm, most);
  }
  // True, and taken, when there is enough for one.
  bool take() {
    if (saved_ppm_ < one) return false;
    saved_ppm_ -= one;
    return true;
  }

 private:
  static constexpr std::int64_t one = 1'000'000;
  static constexpr std::int64_t most = 10 * one;
  std::int64_t saved_ppm_ = 0;
};

}  // namespace wye
