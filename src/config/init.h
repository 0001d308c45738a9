// Init: a commented starting file from the vendor keys that the environment holds. Their values are
// never looked at, only whether they are set.
//
// Pure but for the environment passed in; any thread.
#pragma once

#include <string>
#include <vector>

#include "config/catalog.h"
#include "config/environment.h"

namespace wye::config {

// A key that is there, of a vendor that needs more than a key.
struct IncompleteKey {
  std::string variable, vendor, needs;
};

struct StartingFile {
  std::string text;
  std::vector<IncompleteKey> incomplete;  // in the file as comments
  std::vector<std::string> variables;     // that were found, empty: the file uses the simulator
  int providers = 0;
  int tasks = 0;
};

StartingFile starting_file(const Environment& environment, const Catalog& catalog);

}  // namespace wye::config
