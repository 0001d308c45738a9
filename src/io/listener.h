// Listener: one listen socket of a loop and its accept loop. Belongs to one loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "io/loop_core.h"
#include "io/stream.h"

namespace wye {

class Listener {
 public:
  virtual ~Listener() = default;
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;
};

using OnAccept = std::function<void(std::unique_ptr<Stream>)>;

Result<std::shared_ptr<Listener>> open_listener(LoopCore& core, const std::string& host,
                                                std::uint16_t port, std::size_t connections_max,
                                                OnAccept on_accept);

}  // namespace wye
