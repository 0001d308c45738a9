// Async: a lazy coroutine with one owner. It starts when it is awaited, resumes its awaiter when it
// ends, and its frame dies with the Async object, so a cancelled parent takes its children along.
//
// Inside an Async<Result<T>>, `co_await` of a Result<U> gives the U or ends the task with the
// Fault:
//     auto head = co_await parse(bytes);
// A trap of g++ 12.2: `if (co_await f())`, and the same in while and switch, compiles to a
// coroutine whose body never runs, when what is awaited is a temporary. Name the value first:
//     const bool ready = co_await f();
//     if (ready) ...        or   if (auto sent = co_await f(); !sent) ...
//
// Runs on whatever thread resumes it; in wye that is always the loop that started it.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "io/block_pool.h"

namespace wye {

template <class T>
class Async;

namespace async_detail {

template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<tl::expected<T, Fault>> : std::true_type {};

// Frames come from the loop's free lists.
struct PooledFrame {
  static void* operator new(std::size_t bytes) { return take_block(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { give_block(frame, bytes); }
};

struct FinalAwaiter {
  bool await_ready() noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
    const std::coroutine_handle<> waiter = self.promise().waiter;
    return waiter ? waiter : std::noop_coroutine();
  }
  void await_resume() noexcept {}
};

// Ends the awaiting task with the fault when the result has none of the value.
template <class U>
struct ResultAwaiter {
  tl::expected<U, Fault> result;

  bool await_ready() noexcept { return result.has_value(); }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
    static_assert(IsResult<typename Promise::value_type>::value,
                  "only an Async<Result<...>> may stop on a Fault");
    self.promise().value.emplace(tl::unexpected<Fault>(std::move(result.error())));
    const std::coroutine_handle<> waiter = self.promise().waiter;
    return waiter ? waiter : std::noop_coroutine();
  }
  U await_resume() {
    if constexpr (!std::is_void_v<U>) return std::move(*result);
  }
};

template <class T>
struct PromiseBase : PooledFrame {
  using value_type = T;
  std::coroutine_handle<> waiter;

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  // House code does not throw; what a library throws past its one catching file is a defect.
  void unhandled_exception() noexcept { std::terminate(); }
};

}  // namespace async_detail

// Found through Fault, which is of this namespace. Not await_transform: with one, g++ 12 copies
// every awaiter of the coroutine.
template <class U>
async_detail::ResultAwaiter<U> operator co_await(tl::expected<U, Fault> result) noexcept {
  return {std::move(result)};
}

template <class T>
class [[nodiscard]] Async {
 public:
  struct promise_type : async_detail::PromiseBase<T> {
    std::optional<T> value;
    Async get_return_object() noexcept {
      return Async(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    template <class U = T>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
  };

  Async(Async&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Async& operator=(Async&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;
  ~Async() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle_.promise().waiter = waiter;
    return handle_;
  }
  T await_resume() { return std::move(*handle_.promise().value); }

 private:
  explicit Async(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

template <>
class [[nodiscard]] Async<void> {
 public:
  struct promise_type : async_detail::PromiseBase<void> {
    Async get_return_object() noexcept {
      return Async(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    void return_void() noexcept {}
  };

  Async(Async&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Async& operator=(Async&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;
  ~Async() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
    handle_.promise().waiter = waiter;
    return handle_;
  }
  void await_resume() noexcept {}

 private:
  explicit Async(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// A task that nobody awaits: starts at once and frees itself at its end.
struct Detached {
  struct promise_type : async_detail::PooledFrame {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};
inline Detached start(Async<void> task) { co_await std::move(task); }

}  // namespace wye
