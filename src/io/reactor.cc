// One epoll, and a list of what is to be done soon. See the header.
#include "io/reactor.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/loop_core.h"

namespace wye {

Reactor::Reactor() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) error_ = errno;
}

Reactor::~Reactor() {
  if (epoll_ >= 0) ::close(epoll_);
}

int Reactor::set(int descriptor, Watcher& watcher, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watcher;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0) return 0;
  if (errno != EEXIST) return errno;
  return ::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) == 0 ? 0 : errno;
}

int Reactor::watch(int descriptor, Watcher& watcher) {
  return set(descriptor, watcher, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

int Reactor::watch_once(int descriptor, Watcher& watcher) {
  return set(descriptor, watcher, EPOLLIN | EPOLLONESHOT);
}

void Reactor::forget(int descriptor, Watcher& watcher) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  for (epoll_event& event : told_)
    if (event.data.ptr == &watcher) event.data.ptr = nullptr;
}

int Reactor::run_once(int timeout_ms) {
  int done = run_soon();
  done += run_turn_end();
  return done + wait(soon_.empty() && turn_end_count_ == 0 && done == 0 ? timeout_ms : 0);
}

// What joins while this runs is done with the next turn, so that nobody can keep the loop to
// itself.
int Reactor::run_turn_end() {
  if (turn_end_count_ == 0) return 0;
  turn_end_count_ = 0;
  Links now;
  now.take_all(turn_end_);
  int done = 0;
  for (; !now.alone(); ++done) {
    auto* work = static_cast<TurnEnd*>(now.next());
    work->leave();
    work->on_turn_end();
  }
  return done;
}

// What is put off while this runs waits for the next turn, so that nobody can keep the loop to
// itself.
int Reactor::run_soon() {
  if (soon_.empty()) return 0;
  running_.swap(soon_);
  const int done = static_cast<int>(running_.size());
  for (const auto& work : running_) work();
  running_.clear();
  return done;
}

// What is told now came after the last time that the kernel told all it had. A wait that took
// longer than asking does was one for something to come.
void Reactor::note_wait(std::int64_t begun_us, int timeout_ms, int count) {
  const std::int64_t asking_us = 100 + 2 * std::max(count, 0);
  const std::int64_t now = steady_now_us();
  const bool waited = timeout_ms != 0 && now - begun_us > asking_us;
  if (waited) idle_us_ += now - begun_us;
  told_since_us_ = waited ? now : drained_us_;
  if (count < static_cast<int>(events_max)) drained_us_ = now;
}

int Reactor::wait(int timeout_ms) {
  const std::int64_t begun_us = steady_now_us();
  const int count = ::epoll_wait(epoll_, events_.data(), events_max, timeout_ms);
  note_wait(begun_us, timeout_ms, count);
  if (count <= 0) return 0;  // nothing, or a signal
  told_ = std::span(events_).first(static_cast<std::size_t>(count));
  while (!told_.empty()) {
    const epoll_event event = told_.front();
    told_ = told_.subspan(1);
    if (event.data.ptr == nullptr) continue;  // it was forgotten meanwhile
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    Readiness ready;
    ready.hung_up = broken || (event.events & EPOLLRDHUP) != 0;
    ready.in = ready.hung_up || (event.events & EPOLLIN) != 0;
    ready.out = broken || (event.events & EPOLLOUT) != 0;
    static_cast<Watcher*>(event.data.ptr)->on_ready(ready);
    if (turn_end_count_ >= turn_end_max) run_turn_end();
  }
  run_turn_end();
  return count;
}

}  // namespace wye
