// Tokens believed: how many tokens anybody is believed to speak of. Clients and providers may write
// any number; beyond this one it makes no difference, and sums and products of a few stay far from
// overflow. Pure, any thread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace wye {

inline constexpr std::int64_t tokens_believed_max = 1'000'000'000'000;

constexpr std::int64_t believed_tokens(std::int64_t tokens) {
  return std::clamp<std::int64_t>(tokens, 0, tokens_believed_max);
}

}  // namespace wye
