// Exit codes of every command; documented in docs/operating.md.
#pragma once

#include "base/fault.h"

namespace wye {

enum class ExitCode : int {
  ok = 0,
  failed = 1,
  usage = 2,
  config_invalid = 3,
  threshold = 4,
  unreachable = 5,
  refused = 6,
  interrupted = 130,
};

// Prints the fault's message to stderr; gives config_invalid for one of kind config, else failed.
ExitCode report(const Fault& fault);

}  // namespace wye
