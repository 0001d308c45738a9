// Http get: one page of a server on this machine, for commands. Runs a loop of its own until the
// answer is there.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/units.h"

namespace wye {

struct HttpPage {
  int status = 0;
  std::string body;
};

// Plain HTTP. Faults: outage, ttft, timeout or cut, when the server cannot be reached or does not
// answer within `patience_ms`.
Result<HttpPage> http_get(const std::string& host, std::uint16_t port, const std::string& path,
                          DurationMs patience_ms);

}  // namespace wye
