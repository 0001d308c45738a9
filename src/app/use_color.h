// Use color: whether a command may colour what it prints.
#pragma once

#include <string>

namespace wye {

// `wanted` is always, never or auto: on a terminal that is not dumb, unless NO_COLOR is set.
bool use_color(const std::string& wanted);

}  // namespace wye
