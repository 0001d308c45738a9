// LoopCore: what the parts of one event loop share: its reactor, its timers, its open sockets.
// Seen only inside io/.
//
// Lives and dies with the Loop; every field belongs to the loop's thread.
#pragma once

#include "io/links.h"
#include "io/reactor.h"
#include "io/stream.h"
#include "io/timer_wheel.h"

namespace wye {

MonoUs steady_now_us();

// A wait that ends early when the loop ends, so that its coroutine can finish.
class LoopWait : public Links {
 public:
  virtual void on_loop_end() = 0;

 protected:
  ~LoopWait() = default;
};

struct LoopCore {
  Reactor& reactor;
  TimerWheel& timers;
  Links sockets{};      // every Socket
  Links waits{};        // every LoopWait under way
  bool ending = false;  // the loop has stopped and closes what is left
};

}  // namespace wye
