// KeyMemo: which of a policy's keys was presented lately, so that the SHA-256 of a key is computed
// once and not for every request that shows it. One a loop; forgotten with its policy.
//
// It keeps no key. It keeps a SipHash of 128 bits under a secret of this process: without the
// secret nobody can make a text that has the tag of another, and how long a look-up takes depends
// on tags, of which who presents a key knows nothing. What is not found is hashed and looked up as
// ever; only keys that were right are remembered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/siphash.h"

namespace wye {

class KeyMemo {
 public:
  // With a secret from the system's random numbers.
  KeyMemo();
  explicit KeyMemo(const std::array<std::uint64_t, 2>& secret) : secret_(secret) {}

  // Index into Rules::keys of what find_key() was last told to remember, or -1.
  int find(std::string_view presented);
  // Of the text that find() was asked for last.
  void remember(int index);
  void forget_all() { places_.fill({}); }

 private:
  static constexpr std::size_t places = 64;
  struct Place {
    SipTag tag;
    int index = -1;
  };
  Place& place() { return places_[asked_.low % places]; }

  std::array<std::uint64_t, 2> secret_;
  SipTag asked_;
  std::array<Place, places> places_{};
};

}  // namespace wye
