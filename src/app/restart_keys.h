// Restart keys: the settings whose change a running server cannot take over. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "core/rules.h"

namespace wye {

// Those that differ between the policy that the server was started with and another, as written in
// the file.
std::vector<std::string_view> restart_keys(const Rules& started, const Rules& then);

}  // namespace wye
