// The event loop: owns the parts, runs the reactor on one thread, and when it is stopped ends every
// connection and wait, so that no coroutine is left behind.
//
// Nothing here is locked. Other threads come in through the mailbox alone.
#include "io/loop.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "io/connector.h"
#include "io/file_watch.h"
#include "io/listener.h"
#include "io/loop_core.h"
#include "io/mailbox.h"
#include "io/reactor.h"
#include "io/resolver.h"
#include "io/signals.h"
#include "io/socket.h"
#include "io/tcp_stream.h"
#include "io/timer_wheel.h"
#include "io/tls.h"

namespace wye {

MonoUs steady_now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

namespace {

std::uint64_t seed_of(unsigned index) {
  std::random_device device;
  const std::uint64_t high = device();
  return mix64((high << 32 | device()) + index);
}

class LoopImpl final : public Loop, private Watcher {
 public:
  explicit LoopImpl(unsigned index)
      : dice_(seed_of(index)),
        timers_(steady_now_us(), [this](MonoUs at) { wake_at_us_ = at; }),
        resolver_(core_, mailbox_) {}

  // Gives an errno when the system has no descriptor left.
  int open() {
    if (reactor_.error() != 0) return reactor_.error();
    return reactor_.watch(mailbox_->descriptor(), *this);
  }

  ~LoopImpl() override {
    wind_down();
    mailbox_->shut();
    listeners_.clear();
    watches_.clear();
    LoopEnd::detach_sockets(core_);
  }

  TimeMs now_ms() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  MonoUs mono_us() override { return steady_now_us(); }
  std::uint64_t dice() override { return dice_.next(); }
  MonoUs idle_us() override { return reactor_.idle_us(); }
  MonoUs lateness_us() override { return steady_now_us() - reactor_.told_since_us(); }

  void post(std::function<void()> work) override { mailbox_->post(std::move(work)); }

  void at_turn_end(std::function<void()> work) override {
    if (late_.works.empty()) reactor_.at_turn_end(late_);
    late_.works.push_back(std::move(work));
  }

  Async<Result<std::unique_ptr<Stream>>> connect(const Peer& wanted, MonoUs deadline) override {
    const Peer peer = wanted;
    const std::string name = fmt::format("{}:{}", peer.host, peer.port);
    if (core_.ending)
      co_return fail(FaultKind::outage, fmt::format("connect to {}: shutting down", name));
    auto addresses = co_await resolver_.resolve(peer.host, peer.port, deadline);
    if (!addresses) co_return fail(std::move(addresses.error()));
    auto descriptor = co_await connect_any(core_, std::move(*addresses), name, deadline);
    if (!descriptor) co_return fail(std::move(descriptor.error()));
    SocketPtr socket = Socket::adopt(core_, *descriptor);
    if (!peer.tls) co_return make_tcp_stream(std::move(socket));
    auto stream = co_await tls_->handshake(std::move(socket), peer, deadline);
    co_return stream;
  }

  void forget_trust() override { tls_->forget(); }

  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port,
                               std::size_t connections_max,
                               std::function<void(std::unique_ptr<Stream>)> on_accept) override {
    auto listener = open_listener(core_, host, port, connections_max, std::move(on_accept));
    if (!listener) return fail(std::move(listener.error()));
    listeners_.push_back(*listener);
    return (*listener)->port();
  }

  void stop_listening() override {
    for (const auto& listener : std::exchange(listeners_, {})) listener->close();
  }

  void run() override {
    while (!std::exchange(stopped_, false)) turn(true);
    wind_down();
  }
  void stop() override {
    post([this] { stopped_ = true; });
  }

