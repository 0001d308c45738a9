#include "app/use_color.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace wye {

bool use_color(const std::string& wanted) {
  if (wanted != "auto") return wanted == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0') && !dumb;
}

}  // namespace wye
