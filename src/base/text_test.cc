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

TEST(Text, LettersAreEqualWhateverTheirCaseAndNothingElseIs) {
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_TRUE(equal_ignoring_case("Content-Length", "content-LENGTH"));
  EXPECT_FALSE(equal_ignoring_case("content-length", "content-lengt"));
  EXPECT_TRUE(equal_ignoring_case("HoSt", "hOsT"));
  EXPECT_FALSE(equal_ignoring_case("host", "hose"));
  EXPECT_TRUE(equal_ignoring_case("Age", "aGE"));
  EXPECT_FALSE(equal_ignoring_case("x-a", "x-b"));
  EXPECT_TRUE(equal_ignoring_case("expecT", "Expect"));
  EXPECT_FALSE(equal_ignoring_case("expecT", "ExpeCs"));
  // At each place of a long name, every pair of bytes.
  for (std::size_t place = 0; place < 11; ++place) {
    std::string a = "Transfer-en";
    std::string b = "transFER-EN";
    for (int x = 0; x < 256; ++x) {
      for (int y = 0; y < 256; ++y) {
        a[place] = static_cast<char>(x);
        b[place] = static_cast<char>(y);
        const bool letters = (x | 0x20) >= 'a' && (x | 0x20) <= 'z' && x < 0x80;
        ASSERT_EQ(equal_ignoring_case(a, b), x == y || (letters && (x ^ y) == 0x20))
            << place << " " << x << " " << y;
      }
    }
  }
}

TEST(Text, KnowsTheLettersAndDigitsOfAsciiAndNoOthers) {
  std::string found;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_digit(c), std::string_view("0123456789").find(c) != std::string_view::npos)
        << byte;
    if (is_alphanumeric(c)) found += c;
  }
  EXPECT_EQ(found, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

TEST(Text, ChangesTheCaseOfAsciiAlone) {
  EXPECT_EQ(to_upper("a-Z {\xc3\xa9}`"), "A-Z {\xc3\xa9}`");
  EXPECT_EQ(to_lower("A-z [\xc3\x89]@"), "a-z [\xc3\x89]@");
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

TEST(Plural, OneIsNone) {
  EXPECT_EQ(plural(0, "task"), "0 tasks");
  EXPECT_EQ(plural(1, "task"), "1 task");
  EXPECT_EQ(plural(2, "task"), "2 tasks");
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
