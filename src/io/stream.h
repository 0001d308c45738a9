// Stream: one byte connection, plain or TLS or simulated. One read and one write may be under way
// at a time. Belongs to one loop; every call and every completion happens on that loop's thread.
#pragma once

#include <coroutine>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wye {

// Monotonic microseconds of a World; never compared between worlds.
using MonoUs = std::int64_t;
inline constexpr MonoUs no_deadline = INT64_MAX;

enum class IoStatus : std::uint8_t {
  ok,
  closed,
  timed_out,
  reset,
  failed
};

struct IoResult {
  IoStatus status = IoStatus::ok;
  std::size_t bytes = 0;
  int error = 0;  // errno-like, for the message
};
// "connection reset by peer", for fault messages.
std::string describe(const IoResult& result);

class Stream;

// Where a finished operation reports; lives in the awaiter, in the coroutine's frame. When the
// frame dies first, the stream is told to forget it.
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;
  inline ~Completion();

  void complete(IoResult result) {
    stream_ = nullptr;
    result_ = result;
    waiter_.resume();
  }
  // For operations that finish before they return: no suspension takes place.
  void set(IoResult result) { result_ = result; }

  std::coroutine_handle<> waiter_;
  IoResult result_;
  // Set by a stream while it holds a pointer to this; its forget() is called when this dies first.
  Stream* stream_ = nullptr;
};

class Stream {
 public:
  virtual ~Stream() = default;

  // Starts an operation. True: it is finished already, its result is set and complete() will not be
  // called. A read completes with bytes > 0, or closed at the end of the stream. A write completes
  // when all pieces are written.
  virtual bool start_read(std::span<char> into, Completion& completion) = 0;
  virtual bool start_write(std::span<const std::string_view> pieces, Completion& completion) = 0;
  // Finishes (with ok and no bytes) when a read would not have to wait. Lets a quiet connection
  // wait without a buffer. Streams that cannot tell finish at once.
  virtual bool start_wait(Completion& completion) {
    completion.set({});
    return true;
  }
  // Forgets up to so many bytes that have come, uncopied; how many. 0 when none is there, or the
  // stream cannot: a read then tells which.
  virtual std::size_t drop_input(std::size_t) { return 0; }
  // The owner of an operation under way died. A connection that lost a read or a write half way is
  // of no more use, so it is closed.
  virtual void forget(Completion&) { close(); }
  // From now on an operation that is not finished at `deadline` completes with timed_out.
  virtual void set_deadline(MonoUs deadline) = 0;
  // An operation under way completes with reset; later ones too. Safe to call twice.
  virtual void close() = 0;
  // Closes so that the peer cannot take it for the end of what it was told; bytes that are on their
  // way may be lost.
  virtual void reset() { close(); }
  // Tells the peer that nothing more will be written; reading goes on.
  virtual void shutdown_write() {}
  // True when the peer closed, or sent bytes that nobody waits for. Never blocks.
  virtual bool idle_is_broken() = 0;
  // True when the peer has closed its side or reset the connection. Pending bytes do not matter.
  // Never blocks.
  virtual bool peer_gone() = 0;
  virtual std::string peer() const = 0;  // "127.0.0.1:4711"
  virtual bool peer_is_loopback() const = 0;

  struct ReadAwaiter {
    Stream& stream;
    std::span<char> into;
    Completion completion{};
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
      completion.waiter_ = waiter;
      return !stream.start_read(into, completion);
    }
    IoResult await_resume() const noexcept { return completion.result_; }
  };
  struct WriteAwaiter {
    Stream& stream;
    std::span<const std::string_view> pieces;  // must outlive the write
    Completion completion{};
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
      completion.waiter_ = waiter;
      return !stream.start_write(pieces, completion);
    }
    IoResult await_resume() const noexcept { return completion.result_; }
  };
  struct WaitAwaiter {
    Stream& stream;
    Completion completion{};
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
      completion.waiter_ = waiter;
      return !stream.start_wait(completion);
    }
    IoResult await_resume() const noexcept { return completion.result_; }
  };
  ReadAwaiter read(std::span<char> into) { return {*this, into}; }
  WriteAwaiter write(std::span<const std::string_view> pieces) { return {*this, pieces}; }
  WaitAwaiter readable() { return {*this}; }
};

inline Completion::~Completion() {
  if (stream_ != nullptr) stream_->forget(*this);
}

}  // namespace wye
