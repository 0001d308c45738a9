// Classes of characters, and text that is not UTF-8.
#include "wire/char_class.h"

#include <gtest/gtest.h>

#include <string>

namespace wye {
namespace {

using namespace char_class;

TEST(CharClass, OfCharactersOfEachSort) {
  EXPECT_EQ(class_of('A'), upper);
  EXPECT_EQ(class_of(0x01C5), upper);  // Dž, a title case letter
  EXPECT_EQ(class_of('z'), lower);
  EXPECT_EQ(class_of(0x00E9), lower);
  EXPECT_EQ(class_of(0x02B0), caseless);  // a modifier letter
  EXPECT_EQ(class_of(0x6F22), caseless);
  EXPECT_EQ(class_of(0x0301), mark);
  EXPECT_EQ(class_of(0xE0100), mark);
  EXPECT_EQ(class_of('7'), number);
  EXPECT_EQ(class_of(0x00BD), number);  // one half
  EXPECT_EQ(class_of(0x2167), number);  // Roman eight
  EXPECT_EQ(class_of('_'), other);
  EXPECT_EQ(class_of(0x1F600), other);
  EXPECT_EQ(class_of(0xFEFF), other);  // no white space, whatever JavaScript says
  EXPECT_EQ(class_of(0x10FFFF), other);
  EXPECT_EQ(class_of(0x110000), other);
  EXPECT_EQ(class_of(0xFFFFFFFF), other);
}

TEST(CharClass, WhiteSpaceIsThatOfUnicode) {
  for (const std::uint32_t blank : {0x09, 0x0B, 0x0C, 0x20, 0x85, 0xA0, 0x1680, 0x2003, 0x2028,
                                    0x2029, 0x202F, 0x205F, 0x3000}) {
    EXPECT_EQ(class_of(blank), space) << blank;
  }
  EXPECT_EQ(class_of('\n'), newline);
  EXPECT_EQ(class_of('\r'), newline);
  EXPECT_EQ(class_of(0x1C), other);
  EXPECT_EQ(class_of(0x200B), other);
}

// A character more or less shows that the table is of another version of Unicode.
TEST(CharClass, IsOfUnicode16) {
  std::int64_t letters = 0, marks = 0, numbers = 0;
  for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
    const CharClasses is = class_of(code);
    letters += (is & (upper | lower | caseless)) != 0;
    marks += is == mark;
    numbers += is == number;
  }
  EXPECT_EQ(letters, 141'028);
  EXPECT_EQ(marks, 2'501);
  EXPECT_EQ(numbers, 1'911);
}

void expect_char(std::string_view text, std::uint32_t code_point, std::uint32_t length) {
  const CharAt found = char_at(text, 0);
  EXPECT_EQ(found.code_point, code_point);
  EXPECT_EQ(found.length, length);
  EXPECT_EQ(found.is, class_of(code_point));
}

TEST(CharAt, ReadsUtf8) {
  expect_char("A!", 'A', 1);
  expect_char("\u00E9", 0xE9, 2);
  expect_char("\u07FF", 0x7FF, 2);
  expect_char("\u0800", 0x800, 3);
  expect_char("\uFFFD", 0xFFFD, 3);
  expect_char("\U00010000", 0x10000, 4);
  expect_char("\U0010FFFF", 0x10FFFF, 4);
  expect_char(std::string_view("\0", 1), 0, 1);
}

TEST(CharAt, ABadByteIsASignOfItsOwn) {
  for (const char* const bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE2\x82", "\xED\xA0\x80",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    const CharAt found = char_at(bad, 0);
    EXPECT_EQ(found.length, 1u) << bad;
    EXPECT_EQ(found.is, other) << bad;
  }
}

TEST(CharAt, EndsWithTheText) {
  EXPECT_EQ(char_at("", 0).is, 0);
  EXPECT_EQ(char_at("ab", 2).is, 0);
  EXPECT_EQ(char_at("\u6F22", 3).length, 0u);
}

}  // namespace
}  // namespace wye
