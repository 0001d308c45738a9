// Text, cut into pieces, each encoded by itself.
#include "wire/token_count.h"

#include <algorithm>
#include <array>

#include "wire/bpe.h"
#include "wire/token_estimate.h"

namespace wye {
namespace {

// What begins with one of these has the older vocabulary, unless it begins with one of those that
// follow.
constexpr std::array<std::string_view, 5> older{"gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3",
                                                "text-embedding-ada-002"};
constexpr std::array<std::string_view, 2> newer{"gpt-4o", "gpt-4."};

template <std::size_t size>
bool begins_with_one(std::string_view name, const std::array<std::string_view, size>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

template <class Use>
void each_piece(Encoding encoding, std::string_view text, Use use) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(encoding, text, at);
    use(text.substr(at, end - at));
    at = end;
  }
}

}  // namespace

std::string_view to_string(Encoding encoding) {
  return encoding == Encoding::o200k_base ? "o200k_base" : "cl100k_base";
}

Encoding encoding_of(std::string_view model) {
  // "openai/gpt-4", "ft:gpt-3.5-turbo:org"
  if (const auto slash = model.rfind('/'); slash != model.npos) model.remove_prefix(slash + 1);
  if (model.starts_with("ft:")) model.remove_prefix(3);
  const bool is_older = begins_with_one(model, older) && !begins_with_one(model, newer);
  return is_older ? Encoding::cl100k_base : Encoding::o200k_base;
}

TokenCount count_tokens(Encoding encoding, std::string_view text) {
  const auto ranks = RankTable::open(embedded_ranks(encoding));
  if (!ranks) {
    return {tokens_of_bytes(text.size()), false};
  }
  TokenCount count{0, true};
  each_piece(encoding, text,
             [&](std::string_view piece) { count.tokens += count_piece(*ranks, piece); });
  return count;
}

std::vector<std::uint32_t> encode_tokens(Encoding encoding, std::string_view text) {
  std::vector<std::uint32_t> tokens;
  const auto ranks = RankTable::open(embedded_ranks(encoding));
  if (!ranks) return tokens;
  each_piece(encoding, text, [&](std::string_view piece) { encode_piece(*ranks, piece, tokens); });
  return tokens;
}

}  // namespace wye
