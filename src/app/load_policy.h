// Load policy: reads a configuration file with the embedded catalog and the process's environment.
// The one way in which commands get at Rules.
#pragma once

#include <string>

#include "base/result.h"
#include "config/catalog.h"
#include "config/load.h"

namespace wye {

struct LoadedFile {
  config::LoadResult result;
  std::string report;  // every diagnostic with its source line, ready to print
  double took_ms = 0;
};

// A Fault only when the file cannot be read at all, or the embedded catalog is broken.
Result<LoadedFile> load_policy_file(const std::string& path, const config::LoadOptions& options);

// $WYE_CONFIG, else ./wye.yaml.
std::string default_config_path();

}  // namespace wye
