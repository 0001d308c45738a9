// Worker: one event loop with all that belongs to it. Made by the server, used on the loop's own
// thread but for what says otherwise.
#pragma once

#include <memory>
#include <thread>

#include "core/rules.h"
#include "gateway/gateway.h"
#include "io/http_server.h"
#include "io/loop.h"

namespace wye {

struct Worker {
  std::unique_ptr<Loop> loop;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<ServerConnections> connections = std::make_unique<ServerConnections>();
  ServerLimits limits;  // of connections that are accepted from now on
  std::thread thread;   // not of the first: it runs on the main thread
};

ServerLimits limits_of(const ServerRules& rules);

}  // namespace wye
