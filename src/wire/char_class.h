// CharClass: what kind of character a code point is, as far as splitting text for tokenizers asks.
// Classes are bits, so that a set of them is one number. Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wye {

using CharClasses = std::uint8_t;  // a set of classes

namespace char_class {
inline constexpr CharClasses upper = 1;     // Lu, Lt
inline constexpr CharClasses lower = 2;     // Ll
inline constexpr CharClasses caseless = 4;  // Lm, Lo
inline constexpr CharClasses mark = 8;      // M
inline constexpr CharClasses number = 16;   // N
inline constexpr CharClasses space = 32;    // White_Space, less the next
inline constexpr CharClasses newline = 64;  // CR and LF
inline constexpr CharClasses other = 128;
}  // namespace char_class

// Of one code point; above U+10FFFF there are none.
CharClasses class_of(std::uint32_t code_point);

struct CharAt {
  CharClasses is = 0;        // 0: the text has ended
  std::uint32_t length = 0;  // bytes
  std::uint32_t code_point = 0;
};

extern const std::array<CharClasses, 128> ascii_classes;
CharAt long_char_at(std::string_view text, std::size_t at);  // of what is not ASCII

// The character that begins at `at`. A byte that begins no UTF-8 character is one of its own, of
// class `other`: text is counted whatever is in it.
inline CharAt char_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {ascii_classes[byte], 1, byte};
  return long_char_at(text, at);
}

}  // namespace wye
