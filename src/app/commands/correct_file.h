// Correct file: `wye check --fix`: shows what can be put right for certain in a configuration, and
// writes it when it may. Main thread.
#pragma once

#include <string>

#include "base/result.h"
#include "config/load.h"

namespace wye {

// `agreed`: do not ask. Without it a terminal is asked, and without a terminal nothing is written.
// The diff and what was done go to stderr. Faults: config, when the file cannot be read or written.
Result<void> correct_file(const std::string& path, bool agreed, const config::LoadOptions& options);

}  // namespace wye
