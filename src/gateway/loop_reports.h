// Loop reports: what all loops have counted, added up. A report goes from loop to loop and each
// adds its own on its own thread, so that nothing is shared and no request pays for being counted.
// Made by the server before its loops run; collect() is called on any of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/metrics.h"
#include "io/async.h"
#include "io/http_server.h"
#include "io/world.h"

namespace wye {

class Gateway;

struct LoopReport {
  Metrics metrics;
  std::size_t connections_open = 0;  // of clients
  std::size_t connections_idle = 0;  // of these
  std::int64_t requests_in_flight = 0;
  std::size_t upstream_idle = 0;  // pooled connections to providers
  std::int64_t retries_left = 0;
  std::int64_t hedges_left = 0;
};

class LoopReports {
 public:
  // Both outlive this.
  void add_loop(Gateway& gateway, const ServerConnections& connections) {
    loops_.push_back({&gateway, &connections});
  }

  // Suspends until the report has been with every loop; `here` is the loop of the caller.
  Async<LoopReport> collect(World& here) const;

 private:
  struct Member {
    Gateway* gateway;
    const ServerConnections* connections;
  };
  struct Round;
  void visit(const std::shared_ptr<Round>& round, std::size_t index) const;

  std::vector<Member> loops_;
};

}  // namespace wye
