// Terminal: what the standard output of a command can show. Main thread.
#pragma once

#include <string>

namespace wye {

// `wanted` is always, never, or auto: a terminal that does not say no (NO_COLOR, TERM=dumb).
bool use_color(const std::string& wanted);

}  // namespace wye
