// A queue with many producers and one consumer, without locks: producers push onto a linked stack with
// one compare-exchange, the consumer takes the whole stack and turns it round. Items bring their own
// `next` pointer, so nothing is allocated. A producer makes a system call only when the consumer sleeps.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <semaphore>

namespace wye {

template <class Item>
class MpscQueue {
 public:
  // Any thread.
  void push(Item* item) {
    Item* head = head_.load(std::memory_order_relaxed);
    do {
      item->next = head == sleeping() ? nullptr : head;
    } while (!head_.compare_exchange_weak(head, item, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    if (head == sleeping()) wakeup_.release();
  }

  // Consumer: everything pushed so far, oldest first; null when there is nothing.
  Item* take_all() {
    Item* item = head_.exchange(nullptr, std::memory_order_acq_rel);
    Item* oldest_first = nullptr;
    while (item != nullptr) {
      Item* next = item->next;
      item->next = oldest_first;
      oldest_first = item;
      item = next;
    }
    return oldest_first;
  }

  // Consumer: sleeps until something is pushed, wake() is called, or the time is over.
  void wait_for(std::chrono::milliseconds time) {
    Item* expected = nullptr;
    if (!head_.compare_exchange_strong(expected, sleeping(), std::memory_order_acq_rel)) return;
    if (wakeup_.try_acquire_for(time)) return;
    expected = sleeping();
    // When the marker is gone, somebody has released or is about to: take that release.
    if (!head_.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel)) {
      wakeup_.acquire();
    }
  }

  // Any thread: ends a sleep.
  void wake() {
    Item* expected = sleeping();
    if (head_.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel)) {
      wakeup_.release();
    }
  }

 private:
  // Marks that the consumer sleeps; never dereferenced.
  static Item* sleeping() { return reinterpret_cast<Item*>(std::uintptr_t{1}); }

  std::atomic<Item*> head_{nullptr};
  std::binary_semaphore wakeup_{0};
};

}  // namespace wye
