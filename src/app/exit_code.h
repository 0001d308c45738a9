// Exit codes of every command; documented in docs/operating.md.
#pragma once

namespace wye {

enum class ExitCode : int {
  ok = 0,
  failed = 1,
  usage = 2,
  config_invalid = 3,
  threshold = 4,
  unreachable = 5,
  refused = 6,
  interrupted = 130,
};

}  // namespace wye
