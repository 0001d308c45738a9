// Random policy: a configuration file with every strategy, fallback and setting, usual values and
// edges mixed. Pure.
#pragma once

#include <string>
#include <vector>

#include "sim/chance.h"

namespace wye::sim {

struct PolicyNames {
  std::vector<std::string> providers, deployments, routes, tasks;
  bool twins = false;  // all providers serve the same model
};

// Names that all policies of one scenario share; each policy may use some of them only.
PolicyNames draw_names(Chance& chance);
std::string draw_policy(const PolicyNames& names, Chance& chance);

}  // namespace wye::sim
