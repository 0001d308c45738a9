// A queue with many producers and one consumer, without locks: producers push onto a linked stack
// with one compare-exchange, the consumer takes the whole stack and turns it round. Items bring
// their own `next` pointer, so nothing is allocated. Only to wake a sleeping consumer is a mutex
// touched (std::binary_semaphore would spin before it sleeps, which costs more than the rest of a
// request).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

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
    if (head == sleeping()) ring();
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

  // Consumer: nothing was pushed since the last take_all().
  bool empty() const {
    const Item* head = head_.load(std::memory_order_acquire);
    return head == nullptr || head == sleeping();
  }

  // Any thread: like push(), and ends whichever sleep the consumer is in.
  void push_urgent(Item* item) {
    push(item);
    ring();
  }

  // Consumer: sleeps until push_urgent() or wake() is called or the time is over; what is pushed
  // meanwhile waits, and costs its producer no bell.
  void gather_for(std::chrono::microseconds time) {
    std::unique_lock lock(mutex_);
    bell_.wait_for(lock, time, [this] { return rung_; });
    rung_ = false;
  }

  // Consumer: sleeps until something is pushed, wake() is called, or the time is over.
  void wait_for(std::chrono::milliseconds time) {
    Item* expected = nullptr;
    if (!head_.compare_exchange_strong(expected, sleeping(), std::memory_order_acq_rel)) return;
    std::unique_lock lock(mutex_);
    bell_.wait_for(lock, time, [this] { return rung_; });
    rung_ = false;
    // After a time-out the marker is still there; a push that comes now takes it away and rings for
    // the next sleep, which then ends at once.
    expected = sleeping();
    head_.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
  }

  // Any thread: ends a sleep.
  void wake() {
    Item* expected = sleeping();
    head_.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
    ring();
  }

 private:
  // Marks that the consumer sleeps; never dereferenced.
  static Item* sleeping() {
    return reinterpret_cast<Item*>(std::uintptr_t{1});  // NOLINT(performance-no-int-to-ptr)
  }

  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    bell_.notify_one();
  }

  std::atomic<Item*> head_{nullptr};
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;
};

}  // namespace wye
