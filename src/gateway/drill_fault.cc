// Drill fault: names of faults and targets. See drill_fault.h.
#include "gateway/drill_fault.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/names.h"

namespace wye {
namespace {

constexpr auto faults = names_of<DrillFault, DrillFault::invalid_json>(
    "outage", "rate_limit", "hang", "slow", "cut", "invalid_json");

Fault unknown_target(const Rules& rules, std::string_view name) {
  std::vector<std::string> names;
  for (const Deployment& deployment : rules.deployments) {
    const auto provider = static_cast<std::size_t>(deployment.provider);
    names.push_back(rules.providers[provider].name);
    names.push_back(deployment.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::string_view near = nearest(name, names);
  const std::string advice = near.empty() ? fmt::format("there are {}", fmt::join(names, ", "))
                                          : fmt::format("did you mean \"{}\"?", near);
  return fault(FaultKind::not_found,
               fmt::format("no provider with deployments and no deployment is named \"{}\" · {}",
                           name, advice));
}

}  // namespace

std::string_view to_string(DrillFault fault) { return faults.of(fault); }
std::optional<DrillFault> drill_fault_from(std::string_view name) { return faults.find(name); }

std::vector<std::string> drill_fault_names() { return {faults.table.begin(), faults.table.end()}; }

bool DrillTarget::has(int deployment) const {
  return std::find(deployments.begin(), deployments.end(), deployment) != deployments.end();
}

Result<DrillTarget> find_drill_target(const Rules& rules, std::string_view name) {
  DrillTarget target;
  target.name = name;
  for (std::size_t i = 0; i < rules.deployments.size(); ++i) {
    const auto provider = static_cast<std::size_t>(rules.deployments[i].provider);
    if (rules.providers[provider].name == name) target.deployments.push_back(static_cast<int>(i));
  }
  if (!target.deployments.empty()) return target;
  const int index = find_index(rules.deployment_by_name, name);
  if (index < 0) return fail(unknown_target(rules, name));
  target.deployments.push_back(index);
  return target;
}

}  // namespace wye
