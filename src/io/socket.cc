// Tries, and waits for the reactor. A read that gave less than was asked for has drained the
// kernel, and the reactor tells of every byte that comes after it, so that nothing is read in vain.
#include "io/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace wye {
namespace {

struct Address {
  sockaddr_storage storage{};
  bool known = false;
};

Address peer_address(int descriptor) {
  Address address;
  socklen_t size = sizeof address.storage;
  address.known =
      ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address.storage), &size) == 0;
  return address;
}

}  // namespace

Socket::Socket(LoopCore& core, std::function<void()> on_closed)
    : core_(&core), on_closed_(std::move(on_closed)) {
  registration_.join(core.sockets);
}

Socket::~Socket() { close(); }

SocketPtr Socket::adopt(LoopCore& core, int descriptor, std::function<void()> on_closed) {
  SocketPtr made(new Socket(core, std::move(on_closed)));
  made->descriptor_ = descriptor;
  if (core.reactor.watch(descriptor, *made) != 0) made->close();
  return made;
}

Socket::Tried Socket::try_read(std::span<char> into) {
  if (!open_) return {false, {IoStatus::reset}};
  if (drained_) return {true, {}};
  for (;;) {
    const ssize_t count = ::recv(descriptor_, into.data(), into.size(), 0);
    if (count > 0) {
      drained_ = !hung_up_ && static_cast<std::size_t>(count) < into.size();
      return {false, {IoStatus::ok, static_cast<std::size_t>(count)}};
    }
    if (count == 0) return {false, {IoStatus::closed}};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      drained_ = true;
      return {true, {}};
    }
    return {false, failure(errno)};
  }
}

std::size_t Socket::drop_input(std::size_t bytes) {
  if (!open_ || drained_) return 0;
  const ssize_t count = ::recv(descriptor_, nullptr, bytes, MSG_TRUNC);
  if (count <= 0) return 0;
  drained_ = !hung_up_ && static_cast<std::size_t>(count) < bytes;
  return static_cast<std::size_t>(count);
}

Socket::Tried Socket::try_write(std::span<const iovec> pieces) {
  if (!open_) return {false, {IoStatus::reset}};
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  for (;;) {
    const ssize_t count = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (count >= 0) return {false, {IoStatus::ok, static_cast<std::size_t>(count)}};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {true, {}};
    return {false, failure(errno)};
  }
}

void Socket::start_read(std::span<char> into) {
  if (!open_) return report_read_later({IoStatus::reset});
  reading_ = true;
  into_ = into;
  watch_deadline();
  // No edge will tell of what was left behind.
  if (drained_) return;
  core_->reactor.soon([socket = SocketPtr(this)] {
    if (socket->reading_) socket->read_now();
  });
}

void Socket::start_wait_readable() {
  if (!open_) return report_read_later({IoStatus::reset});
  if (!drained_) return report_read_later({});
  reading_ = true;
  into_ = {};
  watch_deadline();
}

void Socket::start_wait_writable() {
  if (!open_) return report_write_later({IoStatus::reset});
  writing_ = true;
  watch_deadline();
}

void Socket::start_write_at_turn_end() {
  if (!open_) return report_write_later({IoStatus::reset});
  writing_ = true;
  core_->reactor.at_turn_end(late_write_);
}

void Socket::LateWrite::on_turn_end() {
  const SocketPtr alive(&socket);
  if (socket.writing_) socket.finish_write({});
}

void Socket::report_read_later(IoResult result) {
  if (core_ == nullptr) return;  // nobody runs us any more
  core_->reactor.soon([socket = SocketPtr(this), result] {
    if (socket->user_ == nullptr) return;
    socket->user_->on_read(socket->open_ ? result : IoResult{IoStatus::reset});
  });
}

void Socket::report_write_later(IoResult result) {
  if (core_ == nullptr) return;
  core_->reactor.soon([socket = SocketPtr(this), result] {
    if (socket->user_ == nullptr) return;
    socket->user_->on_write(socket->open_ ? result : IoResult{IoStatus::reset});
  });
}

