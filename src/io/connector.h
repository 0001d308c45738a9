// Connecting: tries all addresses of a host, the next one when the last failed or has been silent
// for 250 ms, and keeps the first that answers ("happy eyeballs", the light sort). Belongs to one
// loop.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/async.h"
#include "io/loop_core.h"
#include "io/resolver.h"

namespace wye {

// A connected, non-blocking descriptor with TCP_NODELAY, the caller's to close. `name`
// ("host:port") is for the fault, which is an outage or a timeout.
Async<Result<int>> connect_any(LoopCore& core, std::vector<SocketAddress> addresses,
                               std::string name, MonoUs deadline);

}  // namespace wye
