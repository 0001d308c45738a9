// Pretokenize: cuts text into the pieces that a tokenizer encodes one by one: words with the space
// before them, up to three digits, runs of signs, runs of white space. Each encoding has a pattern
// of its own, published as a regular expression; here they are written out by hand, with the same
// order of alternatives and the same backtracking. Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wye {

// Vocabularies and their patterns. Names of special tokens in text are text like any other.
enum class Encoding : std::uint8_t {
  o200k_base,
  cl100k_base
};

// Where the piece that begins at `at` ends. Always beyond `at`, which must lie within the text. A
// whole text is cut in linear time.
std::size_t piece_end(Encoding encoding, std::string_view text, std::size_t at);

}  // namespace wye
