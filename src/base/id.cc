#include "base/id.h"

#include <algorithm>

namespace wye {
namespace {
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view prefix = "req_";
constexpr std::size_t digits = 13;
constexpr int loop_bits = 6;
constexpr int sequence_bits = 12;  // 4,096 ids a millisecond and loop, then the clock is run ahead
}  // namespace

std::string format_request_id(RequestId id) {
  std::string out(prefix.size() + digits, '0');
  std::copy(prefix.begin(), prefix.end(), out.begin());
  auto value = static_cast<std::uint64_t>(id);
  for (std::size_t i = 0; i < digits; ++i) {
    out[out.size() - 1 - i] = alphabet[value & 31];
    value >>= 5;
  }
  return out;
}

std::optional<RequestId> parse_request_id(std::string_view text) {
  if (!text.starts_with(prefix) || text.size() != prefix.size() + digits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text.substr(prefix.size())) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos || (value >> 58) != 0) return std::nullopt;
    value = (value << 5) | digit;
  }
  return static_cast<RequestId>(value);
}

RequestIds::RequestIds(unsigned loop, RequestId newest)
    : loop_(loop & ((1U << loop_bits) - 1)), last_(newest >> loop_bits) {}

RequestId RequestIds::next(TimeMs now) {
  // The top part is time and sequence together, so a burst borrows from the next millisecond.
  last_ = std::max(last_ + 1, now << sequence_bits);
  return (last_ << loop_bits) | loop_;
}

}  // namespace wye
