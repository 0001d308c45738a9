// Merging, by both ways, against the plainest way there is; and the table it looks things up in.
#include "wire/bpe.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "wire/token_count.h"

namespace wye {
namespace {

// Of all pairs the lowest, the first of equals, again and again.
std::vector<std::uint32_t> plain_tokens(const RankTable& ranks, std::string_view piece) {
  std::vector<std::string> parts;
  for (const char byte : piece) parts.emplace_back(1, byte);
  while (true) {
    std::uint32_t lowest = RankTable::no_token;
    std::size_t where = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const std::uint32_t rank = ranks.find(parts[i] + parts[i + 1]);
      if (rank >= lowest) continue;
      lowest = rank;
      where = i;
    }
    if (lowest == RankTable::no_token) break;
    parts[where] += parts[where + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(where) + 1);
  }
  std::vector<std::uint32_t> tokens;
  for (const std::string& part : parts) tokens.push_back(ranks.find(part));
  return tokens;
}

class BpeOfTheBinary : public testing::TestWithParam<Encoding> {
 protected:
  void SetUp() override {
    if (embedded_ranks(GetParam()).empty()) GTEST_SKIP() << "this build has no vocabularies";
    auto opened = RankTable::open(embedded_ranks(GetParam()));
    ASSERT_TRUE(opened) << opened.error().message;
    ranks = *opened;
  }
  void expect_plain_tokens(std::string_view piece) {
    std::vector<std::uint32_t> tokens;
    encode_piece(ranks, piece, tokens);
    ASSERT_EQ(tokens, plain_tokens(ranks, piece)) << piece;
    ASSERT_EQ(count_piece(ranks, piece), static_cast<std::int64_t>(tokens.size()));
  }
  RankTable ranks;
};
INSTANTIATE_TEST_SUITE_P(Both, BpeOfTheBinary,
                         testing::Values(Encoding::o200k_base, Encoding::cl100k_base),
                         [](const auto& named) { return std::string(to_string(named.param)); });

TEST_P(BpeOfTheBinary, HasEveryByteAndIsWhole) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_LT(ranks.find(std::string(1, static_cast<char>(byte))), 256u);
  }
  EXPECT_EQ(ranks.size(), GetParam() == Encoding::o200k_base ? 199'998u : 100'256u);
  EXPECT_EQ(ranks.find(""), RankTable::no_token);
  EXPECT_EQ(ranks.find(std::string(ranks.longest() + 1, 'x')), RankTable::no_token);
}

TEST_P(BpeOfTheBinary, TokensOfShortAndLongPiecesAreThePlainOnes) {
  std::mt19937 dice(22);
  const std::string_view alphabets[] = {"ab", "etaoin srh", "=-", "aA1 \xE6\xBC\xA2"};
  for (int round = 0; round < 800; ++round) {
    const std::string_view alphabet = alphabets[dice() % 4];
    std::string piece(1 + dice() % (2 * short_piece_bytes), '\0');
    for (char& byte : piece) byte = alphabet[dice() % alphabet.size()];
    expect_plain_tokens(piece);
    if (HasFatalFailure()) return;
  }
}

TEST_P(BpeOfTheBinary, TokensOfRunsAreThePlainOnesAtEveryLength) {
  for (std::size_t length = 1; length < 3 * short_piece_bytes; ++length) {
    expect_plain_tokens(std::string(length, 'a'));
    if (HasFatalFailure()) return;
  }
}

TEST_P(BpeOfTheBinary, AnyBytesAreTokens) {
  std::mt19937 dice(23);
  for (int round = 0; round < 500; ++round) {
    std::string piece(1 + dice() % 150, '\0');
    for (char& byte : piece) byte = static_cast<char>(dice());
    expect_plain_tokens(piece);
    if (HasFatalFailure()) return;
  }
}

TEST_P(BpeOfTheBinary, ALongerPieceThanAnyIsEncodedInParts) {
  const std::string piece(piece_bytes_max + 8, 'a');
  EXPECT_EQ(count_piece(ranks, piece), count_piece(ranks, piece.substr(0, piece_bytes_max)) + 1);
}

TEST(RankTable, OfOtherBytesIsRefused) {
  EXPECT_FALSE(RankTable::open(""));
  EXPECT_FALSE(RankTable::open("wyeranks"));
  EXPECT_FALSE(RankTable::open(std::string(300'000, '\0')));
  std::string head = "wyeranks";
  head.append("\x01\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0", 16);  // two tokens in two slots
  EXPECT_FALSE(RankTable::open(head + std::string(65536 * 4 + 8, '\0')));
  head[12] = 1;
  EXPECT_TRUE(RankTable::open(head + std::string(65536 * 4 + 8, '\0')));
  EXPECT_FALSE(RankTable::open(head + std::string(65536 * 4 + 7, '\0')));
}

}  // namespace
}  // namespace wye
