// Histogram: how many values fell into each of some fixed buckets, and their sum. Plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace wye {

// `bounds` ascend; each is the largest value of its bucket. A last bucket takes what is above.
template <const auto& bounds>
struct Histogram {
  static constexpr std::size_t buckets = bounds.size() + 1;
  std::array<std::uint64_t, buckets> counts{};
  std::uint64_t sum = 0;

  // Negative values count as 0.
  void record(std::int64_t value) {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && value > bounds[bucket]) ++bucket;
    ++counts[bucket];
    if (value > 0) sum += static_cast<std::uint64_t>(value);
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < buckets; ++i) counts[i] += other.counts[i];
    sum += other.sum;
  }
  std::uint64_t total() const {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts) all += count;
    return all;
  }
};

}  // namespace wye
