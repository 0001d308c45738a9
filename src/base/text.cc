#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace wye {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

template <class Word>
Word word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Eight characters at once.
std::uint64_t lower_eight(std::uint64_t bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  // The high bit of each byte says whether, of its low seven bits, it is at least 'A', and above
  // 'Z'. What is not ASCII is no letter.
  const std::uint64_t low = bytes & ones * 0x7f;
  const std::uint64_t from_a = low + ones * (0x80 - 'A');
  const std::uint64_t past_z = low + ones * (0x80 - 'Z' - 1);
  const std::uint64_t capital = from_a & ~past_z & ~bytes & ones * 0x80;
  return bytes | capital >> 2;
}

// At most eight characters as one word: the same for the same, and different for others of this
// length.
std::uint64_t up_to_eight(std::string_view text) {
  if (text.size() < 4) {
    std::uint64_t word = 0;
    for (const char c : text) word = word << 8 | static_cast<unsigned char>(c);
    return word;
  }
  const char* const last = text.data() + text.size() - 4;
  return std::uint64_t{word_at<std::uint32_t>(text.data())} << 32 | word_at<std::uint32_t>(last);
}

// How many edits a misspelling may have: of a short word most letters must be right, or any word
// of its length would do.
std::size_t distance_max(std::size_t length) {
  if (length < 2) return 0;
  if (length < 4) return 1;
  return std::max<std::size_t>(2, length / 3);
}

template <class Strings>
std::string_view nearest_of(std::string_view word, const Strings& candidates) {
  std::string_view best;
  std::size_t best_distance = distance_max(word.size()) + 1;
  for (const std::string_view candidate : candidates) {
    std::size_t distance = edit_distance(word, candidate);
    const bool extends =
        word.size() >= 4 && (candidate.starts_with(word) || word.starts_with(candidate) ||
                             candidate.find(word) != std::string_view::npos);
    if (extends) distance = std::min<std::size_t>(distance, 2);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() < 8) return lower_eight(up_to_eight(a)) == lower_eight(up_to_eight(b));
  const auto same = [&](std::size_t at) {
    return lower_eight(word_at<std::uint64_t>(a.data() + at)) ==
           lower_eight(word_at<std::uint64_t>(b.data() + at));
  };
  for (std::size_t at = 0; at + 8 <= a.size(); at += 8) {
    if (!same(at)) return false;
  }
  return same(a.size() - 8);
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  return nearest_of(word, candidates);
}
std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
  return nearest_of(word, candidates);
}

std::string plural(std::int64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string to_hex(std::span<const unsigned char> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

}  // namespace wye
