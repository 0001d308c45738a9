// Log diagnostics: what reading a configuration found, in the log: one line a diagnostic, without
// the source, which `wye check` shows.
#pragma once

#include <string_view>
#include <vector>

#include "config/diagnostics.h"

namespace wye {

void log_diagnostics(const std::vector<config::Diagnostic>& list, std::string_view path);

}  // namespace wye
