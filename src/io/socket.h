// Socket: one connected TCP socket on its loop: the part that plain and TLS streams share. It tries
// the system call first and waits only when the kernel has nothing to give or no room to take.
//
// Counted references without atomics: the stream holds one, and so does whoever runs its code, so
// that a stream may die at any time. Belongs to one loop.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "io/links.h"
#include "io/loop_core.h"
#include "io/stream.h"
#include "io/timer_wheel.h"

namespace wye {

// Who is told when a wait of a socket is over. Called from the loop, never from within a start
// call.
class SocketUser {
 public:
  virtual void on_read(IoResult result) = 0;
  virtual void on_write(IoResult result) = 0;

 protected:
  ~SocketUser() = default;
};

class SocketPtr;

class Socket final : private Timer, private Watcher {
 public:
  // Takes over a connected, non-blocking descriptor. `on_closed` is called once.
  static SocketPtr adopt(LoopCore& core, int descriptor, std::function<void()> on_closed = {});

  // Nothing: it would block.
  struct Tried {
    bool would_block = false;
    IoResult result{};
  };
  Tried try_read(std::span<char> into);
  // Forgets up to so many bytes that the kernel has; how many.
  std::size_t drop_input(std::size_t bytes);
  // Writes what the kernel takes at once; `result.bytes` may be less than was offered.
  Tried try_write(std::span<const iovec> pieces);

  // One of each at a time. `into` must live until on_read() or until the user is gone.
  void start_read(std::span<char> into);
  void start_wait_readable();
  void start_wait_writable();
  // Reports as if it had waited to be writable, from the end of this turn of the loop.
  void start_write_at_turn_end();
  // Reports `result` from the loop, soon: so that a stream that is always ready lets others run.
  void report_read_later(IoResult result);
  void report_write_later(IoResult result);
  // True after many operations in a row that did not wait.
  bool should_yield() { return ++unbroken_ % unbroken_max == 0; }

  void set_user(SocketUser* user) { user_ = user; }
  void set_deadline(MonoUs deadline);
  void close();
  void reset();  // closes with a reset in place of an end
  void shutdown_write();
  bool is_open() const { return open_; }
  // Makes the next try_read() ask the kernel, for callers that cannot wait.
  void look_again() { drained_ = false; }
  bool has_input();  // bytes, the end, or an error are waiting
  bool peer_gone();
  std::string peer() const;
  bool peer_is_loopback() const;

 private:
  friend class SocketPtr;
  friend struct LoopEnd;
  struct Registration : wye::Links {
    explicit Registration(Socket& owner) : socket(owner) {}
    Socket& socket;
  };

  struct LateWrite final : TurnEnd {
    explicit LateWrite(Socket& owner) : socket(owner) {}
    void on_turn_end() override;
    Socket& socket;
  };

  static constexpr unsigned unbroken_max = 32;

  Socket(LoopCore& core, std::function<void()> on_closed);
  ~Socket() override;
  void on_timer(MonoUs now) override;
  void watch_deadline();
  void on_ready(Readiness ready) override;
  void read_now();
  void finish_read(IoResult result);
  void finish_write(IoResult result);
  static IoResult failure(int error);

  LoopCore* core_;  // null when the loop is gone
  Registration registration_{*this};
  LateWrite late_write_{*this};
  SocketUser* user_ = nullptr;
  std::function<void()> on_closed_;
  MonoUs deadline_ = no_deadline;
  std::span<char> into_;  // of the read under way; empty when it waits for readiness alone
  unsigned references_ = 0;
  unsigned unbroken_ = 0;
  int descriptor_ = -1;
  bool open_ = true;
  bool drained_ = true;   // the kernel had nothing more when we last looked; the reactor will tell
  bool hung_up_ = false;  // the end is there, behind what is still to be read
  bool reading_ = false;  // a read waits for the reactor
  bool writing_ = false;  // and a write
};

class SocketPtr {
 public:
  SocketPtr() = default;
  explicit SocketPtr(Socket* socket) : socket_(socket) {
    if (socket_ != nullptr) ++socket_->references_;
  }
  SocketPtr(const SocketPtr& other) : SocketPtr(other.socket_) {}
  SocketPtr(SocketPtr&& other) noexcept : socket_(other.socket_) { other.socket_ = nullptr; }
  SocketPtr& operator=(SocketPtr other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }
  ~SocketPtr() {
    if (socket_ != nullptr && --socket_->references_ == 0) delete socket_;
  }
  Socket* operator->() const { return socket_; }
  Socket& operator*() const { return *socket_; }
  explicit operator bool() const { return socket_ != nullptr; }

 private:
  Socket* socket_ = nullptr;
};

// For the end of a loop: closes every socket that is left on it, and cuts its ties to the loop.
struct LoopEnd {
  static void close_sockets(LoopCore& core);
  static void detach_sockets(LoopCore& core);
};

}  // namespace wye
