// Clocks of the machine. Any thread.
#pragma once

#include <cstdint>

#include "base/units.h"

namespace wye {

TimeMs wall_clock_ms();
// Microseconds since the machine was started; goes on while it sleeps, and nobody can set it.
std::int64_t boot_clock_us();

}  // namespace wye
