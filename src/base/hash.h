// Hash: SHA-256 for keys, policy fingerprints and signed requests, a fast 64-bit hash for
// stickiness, and the seeded dice. All are deterministic: equal input gives equal output on every
// machine, which replay needs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wye {

using Sha256 = std::array<unsigned char, 32>;
Sha256 sha256(std::string_view data);
std::string sha256_hex(std::string_view data);
// Of the pieces as if they were one text.
Sha256 sha256(std::span<const std::string_view> pieces);
Sha256 hmac_sha256(std::string_view key, std::string_view data);

// FNV-1a finished with a strong mix. Not for secrets.
std::uint64_t hash64(std::string_view data, std::uint64_t seed = 0);
// A word at a time, for much data: tells torn bytes from whole ones. Not for hash tables (its low
// bits are weak), nor against who would forge it. What is on a disk holds it, so it never changes.
std::uint64_t checksum64(std::string_view data, std::uint64_t seed = 0);
// One step of splitmix64: a good 64-bit mix of `value`.
std::uint64_t mix64(std::uint64_t value);

// A stream of numbers fixed by its seed (splitmix64). Value type; copy it to fork the stream.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);  // 0 .. bound-1; 0 when bound is 0
  double unit();                             // [0, 1)

 private:
  std::uint64_t state_;
};

}  // namespace wye
