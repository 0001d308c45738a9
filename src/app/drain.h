// Drain: how serving ends. New requests are refused while the listeners go on telling that they
// are; what has begun may end within its time, and is told when it may not; then the listeners
// close and the loops stop. Owned by the server; lives on the first loop.
#pragma once

#include <cstdint>
#include <vector>

#include "app/worker.h"
#include "base/units.h"
#include "io/async.h"

namespace wye {

class Drain {
 public:
  // `workers` has at least one; its first is the loop that this lives on.
  Drain(std::vector<Worker>& workers, const ServerConnections& admin)
      : workers_(workers), admin_(admin) {}

  void begin(DurationMs limit_ms);
  bool begun() const { return begun_; }
  // Ends the time that is left.
  void hurry();

 private:
  Async<void> run();
  Async<void> wait_until_quiet(const MonoUs& until);
  template <class Action>
  void on_each_loop(Action action);
  std::int64_t under_way() const;

  std::vector<Worker>& workers_;
  const ServerConnections& admin_;
  bool begun_ = false;
  MonoUs until_ = 0;
};

}  // namespace wye
