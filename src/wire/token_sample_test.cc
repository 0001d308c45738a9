// What is estimated from slices is near what would have been counted, and costs what it may.
#include "wire/token_sample.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace wye {
namespace {

constexpr Encoding encoding = Encoding::o200k_base;

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += unit;
  return text;
}

void expect_near(const std::string& text, std::size_t bytes_max, double share) {
  const TokenCount counted = count_tokens(encoding, text);
  const TokenCount sampled = sample_tokens(encoding, text, bytes_max);
  EXPECT_FALSE(sampled.exact);
  EXPECT_NEAR(static_cast<double>(sampled.tokens), static_cast<double>(counted.tokens),
              share * static_cast<double>(counted.tokens));
}

TEST(TokenSample, AShortTextIsCounted) {
  for (const std::string& text :
       {std::string(), std::string("Hello, world."), repeated("ab ", 9000)}) {
    EXPECT_EQ(sample_tokens(encoding, text, text.size() + 1).tokens,
              count_tokens(encoding, text).tokens);
  }
}

TEST(TokenSample, ALongTextIsNearlyCounted) {
  expect_near(repeated("The gateway sends each request to a provider, $0.15 a time.\n", 400'000),
              40'000, 0.01);
  expect_near(repeated("我们把每个请求发送给最合适的模型供应商。", 400'000), 40'000, 0.01);
  expect_near(repeated(R"({"id":17,"ok":true,"name":"x"},)", 400'000), 40'000, 0.01);
}

// Of several sorts of text each is met.
TEST(TokenSample, AMixedTextIsNearlyCounted) {
  const std::string text = repeated("The quick brown fox jumps over the lazy dog. ", 300'000) +
                           repeated("我们把每个请求发送给最合适的模型供应商。", 300'000) +
                           repeated("0x7f3a91 ", 300'000);
  expect_near(text, 64 << 10, 0.1);
}

TEST(TokenSample, OddTextsAndSizesDoNoHarm) {
  std::mt19937 dice(5);
  std::string text(50'000, '\0');
  for (char& byte : text) byte = static_cast<char>(dice());
  for (const std::size_t bytes_max : {1u, 2u, 4095u, 4096u, 4097u, 9000u, 49'999u}) {
    EXPECT_GT(sample_tokens(encoding, text, bytes_max).tokens, 0) << bytes_max;
  }
  EXPECT_GT(sample_tokens(encoding, std::string(50'000, '\x80'), 5000).tokens, 0);
}

}  // namespace
}  // namespace wye
