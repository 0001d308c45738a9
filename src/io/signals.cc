// An eventfd a signal. See the header.
#include "io/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

namespace wye {
namespace {

constexpr int signals_max = 64;

// What a handler can reach is global; this is all of it: the eventfd of a signal, 0 for none.
std::array<std::atomic<int>, signals_max + 1> descriptors;

void handle(int signal) {
  const int saved = errno;
  const int descriptor = descriptors[static_cast<std::size_t>(signal)].load();
  const std::uint64_t one = 1;
  if (descriptor > 0) {
    [[maybe_unused]] const ssize_t written = ::write(descriptor, &one, sizeof one);
  }
  errno = saved;
}

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

class Signals::Source final : Watcher {
 public:
  Source(Reactor& reactor, int number)
      : signal(number), reactor_(reactor), descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (descriptor_ < 0) return;
    reactor_.watch(descriptor_, *this);
    descriptors[static_cast<std::size_t>(signal)].store(descriptor_);
    set_handler(signal, handle);
  }
  ~Source() {
    if (descriptor_ < 0) return;
    set_handler(signal, SIG_DFL);
    descriptors[static_cast<std::size_t>(signal)].store(0);
    reactor_.forget(descriptor_, *this);
    ::close(descriptor_);
  }

  const int signal;
  std::function<void()> action;

 private:
  void on_ready(Readiness ready) override {
    std::uint64_t count = 0;
    if (!ready.in || ::read(descriptor_, &count, sizeof count) < 0) return;
    // A copy: the action may replace itself.
    if (const auto now = action) now();
  }

  Reactor& reactor_;
  const int descriptor_;
};

Signals::Signals() = default;
Signals::~Signals() = default;

void Signals::on(Reactor& reactor, int signal, std::function<void()> action) {
  if (signal < 1 || signal > signals_max) return;
  auto found = std::find_if(sources_.begin(), sources_.end(),
                            [&](const auto& source) { return source->signal == signal; });
  if (found == sources_.end()) {
    found = sources_.insert(found, std::make_unique<Source>(reactor, signal));
  }
  (*found)->action = std::move(action);
}

}  // namespace wye
