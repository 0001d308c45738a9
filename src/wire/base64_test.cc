// Tests of base64: the vectors of RFC 4648, both alphabets, and what is refused.
#include "wire/base64.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace wye {
namespace {

TEST(Base64, vectors_of_the_standard) {
  const std::array<std::pair<const char*, const char*>, 7> vectors{{{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, reads_the_url_safe_alphabet_and_missing_padding) {
  EXPECT_EQ(to_base64("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(from_base64("-__-"), "\xfb\xff\xfe");
  EXPECT_EQ(from_base64("Zm8"), "fo");
}

TEST(Base64, refuses_what_is_no_base64) {
  EXPECT_FALSE(from_base64("Zm9v!"));
  EXPECT_FALSE(from_base64("Z"));
  EXPECT_FALSE(from_base64("Zm 9v"));
}

}  // namespace
}  // namespace wye
