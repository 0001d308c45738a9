// Loop: the real World, one thread with its own reactor, listen sockets (SO_REUSEPORT), timers, TLS
// contexts and DNS.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "io/world.h"

namespace wye {

class Loop : public World {
 public:
  // Opens a listen socket on this loop; several loops may listen on the same address. Port 0 takes
  // any free one. Gives the port. TCP_NODELAY is set on accepted connections. Beyond
  // `connections_max` open connections, new ones wait in the kernel's queue.
  virtual Result<std::uint16_t> listen(const std::string& host, std::uint16_t port,
                                       std::size_t connections_max,
                                       std::function<void(std::unique_ptr<Stream>)> on_accept) = 0;
  virtual void stop_listening() = 0;
  // Runs until stop(); call it on the thread that is to be this loop's. Before it returns, it
  // closes every connection and wakes every sleeper, so that their coroutines end; what they refer
  // to must live until then. From then on nothing runs here any more; streams may outlive the loop,
  // closed.
  virtual void run() = 0;
  // From any thread.
  virtual void stop() = 0;
  // After run(): ends what is still under way and does what was posted meanwhile.
  virtual void wind_down() = 0;

  // Calls back on this loop for each of the signals; for the main loop only.
  virtual void on_signal(int signal, std::function<void()> action) = 0;
  // Calls back on this loop, debounced, when the file is replaced or written.
  virtual Result<void> on_file_change(const std::string& path, std::function<void()> action) = 0;
};

// `index` tells the ids of a process's loops apart; those that draw none need none.
Result<std::unique_ptr<Loop>> make_loop(unsigned index = 0);

// A Fault when somebody listens on the address already. Loops share their address among themselves
// (SO_REUSEPORT), so without this a second process would silently share it, too.
Result<void> check_address_free(const std::string& host, std::uint16_t port);

}  // namespace wye
