// Tests of the hashes that others must agree with.
#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace wye {
namespace {

TEST(Hash, pieces_hash_like_their_whole) {
  const std::string_view pieces[]{"wy", "", "e"};
  EXPECT_EQ(sha256(pieces), sha256(std::string_view("wye")));
  EXPECT_EQ(sha256(std::span<const std::string_view>()), sha256(std::string_view()));
}

// RFC 4231, cases 1, 2 and 6.
TEST(Hash, hmac_is_that_of_the_standard) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Journals on disks hold these numbers.
TEST(Hash, checksums_stay_what_they_were) {
  EXPECT_EQ(checksum64(""), 0U);
  EXPECT_EQ(checksum64("a row of a journal", 4'096), 0xcda058615e987382U);
  EXPECT_NE(checksum64("a row of a journal", 4'096), checksum64("a row of a journal", 4'097));
  EXPECT_NE(checksum64("a row of a journal"), checksum64("a row of a journaL"));
  EXPECT_NE(checksum64("a"), checksum64(std::string_view("a\0", 2)));
}

}  // namespace
}  // namespace wye
