// The Asio side of a Socket. Reading waits with async_read_some, not with async_wait: Asio reads as
// soon as the descriptor is ready and remembers that a short read drained it, which saves the
// system calls of a wait that is armed anew each time. Only waits without a buffer use async_wait.
#include "io/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <new>
#include <utility>
#include <vector>

namespace wye {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Errors that are no errno.
constexpr int end_of_stream = -1;

int errno_of(const error_code& error) {
  return error == asio::error::eof ? end_of_stream : error.value();
}

template <class T>
struct OperationAllocator {
  using value_type = T;
  OperationMemory* memory;

  explicit OperationAllocator(OperationMemory& where) : memory(&where) {}
  template <class U>
  OperationAllocator(const OperationAllocator<U>& other) : memory(other.memory) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (memory->used || bytes > OperationMemory::size)
      return static_cast<T*>(::operator new(bytes));
    memory->used = true;
    return reinterpret_cast<T*>(memory->bytes);
  }
  void deallocate(T* at, std::size_t) {
    if (reinterpret_cast<std::byte*>(at) == memory->bytes)
      memory->used = false;
    else
      ::operator delete(at);
  }
  template <class U>
  bool operator==(const OperationAllocator<U>& other) const {
    return memory == other.memory;
  }
};

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

struct Socket::Handle {
  explicit Handle(LoopCore& core) : socket(core.context) {}
  asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type> socket;
};

struct Socket::ReadDone {
  SocketPtr socket;
  using allocator_type = OperationAllocator<void*>;
  allocator_type get_allocator() const { return allocator_type(socket->read_memory_); }
  void operator()(const error_code& error, std::size_t bytes) const {
    socket->finish_read(errno_of(error), bytes);
  }
  void operator()(const error_code& error) const {
    socket->drained_ = false;
    socket->finish_read(errno_of(error), 0);
  }
};

struct Socket::WriteDone {
  SocketPtr socket;
  using allocator_type = OperationAllocator<void*>;
  allocator_type get_allocator() const { return allocator_type(socket->write_memory_); }
  void operator()(const error_code& error) const { socket->finish_write(errno_of(error)); }
};

Socket::Socket(LoopCore& core, std::function<void()> on_closed)
    : core_(&core), handle_(std::make_unique<Handle>(core)), on_closed_(std::move(on_closed)) {
  registration_.join(core.sockets);
}

Socket::~Socket() { close(); }

SocketPtr Socket::adopt(LoopCore& core, int descriptor, std::function<void()> on_closed) {
  SocketPtr made(new Socket(core, std::move(on_closed)));
  made->descriptor_ = descriptor;
  error_code error;
  made->handle_->socket.assign(asio::ip::tcp::v4(), descriptor, error);
  if (error) {
    ::close(descriptor);
    made->close();
  }
  return made;
}

Socket::Tried Socket::try_read(std::span<char> into) {
  if (!open_) return {false, {IoStatus::reset}};
  if (drained_) return {true, {}};
  for (;;) {
    const ssize_t count = ::recv(descriptor_, into.data(), into.size(), 0);
    if (count > 0) {
      drained_ = static_cast<std::size_t>(count) < into.size();
      return {false, {IoStatus::ok, static_cast<std::size_t>(count)}};
    }
    if (count == 0) return {false, {IoStatus::closed}};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      drained_ = true;
      return {true, {}};
    }
    return {false, outcome(errno, 0, false)};
  }
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
    return {false, outcome(errno, 0, false)};
  }
}

void Socket::start_read(std::span<char> into) {
  if (!open_) return report_read_later({IoStatus::reset});
  reading_ = true;
  read_expired_ = false;
  read_size_ = into.size();
  handle_->socket.async_read_some(asio::buffer(into.data(), into.size()),
                                  ReadDone{SocketPtr(this)});
  watch_deadline();
}

void Socket::start_wait_readable() {
  if (!open_) return report_read_later({IoStatus::reset});
  reading_ = true;
  read_expired_ = false;
  read_size_ = 0;
  handle_->socket.async_wait(asio::socket_base::wait_read, ReadDone{SocketPtr(this)});
  watch_deadline();
}

void Socket::start_wait_writable() {
  if (!open_) return report_write_later({IoStatus::reset});
  writing_ = true;
  write_expired_ = false;
  handle_->socket.async_wait(asio::socket_base::wait_write, WriteDone{SocketPtr(this)});
  watch_deadline();
}

void Socket::report_read_later(IoResult result) {
  if (core_ == nullptr) return;  // nobody runs us any more
  reading_ = true;
  asio::post(core_->context, [socket = SocketPtr(this), result] {
    socket->reading_ = false;
    if (socket->user_ == nullptr) return;
    socket->user_->on_read(socket->open_ ? result : IoResult{IoStatus::reset});
  });
}

void Socket::report_write_later(IoResult result) {
  if (core_ == nullptr) return;
  writing_ = true;
  asio::post(core_->context, [socket = SocketPtr(this), result] {
    socket->writing_ = false;
    if (socket->user_ == nullptr) return;
    socket->user_->on_write(socket->open_ ? result : IoResult{IoStatus::reset});
  });
}

void Socket::finish_read(int error, std::size_t bytes) {
  reading_ = false;
  unbroken_ = 0;
  const bool expired = std::exchange(read_expired_, false);
  if (read_size_ > 0) drained_ = bytes < read_size_;
  if (user_ != nullptr) user_->on_read(outcome(error, bytes, expired));
}

void Socket::finish_write(int error) {
  writing_ = false;
  unbroken_ = 0;
  const bool expired = std::exchange(write_expired_, false);
  if (user_ != nullptr) user_->on_write(outcome(error, 0, expired));
}

IoResult Socket::outcome(int error, std::size_t bytes, bool expired) const {
  if (!open_) return {IoStatus::reset};
  switch (error) {
    case 0: return {IoStatus::ok, bytes};
    case end_of_stream: return {IoStatus::closed};
    case ECANCELED: return {expired ? IoStatus::timed_out : IoStatus::reset};
    case ECONNRESET:
    case EPIPE: return {IoStatus::reset, 0, error};
    default: return {IoStatus::failed, 0, error};
  }
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
  read_expired_ = reading_;
  write_expired_ = writing_;
  error_code ignored;
  handle_->socket.cancel(ignored);
}

void Socket::close() {
  if (!open_) return;
  open_ = false;
  disarm();
  if (handle_) {
    error_code ignored;
    handle_->socket.close(ignored);
  }
  descriptor_ = -1;
  if (const auto on_closed = std::exchange(on_closed_, {})) on_closed();
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
    socket.handle_.reset();
    socket.core_ = nullptr;
  }
}

}  // namespace wye
