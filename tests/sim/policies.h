// Policies: reads the policies that scenarios make.
#pragma once

#include <string>

#include "core/rules.h"

namespace wye::sim {

// Ends the program when the policy is not valid, since that is a defect of the simulation. The
// newest ones are kept, so that asking again for the same text costs nothing.
RulesPtr rules_of(const std::string& policy);

}  // namespace wye::sim
