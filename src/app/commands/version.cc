#include <fmt/core.h>

#include "app/command_line.h"
#include "app/commands/commands.h"

namespace wye {

void add_version(CommandLine& line) {
  line.verb("version", "Print the version").run([] {
    fmt::print("wye {}\n", WYE_VERSION);
    return ExitCode::ok;
  });
}

}  // namespace wye
