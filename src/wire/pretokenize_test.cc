// The two patterns: pieces worked out by hand, and all against a plain backtracking matcher that
// takes the published expressions as they are written.
#include "wire/pretokenize.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "wire/char_class.h"

namespace wye {
namespace {

using namespace char_class;
using Pieces = std::vector<std::string>;

Pieces pieces_of(Encoding encoding, std::string_view text) {
  Pieces pieces;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(encoding, text, at);
    if (end <= at || end > text.size()) {
      ADD_FAILURE() << "a piece from " << at << " to " << end;
      break;
    }
    pieces.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return pieces;
}
Pieces o200k(std::string_view text) { return pieces_of(Encoding::o200k_base, text); }
Pieces cl100k(std::string_view text) { return pieces_of(Encoding::cl100k_base, text); }

TEST(Pieces, WordsTakeTheSpaceBeforeThem) {
  const Pieces expected{"The", " quick", "\tfox", ",", " it", " ran", "."};
  EXPECT_EQ(o200k("The quick\tfox, it ran."), expected);
  EXPECT_EQ(cl100k("The quick\tfox, it ran."), expected);
}

TEST(Pieces, ContractionsEndAWordOrAreOne) {
  EXPECT_EQ(o200k("don't WE'LL it'\u017F"), (Pieces{"don't", " WE'LL", " it'\u017F"}));
  EXPECT_EQ(cl100k("don't WE'LL it'\u017F"), (Pieces{"don", "'t", " WE", "'LL", " it", "'\u017F"}));
  EXPECT_EQ(o200k("rock'n'roll"), (Pieces{"rock", "'n", "'roll"}));
  EXPECT_EQ(cl100k("'tis"), (Pieces{"'t", "is"}));
  EXPECT_EQ(o200k("a'"), (Pieces{"a", "'"}));
  EXPECT_EQ(o200k("a'r"), (Pieces{"a", "'r"}));
}

TEST(Pieces, CaseSplitsWordsInTheNewerOnly) {
  EXPECT_EQ(o200k("camelCaseHTTPServer"), (Pieces{"camel", "Case", "HTTPServer"}));
  EXPECT_EQ(cl100k("camelCaseHTTPServer"), (Pieces{"camelCaseHTTPServer"}));
  // What has no case is behind large letters as good as small.
  EXPECT_EQ(o200k("AB\u6F22CD"), (Pieces{"AB\u6F22", "CD"}));
  EXPECT_EQ(o200k("\u0301ABC"), (Pieces{"\u0301", "ABC"}));
  EXPECT_EQ(o200k("e\u0301t\u00E9"), (Pieces{"e\u0301t\u00E9"}));
  EXPECT_EQ(cl100k("e\u0301t"), (Pieces{"e", "\u0301t"}));
}

TEST(Pieces, DigitsByThree) {
  EXPECT_EQ(o200k("1234567 89"), (Pieces{"123", "456", "7", " ", "89"}));
  EXPECT_EQ(cl100k("\u00BD12\u21674"), (Pieces{"\u00BD12", "\u21674"}));
}

TEST(Pieces, SignsTakeLineEndsAndTheNewerSlashes) {
  EXPECT_EQ(o200k(" ?!\r\n/\n//x"), (Pieces{" ?!\r\n/\n//", "x"}));
  EXPECT_EQ(cl100k(" ?!\r\n/\n//x"), (Pieces{" ?!\r\n", "/\n", "//", "x"}));
}

TEST(Pieces, WhiteSpaceLeavesItsLastToTheWord) {
  EXPECT_EQ(o200k("a   b"), (Pieces{"a", "  ", " b"}));
  EXPECT_EQ(o200k("a \n \n  b"), (Pieces{"a", " \n \n", " ", " b"}));
  EXPECT_EQ(o200k("a   "), (Pieces{"a", "   "}));
  EXPECT_EQ(o200k("a  \n "), (Pieces{"a", "  \n", " "}));
  EXPECT_EQ(o200k("\u3000\u30001"), (Pieces{"\u3000", "\u3000", "1"}));
}

TEST(Pieces, SpecialTokensAreText) {
  EXPECT_EQ(o200k("<|endoftext|>"), (Pieces{"<|", "endoftext", "|>"}));
}

// --- the plain matcher ---

struct Item {
  CharClasses set = 0;
  std::string_view only = "";  // characters, instead of a set
  int min = 1, max = 1 << 30;
};
struct Alternative {
  std::vector<Item> items;
  bool then_contraction = false;  // (?i:'s|...)?
  bool not_before_text = false;   // (?!\S)
};

const CharClasses letters = upper | lower | caseless;
const CharClasses not_small = upper | caseless | mark;
const CharClasses not_large = lower | caseless | mark;
const CharClasses prefix = mark | other | space;  // [^\r\n\p{L}\p{N}]
const CharClasses blank = space | newline;

std::vector<Alternative> alternatives_of(Encoding encoding) {
  const bool newer = encoding == Encoding::o200k_base;
  std::vector<Alternative> all;
  if (newer) {
    all.push_back({{{prefix, "", 0, 1}, {not_small, "", 0}, {not_large}}, true});
    all.push_back({{{prefix, "", 0, 1}, {not_small}, {not_large, "", 0}}, true});
  } else {
    all.push_back({{{prefix, "", 0, 1}, {letters}}});
  }
  all.push_back({{{number, "", 1, 3}}});
  all.push_back({{{0, " ", 0, 1}, {mark | other}, {0, newer ? "\r\n/" : "\r\n", 0}}});
  all.push_back({{{blank, "", 0}, {newline}}});
  all.push_back({{{blank}}, false, true});
  all.push_back({{{blank}}});
  return all;
}

bool is_in(const Item& item, std::string_view text, const CharAt& at, std::size_t where) {
  if (at.is == 0) return false;
  if (!item.only.empty()) return item.only.find(text[where]) != item.only.npos;
  return (at.is & item.set) != 0;
}

std::size_t after_contraction(std::string_view text, std::size_t at) {
  for (const char* const one :
       {"'s",  "'S",  "'\u017F", "'t", "'T",  "'re", "'rE", "'Re", "'RE", "'ve", "'vE",
        "'Ve", "'VE", "'m",      "'M", "'ll", "'lL", "'Ll", "'LL", "'d",  "'D"}) {
    if (text.substr(at).starts_with(one)) return at + std::string_view(one).size();
  }
  return at;
}

// Greedy: as many as there are, then one less at a time.
std::optional<std::size_t> match(const Alternative& all, std::size_t item, std::string_view text,
                                 std::size_t at) {
  if (item == all.items.size()) {
    if (all.not_before_text && at < text.size() && (char_at(text, at).is & blank) == 0) {
      return std::nullopt;
    }
    return all.then_contraction ? after_contraction(text, at) : at;
  }
  std::vector<std::size_t> ends{at};
  const Item& want = all.items[item];
  while (static_cast<int>(ends.size()) <= want.max) {
    const CharAt next = char_at(text, ends.back());
    if (!is_in(want, text, next, ends.back())) break;
    ends.push_back(ends.back() + next.length);
  }
  while (static_cast<int>(ends.size()) > want.min) {
    if (const auto end = match(all, item + 1, text, ends.back())) return end;
    ends.pop_back();
  }
  return std::nullopt;
}

std::size_t plain_piece_end(Encoding encoding, std::string_view text, std::size_t at) {
  if (encoding == Encoding::cl100k_base) {
    if (const std::size_t end = after_contraction(text, at); end > at) return end;
  }
  for (const Alternative& alternative : alternatives_of(encoding)) {
    if (const auto end = match(alternative, 0, text, at)) return *end;
  }
  return at;
}

void expect_plain_pieces(Encoding encoding, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(encoding, text, at);
    ASSERT_EQ(end, plain_piece_end(encoding, text, at)) << "from " << at << " of " << text;
    at = end;
  }
}

TEST(Pieces, AreThoseOfThePublishedExpressions) {
  const std::vector<std::string> alphabet{
      "a",      "s",      "T",      "A", "L", "'",    "\u017F",    "\u01C5", "\u02B0",
      "\u6F22", "\u0300", "\u0301", "1", "9", " ",    " ",         "\t",     "\n",
      "\r",     "\u00A0", "\u2028", "/", ".", "\xFF", "\U0001F600"};
  std::mt19937 dice(20);
  for (int round = 0; round < 40'000; ++round) {
    std::string text;
    const std::size_t length = 1 + dice() % 14;
    for (std::size_t i = 0; i < length; ++i) text += alphabet[dice() % alphabet.size()];
    expect_plain_pieces(Encoding::o200k_base, text);
    expect_plain_pieces(Encoding::cl100k_base, text);
    if (HasFatalFailure()) return;
  }
}

TEST(Pieces, OfAnyBytesCoverThem) {
  std::mt19937 dice(21);
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes(dice() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(dice());
    for (const auto encoding : {Encoding::o200k_base, Encoding::cl100k_base}) {
      std::string together;
      for (const std::string& piece : pieces_of(encoding, bytes)) together += piece;
      EXPECT_EQ(together, bytes);
    }
  }
}

// Each of these makes a pattern look far ahead; a quadratic search would take minutes.
TEST(Pieces, OfHostileTextTakeLinearTime) {
  for (const std::string_view unit : {" ", "\u0301A", "A", "\n ", "/", "\u6F22A", "'", "1"}) {
    std::string text = "\n";
    while (text.size() < 2'000'000) text += unit;
    EXPECT_GT(o200k(text).size(), 0u);
    EXPECT_GT(cl100k(text).size(), 0u);
  }
}

}  // namespace
}  // namespace wye
