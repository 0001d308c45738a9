// Integer logarithm by table and linear interpolation.
#include "policy/chance.h"

#include <array>
#include <bit>
#include <limits>

namespace wye {
namespace {

constexpr int table_bits = 8;
constexpr std::size_t table_size = (1u << table_bits) + 1;

// log2 of 1 + i/256 with 32 fraction bits, by squaring: each squaring yields one more bit.
constexpr std::uint64_t log2_of_step(std::size_t i) {
  if (i == table_size - 1) return 1ULL << 32;
  const std::uint64_t begin = (1ULL << 63) + (static_cast<std::uint64_t>(i) << 55);
  unsigned __int128 mantissa = begin;
  std::uint64_t log = 0;
  for (int bit = 31; bit >= 0; --bit) {
    mantissa = (mantissa * mantissa) >> 63;
    if ((mantissa >> 64) != 0) {
      log |= 1ULL << bit;
      mantissa >>= 1;
    }
  }
  return log;
}

constexpr auto make_table() {
  std::array<std::uint64_t, table_size> table{};
  for (std::size_t i = 0; i < table_size; ++i) table[i] = log2_of_step(i);
  return table;
}

constexpr auto table = make_table();

}  // namespace

std::uint64_t minus_log2(std::uint64_t bits) {
  bits |= 1;  // zero has no logarithm
  const int zeros = std::countl_zero(bits);
  const std::uint64_t normal = bits << zeros;
  const auto step = static_cast<std::size_t>((normal >> (63 - table_bits)) & (table_size - 2));
  const std::uint64_t rest = (normal >> (31 - table_bits)) & 0xffffffffULL;
  const std::uint64_t fraction = table[step] + (((table[step + 1] - table[step]) * rest) >> 32);
  return (static_cast<std::uint64_t>(zeros + 1) << 32) - fraction;
}

std::int64_t weighted_score(std::uint64_t bits, std::int64_t weight) {
  if (weight <= 0) return std::numeric_limits<std::int64_t>::max();
  // At most 2^38 before the shift, so 2^62 after it.
  return static_cast<std::int64_t>((minus_log2(bits) << 24) / static_cast<std::uint64_t>(weight));
}

}  // namespace wye
