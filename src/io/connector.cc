// A race of connection attempts. Each attempt is a raw non-blocking socket with a watcher; the
// race owns them all and wakes one coroutine. Belongs to one loop.
#include "io/connector.h"

#include <fmt/core.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <coroutine>
#include <memory>
#include <utility>

#include "io/timer_wheel.h"

namespace wye {
namespace {

constexpr MonoUs stagger_us = 250'000;

class Race final : public std::enable_shared_from_this<Race>, private Timer, private LoopWait {
 public:
  Race(LoopCore& core, std::vector<SocketAddress> addresses, MonoUs deadline)
      : core_(core), addresses_(std::move(addresses)), deadline_(deadline) {}

  // False: it is over already and will not resume the waiter.
  bool run(std::coroutine_handle<> waiter) {
    start_next();
    if (over_) return false;
    LoopWait::join(core_.waits);
    waiter_ = waiter;
    return true;
  }
  // Nobody waits any more.
  void abandon() {
    waiter_ = {};
    close_all();
  }
  int descriptor() const { return descriptor_; }
  IoResult failure() const { return failure_; }

 private:
  struct Attempt final : Watcher {
    Attempt(Race& of, int socket) : race(of), descriptor(socket) {}
    void on_ready(Readiness ready) override {
      if (ready.out) race.on_answer(*this);
    }
    Race& race;
    int descriptor;  // -1: over
  };

  // Starts attempts until one is under way; ends the race when none is left.
  void start_next() {
    while (next_ < addresses_.size() && !over_) {
      if (start(addresses_[next_++])) {
        arm_timer();
        return;
      }
    }
    if (over_) return;
    if (under_way_ == 0)
      finish(-1);
    else
      arm_timer();
  }

  bool start(const SocketAddress& address) {
    const int descriptor =
        ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (descriptor < 0) return failed(errno);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(descriptor, address.get(), address.size) != 0 && errno != EINPROGRESS) {
      const int error = errno;
      ::close(descriptor);
      return failed(error);
    }
    auto& attempt = *attempts_.emplace_back(std::make_unique<Attempt>(*this, descriptor));
    if (const int error = core_.reactor.watch(descriptor, attempt); error != 0) {
      ::close(descriptor);
      attempts_.pop_back();
      return failed(error);
    }
    ++under_way_;
    return true;
  }

  bool failed(int error) {
    failure_ = {IoStatus::failed, 0, error};
    return false;
  }

  void on_answer(Attempt& attempt) {
    const auto alive = shared_from_this();
    --under_way_;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(attempt.descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    const int descriptor = release(attempt);
    if (error == 0) {
      finish(descriptor);
      return;
    }
    ::close(descriptor);
    failed(error);
    start_next();
  }

  // The attempt is over; its descriptor is the caller's.
  int release(Attempt& attempt) {
    core_.reactor.forget(attempt.descriptor, attempt);
    return std::exchange(attempt.descriptor, -1);
  }

  void arm_timer() {
    const MonoUs stagger = next_ < addresses_.size() ? steady_now_us() + stagger_us : no_deadline;
    const MonoUs due = std::min(stagger, deadline_);
    if (due != no_deadline) core_.timers.arm(*this, due);
  }

  void on_timer(MonoUs now) override {
    if (now >= deadline_) {
      failure_ = {IoStatus::timed_out};
      finish(-1);
      return;
    }
    start_next();
  }

  void on_loop_end() override {
    failure_ = {IoStatus::reset};
    finish(-1);
  }

  void finish(int descriptor) {
    descriptor_ = descriptor;
    close_all();
    const auto self = shared_from_this();
    if (const auto waiter = std::exchange(waiter_, {})) waiter.resume();
  }

  void close_all() {
    over_ = true;
    disarm();
    LoopWait::leave();
    for (const auto& attempt : attempts_)
      if (attempt->descriptor >= 0) ::close(release(*attempt));
  }

  LoopCore& core_;
  std::vector<SocketAddress> addresses_;
  MonoUs deadline_;
  std::vector<std::unique_ptr<Attempt>> attempts_;
  std::size_t next_ = 0;
  int under_way_ = 0;
  bool over_ = false;
  int descriptor_ = -1;
  IoResult failure_{IoStatus::failed};
  std::coroutine_handle<> waiter_;
};

struct RaceAwaiter {
  explicit RaceAwaiter(Race& what) : race(what) {}
  RaceAwaiter(const RaceAwaiter&) = delete;
  RaceAwaiter& operator=(const RaceAwaiter&) = delete;
  ~RaceAwaiter() { race.abandon(); }
  Race& race;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) { return race.run(waiter); }
  void await_resume() const noexcept {}
};

// What this machine has run out of is no fault of whoever was to be reached.
FaultKind kind_of(const IoResult& failure) {
  if (failure.status == IoStatus::timed_out) return FaultKind::timeout;
  switch (failure.error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL: return FaultKind::shed;
    default: return FaultKind::outage;
  }
}

}  // namespace

Async<Result<int>> connect_any(LoopCore& core, std::vector<SocketAddress> addresses,
                               std::string name, MonoUs deadline) {
  const auto race = std::make_shared<Race>(core, std::move(addresses), deadline);
  co_await RaceAwaiter(*race);
  if (race->descriptor() >= 0) co_return race->descriptor();
  co_return fail(kind_of(race->failure()),
                 fmt::format("connect to {}: {}", name, describe(race->failure())));
}

}  // namespace wye
