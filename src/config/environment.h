// Environment: all that reading a configuration may know of the machine: variables, files, the
// time. Passed in, so that tests and replays need no real ones.
//
// The functions are called on the thread that loads.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/units.h"

namespace wye::config {

struct Environment {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<Result<std::string>(const std::string& path)> read_file;
  TimeMs now = 0;
};

// The process's own. Files over 16 MiB are refused.
Environment process_environment();

}  // namespace wye::config
