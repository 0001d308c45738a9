// World: the clock, the network and the dice of one loop. The gateway knows nothing else of the
// outside, so the simulator (io/sim_world.h) runs the same gateway code from a seed.
//
// One per event loop; everything but post() is called on that loop's thread only.
#pragma once

#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/units.h"
#include "io/async.h"
#include "io/stream.h"

namespace wye {

// A host to connect to. TLS verifies chain and name; nothing can turn that off.
struct Peer {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  std::string ca_file;  // extra trust anchors, "" for the system's alone
  bool operator==(const Peer&) const = default;
};

class World {
 public:
  virtual ~World() = default;

  virtual TimeMs now_ms() = 0;       // wall clock
  virtual MonoUs mono_us() = 0;      // never goes back
  virtual std::uint64_t dice() = 0;  // 64 fresh bits

  // Resolves, connects and shakes hands before `deadline`. Faults: outage (DNS, connect, TLS) or
  // timeout.
  virtual Async<Result<std::unique_ptr<Stream>>> connect(const Peer& peer, MonoUs deadline) = 0;

  // Files of trust anchors are read anew for the next connection that needs them.
  virtual void forget_trust() {}

  // How long what is being handled now has waited for its turn at most; little when the loop had
  // nothing to do before it came. A world without a queue has no lateness.
  virtual MonoUs lateness_us() { return 0; }
  // How long this loop has had nothing to do, in all.
  virtual MonoUs idle_us() { return 0; }

  // Runs `work` on the loop soon. The only call that is allowed from other threads.
  virtual void post(std::function<void()> work) = 0;

  // Runs `work` once all that the loop has been told of by now was handled, or a handful of works
  // wait, so that much of one kind is done together. A world without turns has it done soon.
  virtual void at_turn_end(std::function<void()> work) { post(std::move(work)); }

  struct SleepAwaiter {
    World& world;
    MonoUs until;
    std::coroutine_handle<> pending{};
    ~SleepAwaiter() {
      if (pending) world.forget_sleep(pending);
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      pending = waiter;
      world.resume_at(until, waiter);
    }
    void await_resume() noexcept { pending = {}; }
  };
  // Suspends until mono_us() >= until.
  SleepAwaiter sleep_until(MonoUs until) { return {*this, until}; }

 protected:
  virtual void resume_at(MonoUs until, std::coroutine_handle<> waiter) = 0;
  // The sleeper was destroyed before its time; it must not be resumed.
  virtual void forget_sleep(std::coroutine_handle<>) {}
};

}  // namespace wye