  // Ends every wait and connection and lets their coroutines finish. Bounded, for a coroutine that
  // takes no end for an answer.
  void wind_down() final {
    constexpr int rounds_max = 100;
    constexpr int told_a_round_max = 100'000;
    core_.ending = true;
    for (int round = 0; round < rounds_max; ++round) {
      bool quiet = true;
      Links ending;
      ending.take_all(core_.waits);
      while (!ending.alone()) {
        auto* wait = static_cast<LoopWait*>(ending.next());
        wait->leave();
        wait->on_loop_end();
        quiet = false;
      }
      LoopEnd::close_sockets(core_);
      int told = 0;
      while (told < told_a_round_max) {
        const int now = turn(false);
        if (now == 0) break;
        told += now;
      }
      if (quiet && told == 0) break;
    }
  }

  void on_signal(int signal, std::function<void()> action) override {
    signals_.on(reactor_, signal, std::move(action));
  }

  Result<void> on_file_change(const std::string& path, std::function<void()> action) override {
    auto watch = watch_file(core_, path, std::move(action));
    if (!watch) return fail(std::move(watch.error()));
    watches_.push_back(std::move(*watch));
    return {};
  }

 protected:
  void resume_at(MonoUs until, std::coroutine_handle<> waiter) override {
    auto& sleeper = *sleepers_.emplace(waiter.address(), std::make_unique<Sleeper>(*this, waiter))
                         .first->second;
    sleeper.join(core_.waits);
    timers_.arm(sleeper, core_.ending ? 0 : until);
  }
  void forget_sleep(std::coroutine_handle<> waiter) override { sleepers_.erase(waiter.address()); }

 private:
  struct Sleeper final : Timer, LoopWait {
    Sleeper(LoopImpl& owner, std::coroutine_handle<> waiting) : loop(owner), waiter(waiting) {}
    void on_timer(MonoUs) override {
      const auto coroutine = waiter;
      loop.sleepers_.erase(coroutine.address());
      coroutine.resume();
    }
    void on_loop_end() override { on_timer(0); }
    void join(Links& list) { LoopWait::join(list); }

    LoopImpl& loop;
    std::coroutine_handle<> waiter;
  };

  struct LateWorks final : TurnEnd {
    void on_turn_end() override {
      for (const auto& work : std::exchange(works, {})) work();
    }
    std::vector<std::function<void()>> works;
  };

  // One turn: what is due, what is to be done soon, and what the reactor has to tell. Gives how
  // much of the latter two there was.
  int turn(bool may_wait) {
    MonoUs now = steady_now_us();
    if (now >= wake_at_us_) {
      wake_at_us_ = no_deadline;
      timers_.advance(now);
      now = steady_now_us();
    }
    return reactor_.run_once(may_wait ? wait_ms(now) : 0);
  }

  // How long nothing is due; rounded up, since a timer must not find that it was woken too early.
  int wait_ms(MonoUs now) const {
    if (wake_at_us_ == no_deadline) return -1;
    constexpr MonoUs longest_ms = 3'600'000;
    const MonoUs left_ms = (wake_at_us_ - now + 999) / 1000;
    return static_cast<int>(std::clamp<MonoUs>(left_ms, 0, longest_ms));
  }

  // There is mail.
  void on_ready(Readiness ready) override {
    if (!ready.in) return;
    for (const auto& work : mailbox_->collect()) work();
  }

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Dice dice_;
  Reactor reactor_;
  LateWorks late_;
  MonoUs wake_at_us_ = no_deadline;  // when a timer is due
  bool stopped_ = false;
  TimerWheel timers_;
  LoopCore core_{reactor_, timers_, {}, {}};
  Signals signals_;
  Resolver resolver_;
  std::unique_ptr<TlsClient> tls_ = make_tls_client();
  std::unordered_map<void*, std::unique_ptr<Sleeper>> sleepers_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<FileWatch>> watches_;
};

}  // namespace

Result<std::unique_ptr<Loop>> make_loop(unsigned index) {
  auto loop = std::make_unique<LoopImpl>(index);
  if (const int error = loop->open(); error != 0)
    return fail(FaultKind::internal, fmt::format("event loop: {}", std::strerror(error)));
  return loop;
}

}  // namespace wye
