// Commands: each function adds one verb to the command line. The verb's callback runs while the line is
// parsed and leaves its exit code in `exit_code`.
#pragma once

#include "app/exit_code.h"

namespace CLI {
class App;
}

namespace wye {

void add_serve(CLI::App& app, ExitCode& exit_code);
void add_init(CLI::App& app, ExitCode& exit_code);
void add_check(CLI::App& app, ExitCode& exit_code);
void add_why(CLI::App& app, ExitCode& exit_code);
void add_sim(CLI::App& app, ExitCode& exit_code);
void add_schema(CLI::App& app, ExitCode& exit_code);
void add_catalog(CLI::App& app, ExitCode& exit_code);
void add_help(CLI::App& app, ExitCode& exit_code);
void add_completion(CLI::App& app, ExitCode& exit_code);
void add_version(CLI::App& app, ExitCode& exit_code);

}  // namespace wye
