#include "gateway/retry_budget.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

constexpr MonoUs second = 1'000'000;

int retries_allowed(RetryBudget& budget, const RetryRules& rules, MonoUs now) {
  int count = 0;
  while (budget.has_room(rules, now) && count < 10'000) {
    budget.count_retry(now);
    ++count;
  }
  return count;
}

TEST(RetryBudget, TheFloorHoldsWithoutTraffic) {
  RetryBudget budget;
  const RetryRules rules;  // 10 %, 3 a second
  EXPECT_EQ(retries_allowed(budget, rules, 5 * second), 30);
  EXPECT_FALSE(budget.has_room(rules, 6 * second));
}

TEST(RetryBudget, TheFloorIsThatOfAllLoopsTogether) {
  RetryRules rules;  // 3 a second
  RetryBudget one_of_six(6);
  EXPECT_EQ(retries_allowed(one_of_six, rules, 5 * second), 5);
  RetryBudget one_of_many(62);
  EXPECT_EQ(retries_allowed(one_of_many, rules, 5 * second), 1) << "never none";
  rules.budget_floor_per_s = 0;
  RetryBudget none(2);
  EXPECT_EQ(retries_allowed(none, rules, 5 * second), 0);
}

TEST(RetryBudget, AShareOfTheTrafficIsAllowed) {
  RetryBudget budget;
  const RetryRules rules;
  for (int i = 0; i < 1'000; ++i) budget.count_request(5 * second);
  EXPECT_EQ(retries_allowed(budget, rules, 5 * second), 100);
}

TEST(RetryBudget, WhatIsTenSecondsOldIsForgotten) {
  RetryBudget budget;
  const RetryRules rules;
  EXPECT_EQ(retries_allowed(budget, rules, 5 * second), 30);
  EXPECT_TRUE(budget.has_room(rules, 15 * second));
}

}  // namespace
}  // namespace wye
