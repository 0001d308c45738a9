// Reactor: waits for the many descriptors of one loop at once (epoll) and tells their watchers.
// Edges only: who was told reads or writes until the kernel has nothing more, and is told again
// when that changes. So a connection costs no system call between two requests.
//
// Belongs to one loop. Seen only inside io/.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "io/links.h"

namespace wye {

struct Readiness {
  bool in = false;       // bytes, the end, or an error may be there
  bool out = false;      // there may be room, or an error
  bool hung_up = false;  // the peer has closed its side, or all is over: the end will be read
};

class Watcher {
 public:
  // Called by Reactor::wait(). May watch and forget whatever it likes, itself included.
  virtual void on_ready(Readiness ready) = 0;

 protected:
  ~Watcher() = default;
};

// Work for the end of a turn, such as writes: done one after the other, the same code and the same
// peers are still warm, and a peer that one write has woken is awake for the next. Over loopback a
// woken peer is a third of what a small request costs. Leaves by itself when it dies.
class TurnEnd : public Links {
 public:
  virtual void on_turn_end() = 0;

 protected:
  ~TurnEnd() = default;
};

class Reactor {
 public:
  Reactor();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // errno when the system had no descriptor left for this reactor, else 0.
  int error() const { return error_; }

  // Tells of every edge, and at once of what is ready already. 0, or errno.
  int watch(int descriptor, Watcher& watcher);
  // Tells once that the descriptor is readable, now or later; then no more until the next call.
  int watch_once(int descriptor, Watcher& watcher);
  // Before the descriptor is closed: from now on `watcher` is told nothing of it.
  void forget(int descriptor, Watcher& watcher);

  // Runs `work` on the loop soon, before the next wait.
  void soon(std::function<void()> work) { soon_.push_back(std::move(work)); }

  // Runs `work` once when all that is ready now was told, or when much such work has come together.
  void at_turn_end(TurnEnd& work) {
    work.join(turn_end_);
    ++turn_end_count_;
  }

  // Does what is to be done soon, or else waits up to `timeout_ms` (-1: without end) for readiness
  // and tells it. Gives how many were told.
  int run_once(int timeout_ms);

  // When the first of what is being told now may have come: when the kernel had told all before it,
  // or when a wait for something to come ended.
  std::int64_t told_since_us() const { return told_since_us_; }
  // How long it has waited for something to come, in all.
  std::int64_t idle_us() const { return idle_us_; }

 private:
  int run_soon();
  int run_turn_end();
  int wait(int timeout_ms);
  void note_wait(std::int64_t begun_us, int timeout_ms, int count);
  int set(int descriptor, Watcher& watcher, std::uint32_t events);

  static constexpr std::size_t events_max = 256;
  static constexpr int turn_end_max = 16;  // the first of them shall not wait long

  int error_ = 0;
  std::int64_t told_since_us_ = 0;
  std::int64_t drained_us_ = 0;  // when the kernel last had no more to tell than it told
  std::int64_t idle_us_ = 0;
  int epoll_ = -1;
  std::array<epoll_event, events_max> events_;
  std::span<epoll_event> told_;  // of the wait under way, those that were not told yet
  Links turn_end_;
  int turn_end_count_ = 0;  // that joined since it was last run; some may have left
  std::vector<std::function<void()>> soon_;
  std::vector<std::function<void()>> running_;
};

}  // namespace wye
