// Drill fault: what a drill plays and whom it strikes, in the words that users write. Shared by
// drills on recorded requests (lab/drill.h) and on live traffic (gateway/live_drill.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/rules.h"

namespace wye {

enum class DrillFault : std::uint8_t {
  outage,        // 503
  rate_limit,    // 429 with a Retry-After of two seconds
  hang,          // taken and never answered
  slow,          // ten times as slow as it is
  cut,           // an answer that ends after its first tokens
  invalid_json,  // whole answers whose JSON is none
};
std::string_view to_string(DrillFault fault);
std::optional<DrillFault> drill_fault_from(std::string_view name);
std::vector<std::string> drill_fault_names();

inline constexpr int drill_retry_after_s = 2;  // of rate_limit
inline constexpr int drill_slower_by = 10;     // of slow

// Who is struck: a provider with all its deployments, or one deployment.
struct DrillTarget {
  std::string name;
  std::vector<int> deployments;  // indices into Rules::deployments, ascending

  bool has(int deployment) const;
};
// Faults: not_found, with the nearest name; a provider is found before a deployment of its name.
Result<DrillTarget> find_drill_target(const Rules& rules, std::string_view name);

}  // namespace wye
