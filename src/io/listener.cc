// Accepts until the kernel has no more, a bounded number a turn; pauses at the connection limit,
// and backs off when descriptors run out. Belongs to one loop.
#include "io/listener.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/loop.h"
#include "io/resolver.h"
#include "io/socket.h"
#include "io/tcp_stream.h"
#include "io/timer_wheel.h"

namespace wye {
namespace {

constexpr MonoUs back_off_us = 100'000;
constexpr int accepts_a_turn = 512;
constexpr int backlog = 4096;
// What a client has not taken waits with whoever sends it, and not by megabytes in the kernel.
constexpr int unsent_bytes_max = 64 << 10;

class ListenerImpl final : public Listener,
                           public std::enable_shared_from_this<ListenerImpl>,
                           private Timer,
                           private LoopWait,
                           private Watcher {
 public:
  ListenerImpl(LoopCore& core, int descriptor, std::uint16_t port, std::size_t connections_max,
               OnAccept on_accept)
      : core_(core),
        descriptor_(descriptor),
        port_(port),
        connections_max_(connections_max),
        on_accept_(std::move(on_accept)) {
    LoopWait::join(core.waits);
  }
  ~ListenerImpl() override { end(); }

  std::uint16_t port() const override { return port_; }

  void wait() {
    if (is_open() && connections_ < connections_max_) core_.reactor.watch_once(descriptor_, *this);
  }

  void close() override {
    // Clients whose connection the kernel has completed are served; closing would reset them.
    accept_all();
    end();
  }

 private:
  bool is_open() const { return descriptor_ >= 0; }

  void end() {
    if (!is_open()) return;
    disarm();
    LoopWait::leave();
    core_.reactor.forget(descriptor_, *this);
    ::close(std::exchange(descriptor_, -1));
  }

  void on_ready(Readiness) override {
    const auto alive = shared_from_this();
    accept_some();
  }

  void accept_some() {
    for (int i = 0; i < accepts_a_turn && connections_ < connections_max_; ++i) {
      const int error = accept_one();
      if (error == EAGAIN || error == EWOULDBLOCK) break;
      if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
        // Waiting for readability would spin, since the connection stays in the queue.
        core_.timers.arm(*this, steady_now_us() + back_off_us);
        return;
      }
    }
    wait();
  }

  void accept_all() {
    while (is_open() && connections_ < connections_max_ && accept_one() == 0) {
    }
  }

  // 0, or errno.
  int accept_one() {
    const int descriptor = ::accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return errno;
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max,
                 sizeof unsent_bytes_max);
    ++connections_;
    SocketPtr socket = Socket::adopt(core_, descriptor, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->on_closed();
    });
    if (socket->is_open()) on_accept_(make_tcp_stream(std::move(socket)));
    return 0;
  }

  void on_closed() {
    --connections_;
    if (!armed()) wait();
  }
  void on_timer(MonoUs) override {
    if (is_open()) accept_some();
  }
  void on_loop_end() override { end(); }

  LoopCore& core_;
  int descriptor_;  // -1: closed
  const std::uint16_t port_;
  const std::size_t connections_max_;
  std::size_t connections_ = 0;
  OnAccept on_accept_;
};

// A listening socket; `shared`: others of ours may listen on the same address.
Result<int> listen_socket(const std::string& host, std::uint16_t port, bool shared) {
  const std::string literal = host == "localhost" ? "127.0.0.1" : host.empty() ? "::" : host;
  const auto refuse = [&](int error) {
    return fail(FaultKind::internal, fmt::format("listen on {}:{}: {}", literal, port,
                                                 describe(IoResult{IoStatus::failed, 0, error})));
  };
  SocketAddress address;
  if (!parse_address(literal, port, address))
    return fail(FaultKind::config,
                fmt::format("listen on {}:{}: the host must be an IP address", literal, port));

  const int descriptor =
      ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return refuse(errno);
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(descriptor, address.get(), address.size) != 0 || ::listen(descriptor, backlog) != 0) {
    const int error = errno;
    ::close(descriptor);
    return refuse(error);
  }
  return descriptor;
}

}  // namespace

Result<void> check_address_free(const std::string& host, std::uint16_t port) {
  if (port == 0) return {};
  const Result<int> opened = listen_socket(host, port, false);
  if (!opened) return fail(opened.error());
  ::close(*opened);
  return {};
}

Result<std::shared_ptr<Listener>> open_listener(LoopCore& core, const std::string& host,
                                                std::uint16_t port, std::size_t connections_max,
                                                OnAccept on_accept) {
  const Result<int> opened = listen_socket(host, port, true);
  if (!opened) return fail(opened.error());
  const int descriptor = *opened;
  SocketAddress bound;
  bound.size = sizeof bound.storage;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);

  auto listener = std::make_shared<ListenerImpl>(core, descriptor, ntohs(bound.storage.sin6_port),
                                                 connections_max, std::move(on_accept));
  listener->wait();
  return listener;
}

}  // namespace wye
