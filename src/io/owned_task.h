// OwnedTask: a coroutine that has begun and belongs to whoever holds it. When its owner lets go of
// it before its end it is ended where it waits: its frame dies with all that it holds, and nothing
// resumes it any more. One that has ended is only freed.
//
// Belongs to one loop. It must be let go of from outside: never by what it runs itself.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

#include "io/async.h"

namespace wye {

class OwnedTask {
 public:
  struct promise_type : async_detail::PooledFrame {
    OwnedTask get_return_object() noexcept {
      return OwnedTask(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };

  OwnedTask() = default;
  OwnedTask(OwnedTask&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  OwnedTask& operator=(OwnedTask&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  OwnedTask(const OwnedTask&) = delete;
  OwnedTask& operator=(const OwnedTask&) = delete;
  ~OwnedTask() { let_go(); }

  void let_go() {
    if (const auto handle = std::exchange(handle_, {})) handle.destroy();
  }

 private:
  explicit OwnedTask(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// Starts at once.
inline OwnedTask start_owned(Async<void> task) { co_await std::move(task); }

}  // namespace wye
