// The two patterns, one function for each of their alternatives.
//
//   both    \p{N}{1,3} |  ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//   cl100k  (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | both
//   o200k   [^\r\n\p{L}\p{N}]?A*B+C? | [^\r\n\p{L}\p{N}]?A+B*C? | both, with "/" among the [\r\n]*
//           A: Lu Lt Lm Lo M, B: Ll Lm Lo M, C: the contractions that cl100k begins with
#include "wire/pretokenize.h"

#include "wire/char_class.h"

namespace wye {
namespace {

using namespace char_class;

constexpr CharClasses letters = upper | lower | caseless;
constexpr CharClasses signs = mark | other;
constexpr CharClasses blanks = space | newline;
constexpr CharClasses not_small = upper | caseless | mark;  // A
constexpr CharClasses not_large = lower | caseless | mark;  // B

constexpr std::size_t none = 0;  // no match; a match never ends where the text begins

std::size_t run_end(std::string_view text, std::size_t at, CharClasses set) {
  CharAt next = char_at(text, at);
  while ((next.is & set) != 0) {
    at += next.length;
    next = char_at(text, at);
  }
  return at;
}

bool has_letter(std::string_view text, std::size_t at, char small) {
  return at < text.size() && (text[at] | 0x20) == small;
}

// (?i:'s|'t|'re|'ve|'m|'ll|'d), where the long s is an s, too.
std::size_t contraction_end(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '\'') return none;
  const std::size_t first = at + 1;
  for (const char one : {'s', 't', 'm', 'd'}) {
    if (has_letter(text, first, one)) return first + 1;
  }
  for (const char* const two : {"re", "ve", "ll"}) {
    if (has_letter(text, first, two[0]) && has_letter(text, first + 1, two[1])) return first + 2;
  }
  return text.substr(first, 2) == "\u017F" ? first + 2 : none;
}

std::size_t digits_end(std::string_view text, std::size_t at) {
  for (int digits = 0; digits < 3; ++digits) {
    const CharAt next = char_at(text, at);
    if ((next.is & number) == 0) break;
    at += next.length;
  }
  return at;
}

std::size_t signs_end(Encoding encoding, std::string_view text, std::size_t at) {
  const std::size_t begin = text[at] == ' ' ? at + 1 : at;
  std::size_t end = run_end(text, begin, signs);
  if (end == begin) return none;
  const bool with_slash = encoding == Encoding::o200k_base;
  while (end < text.size() &&
         (text[end] == '\r' || text[end] == '\n' || (with_slash && text[end] == '/'))) {
    ++end;
  }
  return end;
}

// Up to and with the last line end; else all of it, but the last blank when something follows.
std::size_t blanks_end(std::string_view text, std::size_t at) {
  std::size_t end = at, last = at, line_end = none;
  for (CharAt next = char_at(text, end); (next.is & blanks) != 0; next = char_at(text, end)) {
    last = end;
    end += next.length;
    if (next.is == newline) line_end = end;
  }
  if (line_end != none) return line_end;
  return end == text.size() || last == at ? end : last;
}

// A*B+. A* takes all it can and gives back as much as B+ needs: nothing when a small letter
// follows, else all behind the last character that is both A and B.
std::size_t small_word_end(std::string_view text, std::size_t at) {
  std::size_t end = at, last_of_both = none;
  CharAt next = char_at(text, end);
  while ((next.is & not_small) != 0) {
    end += next.length;
    if (next.is != upper) last_of_both = end;
    next = char_at(text, end);
  }
  return next.is == lower ? run_end(text, end, not_large) : last_of_both;
}

// A+B*
std::size_t large_word_end(std::string_view text, std::size_t at) {
  const std::size_t end = run_end(text, at, not_small);
  return end == at ? none : run_end(text, end, not_large);
}

// The alternatives that begin with [^\r\n\p{L}\p{N}]?, which is taken where there is one, and given
// back where nothing matches behind it. Only a mark can be given back: it is in A and B as well.
std::size_t o200k_word_end(std::string_view text, std::size_t at, CharAt first) {
  const bool has_prefix = (first.is & (letters | number | newline)) == 0;
  const std::size_t begin = has_prefix ? at + first.length : at;
  std::size_t end = small_word_end(text, begin);
  if (end == none && first.is == mark) end = small_word_end(text, at);
  if (end == none) end = large_word_end(text, begin);
  if (end == none) return none;
  const std::size_t with_contraction = contraction_end(text, end);
  return with_contraction == none ? end : with_contraction;
}

std::size_t cl100k_word_end(std::string_view text, std::size_t at, CharAt first) {
  const std::size_t contraction = contraction_end(text, at);
  if (contraction != none) return contraction;
  const bool has_prefix = (first.is & (letters | number | newline)) == 0;
  const std::size_t begin = has_prefix ? at + first.length : at;
  const std::size_t end = run_end(text, begin, letters);
  return end == begin ? none : end;
}

}  // namespace

std::size_t piece_end(Encoding encoding, std::string_view text, std::size_t at) {
  const CharAt first = char_at(text, at);
  if (first.is == number) return digits_end(text, at);
  if (first.is != newline) {
    const std::size_t word = encoding == Encoding::o200k_base ? o200k_word_end(text, at, first)
                                                              : cl100k_word_end(text, at, first);
    if (word != none) return word;
    const std::size_t run =
        (first.is & blanks) == 0 || text[at] == ' ' ? signs_end(encoding, text, at) : none;
    if (run != none) return run;
  }
  return blanks_end(text, at);
}

}  // namespace wye
