#include "io/sim_agenda.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/hash.h"

namespace wye {
namespace {

std::vector<int> run_all(SimAgenda& agenda, std::vector<int>& happened) {
  while (!agenda.empty()) agenda.take()();
  return happened;
}

TEST(SimAgenda, HappenByTimeAndThenInTheOrderOfPlanning) {
  SimAgenda agenda;
  std::vector<int> happened;
  const auto note = [&](int what) { return [&happened, what] { happened.push_back(what); }; };
  agenda.add(20, note(3));
  agenda.add(10, note(1));
  agenda.add(20, note(4));
  agenda.add(10, note(2));
  EXPECT_EQ(agenda.next_time(), 10);
  EXPECT_EQ(run_all(agenda, happened), (std::vector<int>{1, 2, 3, 4}));
}

TEST(SimAgenda, ACancelledEventIsGoneAtOnceAndNeverComes) {
  SimAgenda agenda;
  std::vector<int> happened;
  const auto note = [&](int what) { return [&happened, what] { happened.push_back(what); }; };
  const SimEventKey first = agenda.add(1, note(1));
  agenda.add(2, note(2));
  const SimEventKey last = agenda.add(3, note(3));
  agenda.cancel(first);
  EXPECT_EQ(agenda.next_time(), 2);
  agenda.cancel(first);
  agenda.cancel(last);
  EXPECT_EQ(run_all(agenda, happened), std::vector<int>{2});
  // The place of a cancelled event is another's by now.
  agenda.add(4, note(4));
  agenda.cancel(first);
  agenda.cancel(last);
  EXPECT_EQ(run_all(agenda, happened), (std::vector<int>{2, 4}));
}

TEST(SimAgenda, WhatAnEventHoldsMayCancelOthersAsItDies) {
  SimAgenda agenda;
  std::vector<int> happened;
  const SimEventKey other = agenda.add(5, [&] { happened.push_back(5); });
  struct Holder {
    SimAgenda& agenda;
    SimEventKey other;
    ~Holder() { agenda.cancel(other); }
  };
  const SimEventKey key =
      agenda.add(4, [held = std::shared_ptr<Holder>(new Holder{agenda, other})] { (void)held; });
  agenda.cancel(key);
  EXPECT_TRUE(agenda.empty());
  EXPECT_TRUE(run_all(agenda, happened).empty());
}

// Against the plainest thing that does the same, over many random plans and cancellations.
TEST(SimAgenda, DoesWhatASortedListWouldDo) {
  Dice dice(7);
  SimAgenda agenda;
  std::vector<std::uint64_t> happened;
  std::vector<std::pair<std::pair<MonoUs, std::uint64_t>, SimEventKey>> planned;
  MonoUs now = 0;
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    const MonoUs when = now + static_cast<MonoUs>(dice.below(1'000));
    planned.emplace_back(std::pair(when, number),
                         agenda.add(when, [&happened, number] { happened.push_back(number); }));
    if (dice.below(10) < 7) {
      const std::size_t victim = dice.below(planned.size());
      agenda.cancel(planned[victim].second);
      planned.erase(planned.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    if (planned.empty() || dice.below(10) < 7) continue;
    const auto next =
        std::min_element(planned.begin(), planned.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    ASSERT_EQ(agenda.next_time(), next->first.first);
    now = next->first.first;
    agenda.take()();
    ASSERT_EQ(happened.back(), next->first.second);
    planned.erase(next);
  }
  for (; !planned.empty(); planned.pop_back()) agenda.cancel(planned.back().second);
  EXPECT_TRUE(agenda.empty());
}

}  // namespace
}  // namespace wye
