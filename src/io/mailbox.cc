// One lock, held for a push or a swap; the eventfd is written only when the box was empty.
#include "io/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace wye {

Mailbox::Mailbox() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
Mailbox::~Mailbox() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Mailbox::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (shut_) return;
  work_.push_back(std::move(work));
  if (work_.size() > 1) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
}

std::vector<std::function<void()>> Mailbox::collect() {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(descriptor_, &count, sizeof count);
  return std::exchange(work_, {});
}

void Mailbox::shut() {
  std::vector<std::function<void()>> dropped;
  const std::lock_guard lock(mutex_);
  shut_ = true;
  dropped.swap(work_);
}

}  // namespace wye
