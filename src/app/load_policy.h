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
  std::string text;    // as it stands in the file
  std::string report;  // every diagnostic with its source line, ready to print
  double took_ms = 0;
};

// A Fault only when the file cannot be read at all, or the embedded catalog is broken.
Result<LoadedFile> load_policy_file(const std::string& path, const config::LoadOptions& options);
// The same with a made-up value for every variable that the file refers to: for commands that play
// with a policy and call nobody. No secret of the environment is read.
Result<LoadedFile> load_policy_without_secrets(const std::string& path);

// The fault of a command that needs a configuration, with how to get one when there is no file.
Fault with_way_to_begin(Fault fault, const std::string& path);

// $WYE_CONFIG, else ./wye.yaml.
std::string default_config_path();

}  // namespace wye
