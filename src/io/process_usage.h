// Process usage: what this process takes of its machine. Any thread.
#pragma once

#include <cstdint>

#include "base/units.h"

namespace wye {

struct ProcessUsage {
  std::int64_t cpu_us = 0;          // user and system, of all threads
  std::int64_t resident_bytes = 0;  // 0: not known
};

ProcessUsage process_usage();

}  // namespace wye
