#include "base/siphash.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <string>

namespace wye {
namespace {

// What OpenSSL says.
SipTag reference(const std::array<std::uint64_t, 2>& secret, std::string_view text) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
      EVP_MAC_fetch(nullptr, "SIPHASH", nullptr), EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free);
  std::array<unsigned char, 16> out{};
  std::size_t size = 0;
  EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(secret.data()), 16, nullptr);
  EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MAC_final(context.get(), out.data(), &size, out.size());
  EXPECT_EQ(size, 16u);
  SipTag tag;
  std::memcpy(&tag.low, out.data(), 8);
  std::memcpy(&tag.high, out.data() + 8, 8);
  return tag;
}

TEST(SipHash, IsWhatOpenSslComputes) {
  const std::array<std::uint64_t, 2> secret{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
  std::string text;
  for (int size = 0; size < 200; ++size) {
    EXPECT_EQ(siphash128(secret, text), reference(secret, text)) << size;
    text.push_back(static_cast<char>(size * 37));
  }
}

TEST(SipHash, DependsOnTheSecretAndOnEveryByte) {
  const std::string text = "wye-key-0123456789";
  const SipTag tag = siphash128({1, 2}, text);
  EXPECT_NE(tag, siphash128({1, 3}, text));
  EXPECT_NE(tag, siphash128({2, 2}, text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] ^= 1;
    EXPECT_NE(tag, siphash128({1, 2}, other)) << i;
  }
  EXPECT_NE(siphash128({1, 2}, std::string_view("\0", 1)), siphash128({1, 2}, ""));
}

}  // namespace
}  // namespace wye
