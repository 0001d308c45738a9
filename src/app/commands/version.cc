#include <fmt/core.h>

#include <string>

#include "app/command_line.h"
#include "app/commands/commands.h"

namespace wye {

void add_version(CommandLine& line) {
  const std::string text = std::string("wye ") + WYE_VERSION;
  line.version(text);
  line.verb("version", "Print the version").run([text] {
    fmt::print("{}\n", text);
    return ExitCode::ok;
  });
}

}  // namespace wye
