// Health news: what the operator is told of a deployment when an attempt has taught something: that
// its circuit opened, or that it is out of service, and that it answers again; not each probe in
// between. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/facts.h"

namespace wye {

struct HealthNews {
  bool trouble = false;  // false: good news
  std::string text;
};

// `name` is the deployment's. Nothing when what changed is not worth a line.
std::optional<HealthNews> health_news(std::string_view name, const DeploymentFacts& before,
                                      const DeploymentFacts& after);

}  // namespace wye
