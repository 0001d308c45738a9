// Mailbox: how other threads hand work to a loop. The only part of a loop that other threads touch.
//
// Shared ownership: a thread that is still busy (with a slow DNS lookup, say) when the loop dies
// keeps the mailbox, and its late letter is dropped.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace wye {

class Mailbox {
 public:
  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread.
  void post(std::function<void()> work);
  // Readable (an eventfd) while there is work. -1 when the system refused one.
  int descriptor() const { return descriptor_; }
  // The loop: takes all work. Clears the descriptor.
  std::vector<std::function<void()>> collect();
  // The loop, at its end: drops what is there and whatever will come.
  void shut();

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> work_;
  bool shut_ = false;
  const int descriptor_;
};

}  // namespace wye
