// A race of connection attempts. Each attempt is a raw non-blocking socket watched by Asio; the
// race owns them all and wakes one coroutine. Belongs to one loop.
#include "io/connector.h"

#include <fmt/core.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <coroutine>
#include <memory>
#include <utility>

#include "io/timer_wheel.h"

namespace wye {
namespace asio = boost::asio;
namespace {

constexpr MonoUs stagger_us = 250'000;

using AsioSocket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

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
  struct Attempt {
    explicit Attempt(LoopCore& core) : socket(core.context) {}
    AsioSocket socket;
    bool failed = false;
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
    auto& attempt = *attempts_.emplace_back(std::make_unique<Attempt>(core_));
    boost::system::error_code error;
    attempt.socket.assign(asio::ip::tcp::v4(), descriptor, error);
    if (error) {
      ::close(descriptor);
      attempts_.pop_back();
      return failed(error.value());
    }
    ++under_way_;
    attempt.socket.async_wait(asio::socket_base::wait_write,
                              [self = shared_from_this(), &attempt](const auto& wait_error) {
                                self->on_answer(attempt, wait_error);
                              });
    return true;
  }

  bool failed(int error) {
    failure_ = {IoStatus::failed, 0, error};
    return false;
  }

  void on_answer(Attempt& attempt, const boost::system::error_code& wait_error) {
    if (over_ || !attempt.socket.is_open()) return;
    --under_way_;
    int error = wait_error.value();
    socklen_t size = sizeof error;
    if (!wait_error)
      ::getsockopt(attempt.socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) {
      boost::system::error_code ignored;
      finish(attempt.socket.release(ignored));
      return;
    }
    failed(error);
    attempt.socket.close();
    start_next();
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
    boost::system::error_code ignored;
    for (const auto& attempt : attempts_) attempt->socket.close(ignored);
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

}  // namespace

Async<Result<int>> connect_any(LoopCore& core, std::vector<SocketAddress> addresses,
                               std::string name, MonoUs deadline) {
  const auto race = std::make_shared<Race>(core, std::move(addresses), deadline);
  co_await RaceAwaiter(*race);
  if (race->descriptor() >= 0) co_return race->descriptor();
  const bool timed_out = race->failure().status == IoStatus::timed_out;
  co_return fail(timed_out ? FaultKind::timeout : FaultKind::outage,
                 fmt::format("connect to {}: {}", name, describe(race->failure())));
}

}  // namespace wye
