// SipHash-2-4 with 128 bits: a short fingerprint of a text that only who knows the secret can
// compute or foresee. For tables whose keys come from strangers. Pure, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace wye {

struct SipTag {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const SipTag&) const = default;
};

SipTag siphash128(const std::array<std::uint64_t, 2>& secret, std::string_view text);

}  // namespace wye
