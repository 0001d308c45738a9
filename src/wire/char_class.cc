// Two steps of a table, and strict UTF-8.
#include "wire/char_class.h"

#include <array>

#include "wire/char_class_table.h"

namespace wye {
namespace {

using namespace char_class;

constexpr std::size_t block_size = 256;
constexpr std::uint32_t not_a_character = 0xFFFD;

constexpr CharClasses class_named(char letter) {
  switch (letter) {
    case 'U': return upper;
    case 'l': return lower;
    case 'c': return caseless;
    case 'm': return mark;
    case 'n': return number;
    case 's': return space;
    case 'r': return newline;
    default: return other;
  }
}

constexpr auto classes = [] {
  std::array<CharClasses, char_block_count * block_size> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = class_named(char_blocks[i]);
  return all;
}();

bool continues(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// How many bytes a character has by its first, 0: that byte begins none.
std::uint32_t length_by(unsigned char first) {
  if (first < 0xC2) return first < 0x80 ? 1 : 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  return first < 0xF5 ? 4 : 0;
}

// Longer spellings than needed, surrogates and what is beyond Unicode are no characters.
bool is_proper(std::uint32_t code_point, std::uint32_t length) {
  if (length == 3) return code_point >= 0x800 && (code_point < 0xD800 || code_point > 0xDFFF);
  if (length == 4) return code_point >= 0x10000 && code_point <= 0x10FFFF;
  return true;
}

}  // namespace

constexpr std::array<CharClasses, 128> ascii_classes = [] {
  std::array<CharClasses, 128> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = classes[char_block_of[0] * block_size + i];
  return all;
}();

CharClasses class_of(std::uint32_t code_point) {
  if (code_point > 0x10FFFF) return other;
  return classes[char_block_of[code_point / block_size] * block_size + code_point % block_size];
}

CharAt long_char_at(std::string_view text, std::size_t at) {
  constexpr CharAt bad{other, 1, not_a_character};
  const auto first = static_cast<unsigned char>(text[at]);
  const std::uint32_t length = length_by(first);
  if (length < 2 || text.size() - at < length) return bad;
  std::uint32_t code_point = first & (0xFFU >> (length + 1));
  for (std::uint32_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if (!continues(byte)) return bad;
    code_point = code_point << 6 | (byte & 0x3FU);
  }
  if (!is_proper(code_point, length)) return bad;
  return {class_of(code_point), length, code_point};
}

}  // namespace wye
