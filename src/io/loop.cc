// The event loop: owns the parts, runs the Asio context on one thread, and when it is stopped ends
// every connection and wait, so that no coroutine is left behind.
//
// The context is built without locks. Other threads come in through the mailbox alone.
#include "io/loop.h"

#include <fmt/core.h>
#include <unistd.h>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <optional>
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
#include "io/resolver.h"
#include "io/socket.h"
#include "io/tcp_stream.h"
#include "io/timer_wheel.h"
#include "io/tls.h"

namespace wye {
namespace asio = boost::asio;

MonoUs steady_now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

namespace {

using SteadyTimer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                               asio::wait_traits<std::chrono::steady_clock>,
                                               asio::io_context::executor_type>;
using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

std::uint64_t seed_of(unsigned index) {
  std::random_device device;
  const std::uint64_t high = device();
  return mix64((high << 32 | device()) + index);
}

class LoopImpl final : public Loop {
 public:
  explicit LoopImpl(unsigned index)
      : dice_(seed_of(index)),
        timers_(steady_now_us(), [this](MonoUs at) { wake_at(at); }),
        resolver_(core_, mailbox_) {
    mail_.assign(::dup(mailbox_->descriptor()));
    wait_for_mail();
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

  void post(std::function<void()> work) override { mailbox_->post(std::move(work)); }

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
    context_.run();
    wind_down();
  }
  void stop() override {
    post([this] { context_.stop(); });
  }

  // Ends every wait and connection and lets their coroutines finish. Bounded, for a coroutine that
  // takes no end for an answer.
  void wind_down() final {
    constexpr int rounds_max = 100;
    constexpr int handlers_a_round_max = 100'000;
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
      context_.restart();
      int handlers = 0;
      while (handlers < handlers_a_round_max && context_.poll_one() > 0) ++handlers;
      if (quiet && handlers == 0) break;
    }
  }

  void on_signal(int signal, std::function<void()> action) override {
    if (!signals_) signals_.emplace(context_);
    boost::system::error_code ignored;
    signals_->add(signal, ignored);
    signal_actions_[signal] = std::move(action);
    if (!std::exchange(waiting_for_signals_, true)) wait_for_signals();
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

  void wake_at(MonoUs at) {
    wheel_timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::microseconds(at)));
    wheel_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) timers_.advance(steady_now_us());
    });
  }

  void wait_for_mail() {
    mail_.async_wait(asio::posix::descriptor_base::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;
                       for (const auto& work : mailbox_->collect()) work();
                       wait_for_mail();
                     });
  }

  void wait_for_signals() {
    signals_->async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      // A copy: the action may replace itself.
      if (const auto action = signal_actions_[signal]) action();
      wait_for_signals();
    });
  }

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  Dice dice_;
  asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  SteadyTimer wheel_timer_{context_};
  Descriptor mail_{context_};
  TimerWheel timers_;
  LoopCore core_{context_, timers_, {}, {}};
  // Made when it is wanted: of several contexts without locks, only one may have it.
  std::optional<asio::basic_signal_set<asio::io_context::executor_type>> signals_;
  std::unordered_map<int, std::function<void()>> signal_actions_;
  bool waiting_for_signals_ = false;
  Resolver resolver_;
  std::unique_ptr<TlsClient> tls_ = make_tls_client();
  std::unordered_map<void*, std::unique_ptr<Sleeper>> sleepers_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<FileWatch>> watches_;
};

}  // namespace

Result<std::unique_ptr<Loop>> make_loop(unsigned index) {
  // Asio throws when the system has no descriptor left for a new context.
  try {
    return std::make_unique<LoopImpl>(index);
  } catch (const boost::system::system_error& error) {
    return fail(FaultKind::internal, fmt::format("event loop: {}", error.code().message()));
  }
}

}  // namespace wye
