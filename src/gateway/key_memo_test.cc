#include "gateway/key_memo.h"

#include <gtest/gtest.h>

#include <string>

namespace wye {
namespace {

TEST(KeyMemo, KnowsWhatItWasTold) {
  KeyMemo memo({1, 2});
  EXPECT_EQ(memo.find("one"), -1);
  memo.remember(4);
  EXPECT_EQ(memo.find("two"), -1);
  memo.remember(0);
  EXPECT_EQ(memo.find("one"), 4);
  EXPECT_EQ(memo.find("two"), 0);
  EXPECT_EQ(memo.find("One"), -1);
  EXPECT_EQ(memo.find("one "), -1);
  EXPECT_EQ(memo.find(""), -1);
}

TEST(KeyMemo, ForgetsWithItsPolicy) {
  KeyMemo memo;
  EXPECT_EQ(memo.find("one"), -1);
  memo.remember(4);
  EXPECT_EQ(memo.find("one"), 4);
  memo.forget_all();
  EXPECT_EQ(memo.find("one"), -1);
}

TEST(KeyMemo, MoreKeysThanPlacesAreNeverTakenForEachOther) {
  KeyMemo memo({3, 4});
  constexpr int keys = 1000;
  const auto text = [](int i) { return "key-" + std::to_string(i); };
  for (int i = 0; i < keys; ++i) {
    memo.find(text(i));
    memo.remember(i);
  }
  int known = 0;
  for (int i = 0; i < keys; ++i) {
    const int found = memo.find(text(i));
    EXPECT_TRUE(found == -1 || found == i);
    known += found == i;
  }
  EXPECT_GT(known, 0);
}

}  // namespace
}  // namespace wye
