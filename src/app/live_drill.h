// Live drill of the command line: asks a running gateway for a drill, waits until it is over, and
// prints the verdict. Runs a loop of its own on the main thread.
#pragma once

#include <string>

#include "app/exit_code.h"
#include "core/rules.h"

namespace wye {

struct LiveDrillWish {
  ListenAddress admin;
  std::string key;  // a virtual key with the role drill, "" when there is none
  bool json = false;
  // The order, in the words of POST /admin/v1/drills.
  std::string fault;  // "": stop the drill that runs
  std::string target;
  std::string tasks;  // with commas between them
  std::string duration = "60s";
  std::string share = "5%";
  std::string expect = "99%";
};

// Ctrl-C stops the drill; its verdict so far is printed.
ExitCode run_live_drill(const LiveDrillWish& wish);

}  // namespace wye
