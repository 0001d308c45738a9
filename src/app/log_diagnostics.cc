#include "app/log_diagnostics.h"

#include <string>

#include "app/log.h"

namespace wye {

void log_diagnostics(const std::vector<config::Diagnostic>& list, std::string_view path) {
  for (const config::Diagnostic& one : list) {
    std::string line = config::format_text({one}, path, {});
    line.erase(line.find_last_not_of('\n') + 1);
    one.severity == config::Severity::error ? log::write_error(line) : log::write_warn(line);
  }
}

}  // namespace wye
