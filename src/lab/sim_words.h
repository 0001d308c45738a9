// Sim words: plausible English that depends on a prompt and a seed and on nothing else, cut into
// pieces as a model's tokens are. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace wye {

// A text and where each of its tokens ends.
struct SimText {
  std::string text;
  std::vector<std::uint32_t> ends;

  std::size_t tokens() const { return ends.size(); }
  std::string_view piece(std::size_t index) const;
  // Keeps the first `tokens` pieces.
  void truncate(std::size_t tokens);
  // Keeps what stands before the first of `stops`, and says which; "" when none is in the text.
  std::string stop_at(const std::vector<std::string>& stops);
};

// About 1.3 tokens a word; the same count that cut_into_tokens() gives.
std::int64_t count_tokens(std::string_view text);
SimText cut_into_tokens(std::string text);

// The words of a text that carry it, at most `limit`, in their order, without repetition.
std::vector<std::string_view> topics_of(std::string_view text, std::size_t limit);
// Sentences about the topics, `words` words or a few more.
std::string sentences(const std::vector<std::string_view>& topics, int words, Dice& dice);
// "lantern harbour": `words` words for values of fields.
std::string phrase(const std::vector<std::string_view>& topics, int words, Dice& dice);

}  // namespace wye
