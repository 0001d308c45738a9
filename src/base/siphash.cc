#include "base/siphash.h"

#include <bit>
#include <cstring>

namespace wye {
namespace {

struct State {
  std::uint64_t a, b, c, d;

  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
  void take(std::uint64_t word) {
    d ^= word;
    round();
    round();
    a ^= word;
  }
  std::uint64_t finish() {
    for (int i = 0; i < 4; ++i) round();
    return a ^ b ^ c ^ d;
  }
};

// Little-endian, as the algorithm is defined.
std::uint64_t word_at(const char* at, std::size_t bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  }
  return word;
}

}  // namespace

SipTag siphash128(const std::array<std::uint64_t, 2>& secret, std::string_view text) {
  State state{secret[0] ^ 0x736f6d6570736575ULL, secret[1] ^ 0x646f72616e646f6dULL ^ 0xee,
              secret[0] ^ 0x6c7967656e657261ULL, secret[1] ^ 0x7465646279746573ULL};
  const char* at = text.data();
  const std::size_t whole = text.size() & ~std::size_t{7};
  for (std::size_t done = 0; done < whole; done += 8) state.take(word_at(at + done, 8));
  const std::uint64_t rest = word_at(at + whole, text.size() - whole);
  state.take(rest | std::uint64_t{text.size()} << 56);
  state.c ^= 0xee;
  SipTag tag;
  tag.low = state.finish();
  state.b ^= 0xdd;
  tag.high = state.finish();
  return tag;
}

}  // namespace wye
