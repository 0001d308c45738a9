// ClientWatch: whether the client is still there, while its answer is waited for. Looking costs a
// system call, so nobody looks before a wait has become long; then once a second.
//
// Lives in the coroutine of one attempt.
#pragma once

#include <algorithm>

#include "base/fault.h"
#include "io/http_server.h"
#include "io/world.h"

namespace wye {

class ClientWatch {
 public:
  ClientWatch(World& world, HttpResponder& responder)
      : world_(world), responder_(responder), look_us_(world.mono_us() + first_look_us) {}

  // The end of the next wait: that of the limit, or the time to look.
  MonoUs until(MonoUs limit) const { return std::min(limit, look_us_); }

  // True when a wait was over only because it was time to look, and the client is there: wait on.
  bool may_wait_on(MonoUs limit) {
    const MonoUs now = world_.mono_us();
    if (now < look_us_ || now >= limit) return false;
    look_us_ = now + looks_apart_us;
    gone_ = responder_.client_gone();
    return !gone_;
  }
  bool gone() const { return gone_; }
  static Fault left() { return fault(FaultKind::client_gone, "the client has left"); }

 private:
  static constexpr MonoUs first_look_us = 2'000'000;
  static constexpr MonoUs looks_apart_us = 1'000'000;

  World& world_;
  HttpResponder& responder_;
  MonoUs look_us_;
  bool gone_ = false;
};

}  // namespace wye
