#include "app/exit_code.h"

#include <fmt/core.h>

namespace wye {

ExitCode report(const Fault& fault) {
  fmt::print(stderr, "{}{}", fault.message, fault.message.ends_with('\n') ? "" : "\n");
  return fault.kind == FaultKind::config ? ExitCode::config_invalid : ExitCode::failed;
}

}  // namespace wye
