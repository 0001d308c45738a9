// Quantile: the value below which a share of the values lies, by nearest rank, so that it is one of
// them. Pure, any thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace wye {

// `share` in (0, 1]; -1 of no values.
inline std::int64_t quantile(std::vector<std::int64_t> values, double share) {
  if (values.empty()) return -1;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace wye
