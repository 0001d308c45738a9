#include "base/grow.h"

#include <gtest/gtest.h>

#include <string_view>

namespace wye {
namespace {

TEST(Grow, KeepsWhatIsThereAndGivesThePlaceBehindIt) {
  std::string text = "head: ";
  char* at = grow(text, 5);
  std::string_view("value").copy(at, 5);
  EXPECT_EQ(text, "head: value");
  EXPECT_EQ(at, text.data() + 6);
  EXPECT_EQ(text.c_str()[text.size()], '\0');
}

TEST(Grow, NothingIsNothing) {
  std::string text;
  grow(text, 0);
  EXPECT_EQ(text, "");
  text = "x";
  grow(text, 0);
  EXPECT_EQ(text, "x");
}

TEST(Grow, ManySmallStepsMoveTheStringSeldom) {
  std::string text;
  int moves = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t before = text.capacity();
    *grow(text, 1) = static_cast<char>('a' + i % 26);
    if (text.capacity() != before) ++moves;
  }
  EXPECT_LT(moves, 20);
  ASSERT_EQ(text.size(), 100'000u);
  EXPECT_EQ(text.substr(0, 27), "abcdefghijklmnopqrstuvwxyza");
}

}  // namespace
}  // namespace wye