void Socket::on_ready(Readiness ready) {
  const SocketPtr alive(this);
  if (ready.hung_up) hung_up_ = true;
  if (ready.in) {
    drained_ = false;
    if (reading_) read_now();
  }
  if (ready.out && writing_) finish_write({});
}

void Socket::read_now() {
  if (into_.empty()) return finish_read({});
  const Tried tried = try_read(into_);
  if (!tried.would_block) finish_read(tried.result);
}

void Socket::finish_read(IoResult result) {
  reading_ = false;
  unbroken_ = 0;
  if (user_ != nullptr) user_->on_read(result);
}

void Socket::finish_write(IoResult result) {
  writing_ = false;
  unbroken_ = 0;
  if (user_ != nullptr) user_->on_write(result);
}

IoResult Socket::failure(int error) {
  const bool reset = error == ECONNRESET || error == EPIPE;
  return {reset ? IoStatus::reset : IoStatus::failed, 0, error};
}

void Socket::set_deadline(MonoUs deadline) {
  deadline_ = deadline;
  watch_deadline();
}

// A timer that is armed for an earlier time is left alone: it looks at the deadline when it fires,
// so that moving a deadline further away, which every read does, costs one comparison.
void Socket::watch_deadline() {
  if (deadline_ == no_deadline || !(reading_ || writing_) || !open_) return;
  if (!armed() || due_us() > deadline_) core_->timers.arm(*this, deadline_);
}

void Socket::on_timer(MonoUs now) {
  if (deadline_ == no_deadline || !(reading_ || writing_)) return;
  if (now < deadline_) {
    core_->timers.arm(*this, deadline_);
    return;
  }
  const SocketPtr alive(this);
  const bool write_expired = writing_;
  if (reading_) finish_read({IoStatus::timed_out});
  if (write_expired && writing_) finish_write({IoStatus::timed_out});
}

void Socket::close() {
  if (!open_) return;
  open_ = false;
  disarm();
  core_->reactor.forget(descriptor_, *this);
  ::close(std::exchange(descriptor_, -1));
  const bool awaited = user_ != nullptr;
  if (std::exchange(reading_, false) && awaited) report_read_later({IoStatus::reset});
  if (std::exchange(writing_, false) && awaited) report_write_later({IoStatus::reset});
  if (const auto on_closed = std::exchange(on_closed_, {})) on_closed();
}

void Socket::reset() {
  const linger at_once{1, 0};
  if (open_) ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Socket::shutdown_write() {
  if (open_) ::shutdown(descriptor_, SHUT_WR);
}

bool Socket::has_input() {
  if (!open_) return true;
  char byte = 0;
  const ssize_t count = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool Socket::peer_gone() {
  if (!open_) return true;
  pollfd look{descriptor_, POLLRDHUP, 0};
  if (::poll(&look, 1, 0) <= 0) return false;
  return (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::string Socket::peer() const {
  const Address address = peer_address(descriptor_);
  if (!address.known) return "unknown";
  char text[INET6_ADDRSTRLEN] = {};
  if (address.storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
}

bool Socket::peer_is_loopback() const {
  const Address address = peer_address(descriptor_);
  if (!address.known) return false;
  if (address.storage.ss_family == AF_INET)
    return (ntohl(reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr.s_addr) >> 24) ==
           127;
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

void LoopEnd::close_sockets(LoopCore& core) {
  std::vector<SocketPtr> all;
  for (Links* link = core.sockets.next(); link != &core.sockets; link = link->next())
    all.emplace_back(&static_cast<Socket::Registration*>(link)->socket);
  for (const SocketPtr& socket : all) socket->close();
}

void LoopEnd::detach_sockets(LoopCore& core) {
  while (!core.sockets.alone()) {
    Socket& socket = static_cast<Socket::Registration*>(core.sockets.next())->socket;
    socket.close();
    socket.registration_.leave();
    socket.core_ = nullptr;
  }
}

}  // namespace wye
