#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace wye {
namespace {

template <class... Words>
std::string_view near(std::string_view word, Words... words) {
  const std::array<std::string_view, sizeof...(words)> candidates{words...};
  return nearest(word, std::span<const std::string_view>(candidates));
}

TEST(Nearest, FindsWhatWasPerhapsMeant) {
  EXPECT_EQ(near("fallback", "fallbacks", "route"), "fallbacks");
  EXPECT_EQ(near("chta", "chat", "code"), "chat");
  EXPECT_EQ(near("pii", "phi", "public"), "phi");
  EXPECT_EQ(near("lowest", "priority", "lowest_cost"), "lowest_cost");
}

TEST(Nearest, NeverProposesAWhollyDifferentWord) {
  EXPECT_EQ(near("eu", "us"), "");
  EXPECT_EQ(near("eu", "on_prem", "us", "uk"), "");
  EXPECT_EQ(near("a", "b"), "");
  EXPECT_EQ(near("gpt", "foo", "gql"), "");
  EXPECT_EQ(near("xy", "xyz", "zz"), "xyz");
  EXPECT_EQ(near("", "a", "b"), "");
}

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ',').size(), 1U);
}

}  // namespace
}  // namespace wye
