#include "gateway/health_news.h"

#include <fmt/format.h>

#include "base/fault.h"
#include "base/units.h"

namespace wye {

std::optional<HealthNews> health_news(std::string_view name, const DeploymentFacts& before,
                                      const DeploymentFacts& after) {
  const auto fault = to_string(static_cast<FaultKind>(after.last_fault));
  if (before.out_until == 0 && after.out_until > 0) {
    return HealthNews{
        true, fmt::format("deployment {} is out of service ({}); it is not asked before {}", name,
                          fault, format_time_utc(after.out_until))};
  }
  if (before.breaker == BreakerState::closed && after.breaker == BreakerState::open) {
    return HealthNews{true, fmt::format("the circuit of deployment {} has opened: {} bad of {} "
                                        "attempts, the last one {}; it is not asked before {}",
                                        name, after.window_bad, after.window_ok + after.window_bad,
                                        fault, format_time_utc(after.open_until))};
  }
  const bool closed = before.breaker != BreakerState::closed;
  const bool back = before.out_until > 0 && after.out_until == 0;
  if ((closed || back) && after.breaker == BreakerState::closed) {
    return HealthNews{false, fmt::format("deployment {} answers again", name)};
  }
  return std::nullopt;
}

}  // namespace wye
