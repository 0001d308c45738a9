// Test command, for tests only: runs a command, as a shell does without a terminal.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace wye {

struct Ran {
  int code = -1;
  std::string out;  // both streams
};

// `command` as a shell reads it.
inline Ran run_command(const std::string& command) {
  Ran ran;
  std::FILE* pipe = ::popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return ran;
  char buffer[4'096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe))
    ran.out.append(buffer, count);
  const int status = ::pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

// Tests skip without WYE_BINARY in the environment.
inline Ran run_wye(const std::string& words) {
  const char* const binary = std::getenv("WYE_BINARY");
  return run_command(std::string(binary == nullptr ? "false" : binary) + " " + words);
}

}  // namespace wye
