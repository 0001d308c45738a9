#include "wire/token_sample.h"

#include <algorithm>
#include <cmath>

namespace wye {
namespace {

// A slice cuts a word at either end, which comes to a token or two: little beside the thousand that
// are in it, and small enough that a text of several sorts is met in all of them.
constexpr std::size_t slice_bytes = 4096;

bool continues_a_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The next place where a character begins, a few bytes on at the most.
std::size_t character_at(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(at + 3, text.size());
  while (at < end && continues_a_character(text[at])) ++at;
  return at;
}

}  // namespace

TokenCount sample_tokens(Encoding encoding, std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return count_tokens(encoding, text);
  const std::size_t slices = std::max<std::size_t>(bytes_max / slice_bytes, 1);
  const std::size_t length = std::min(bytes_max, slice_bytes);
  double tokens = 0, bytes = 0;
  for (std::size_t i = 0; i < slices; ++i) {
    // The first slice begins with the text, the last one ends with it.
    const std::size_t room = text.size() - length;
    const std::size_t from = character_at(text, slices == 1 ? 0 : room / (slices - 1) * i);
    const std::size_t to = character_at(text, std::min(from + length, text.size()));
    tokens += static_cast<double>(count_tokens(encoding, text.substr(from, to - from)).tokens);
    bytes += static_cast<double>(to - from);
  }
  const double all = bytes == 0 ? 0 : tokens / bytes * static_cast<double>(text.size());
  return {std::llround(all), false};
}

}  // namespace wye
