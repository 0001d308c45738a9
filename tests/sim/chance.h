// Chance: the ways in which a random scenario draws. One thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace wye::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : dice_(mix64(seed)) {}

  std::uint64_t next() { return dice_.next(); }
  // Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool percent(int share) { return between(1, 100) <= share; }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[dice_.below(choices.size())];
  }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[dice_.below(choices.size())];
  }
  std::string_view word(std::initializer_list<std::string_view> choices) {
    return one_of<std::string_view>(choices);
  }

 private:
  Dice dice_;
};

}  // namespace wye::sim
