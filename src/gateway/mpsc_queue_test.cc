#include "gateway/mpsc_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace wye {
namespace {

struct Item {
  Item* next = nullptr;
  int producer = 0;
  int number = 0;
};

TEST(MpscQueue, GivesWhatWasPushedInItsOrder) {
  MpscQueue<Item> queue;
  std::vector<Item> items(3);
  for (int i = 0; i < 3; ++i) {
    items[static_cast<std::size_t>(i)].number = i;
    queue.push(&items[static_cast<std::size_t>(i)]);
  }
  int expected = 0;
  for (Item* item = queue.take_all(); item != nullptr; item = item->next) {
    EXPECT_EQ(item->number, expected++);
  }
  EXPECT_EQ(expected, 3);
  EXPECT_EQ(queue.take_all(), nullptr);
}

TEST(MpscQueue, IsEmptyUntilSomethingIsPushedAndAfterItWasTaken) {
  MpscQueue<Item> queue;
  EXPECT_TRUE(queue.empty());
  Item item;
  queue.push(&item);
  EXPECT_FALSE(queue.empty());
  queue.take_all();
  EXPECT_TRUE(queue.empty());
  queue.wait_for(std::chrono::milliseconds(0));  // nobody pushes: the sleep leaves no mark behind
  EXPECT_TRUE(queue.empty());
}

TEST(MpscQueue, LosesNothingAndMissesNoWakeUp) {
  constexpr int producers = 4;
  constexpr int each = 20'000;
  MpscQueue<Item> queue;
  std::vector<std::unique_ptr<Item[]>> items;
  std::vector<std::thread> threads;
  for (int p = 0; p < producers; ++p) {
    Item* const mine = items.emplace_back(std::make_unique<Item[]>(each)).get();
    threads.emplace_back([&queue, mine, p] {
      for (int i = 0; i < each; ++i) {
        mine[i].producer = p;
        mine[i].number = i;
        queue.push(&mine[i]);
        if (i % 1'000 == 0) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next(producers, 0);
  int left = producers * each;
  while (left > 0) {
    Item* item = queue.take_all();
    if (item == nullptr) queue.wait_for(std::chrono::seconds(10));
    for (; item != nullptr; item = item->next, --left) {
      EXPECT_EQ(item->number, next[static_cast<std::size_t>(item->producer)]++);
    }
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(MpscQueue, ASleepEndsByItselfAndByAWake) {
  MpscQueue<Item> queue;
  queue.wait_for(std::chrono::milliseconds(1));
  std::thread waker([&queue] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    queue.wake();
  });
  const auto begun = std::chrono::steady_clock::now();
  queue.wait_for(std::chrono::seconds(30));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  waker.join();
}

}  // namespace
}  // namespace wye
