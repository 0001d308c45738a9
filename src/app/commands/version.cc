#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "app/commands/commands.h"

namespace wye {

void add_version(CLI::App& app, ExitCode& exit_code) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  command->callback([&exit_code] {
    fmt::print("wye {}\n", WYE_VERSION);
    exit_code = ExitCode::ok;
  });
}

}  // namespace wye
