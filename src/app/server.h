// Server: constructs and connects everything that serves: loops, gateways, the books, the store,
// the embedded simulator; reloads the policy; drains at the end. One object in the process, made by
// `wye serve`, used on the main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "app/load_policy.h"
#include "base/result.h"

namespace wye {

struct ServerPorts {
  std::uint16_t api = 0;
  std::uint16_t admin = 0;
};

struct ServerOptions {
  std::string config_path;
  bool quiet = false;                        // no banner
  std::function<Result<LoadedFile>()> load;  // reads the policy anew
  std::string version;
  // Called once, when requests are accepted.
  std::function<void(ServerPorts)> on_listening = {};
};

class Server {
 public:
  virtual ~Server() = default;
  // Serves until SIGTERM or SIGINT, then drains. A Fault when it cannot start.
  virtual Result<void> run() = 0;
};

std::unique_ptr<Server> make_server(ServerOptions options);

}  // namespace wye
