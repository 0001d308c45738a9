// Two ways to the same tokens: by looking, for short pieces, and with a heap for long ones.
#include "wire/bpe.h"

#include <algorithm>
#include <array>
#include <functional>

namespace wye {
namespace {

constexpr std::uint32_t no_token = RankTable::no_token;

// Part i begins at `begin[i]` and ends where the next begins; `rank[i]` is what parts i and i+1
// make together.
struct ShortParts {
  std::array<std::uint8_t, short_piece_bytes + 1> begin;
  std::array<std::uint32_t, short_piece_bytes> rank;
  std::size_t count;
};

std::uint32_t rank_of_pair(const RankTable& ranks, std::string_view piece, const ShortParts& parts,
                           std::size_t i) {
  if (i + 1 >= parts.count) return no_token;
  const std::size_t begin = parts.begin[i];
  return ranks.find(piece.substr(begin, parts.begin[i + 2] - begin));
}

void remove_part(ShortParts& parts, std::size_t i) {
  std::copy(parts.begin.begin() + i + 1, parts.begin.begin() + parts.count + 1,
            parts.begin.begin() + i);
  std::copy(parts.rank.begin() + i + 1, parts.rank.begin() + parts.count, parts.rank.begin() + i);
  --parts.count;
}

void merge_short(const RankTable& ranks, std::string_view piece, ShortParts& parts) {
  parts.count = piece.size();
  for (std::size_t i = 0; i <= piece.size(); ++i) parts.begin[i] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 0; i < piece.size(); ++i) {
    parts.rank[i] = rank_of_pair(ranks, piece, parts, i);
  }
  while (true) {
    const auto end = parts.rank.begin() + parts.count;
    const auto lowest = std::min_element(parts.rank.begin(), end);  // the first of equals
    if (*lowest == no_token) return;
    const auto i = static_cast<std::size_t>(lowest - parts.rank.begin());
    remove_part(parts, i + 1);
    parts.rank[i] = rank_of_pair(ranks, piece, parts, i);
    if (i > 0) parts.rank[i - 1] = rank_of_pair(ranks, piece, parts, i - 1);
  }
}

// A piece as a chain of parts, each known by where it begins; a token is never longer than a byte
// can tell. The heap holds pairs by rank and place; one that has changed since is passed over.
class LongParts {
 public:
  LongParts(const RankTable& ranks, std::string_view piece)
      : ranks_(ranks),
        piece_(piece),
        length_(piece.size(), 1),
        length_before_(piece.size(), 1),
        rank_(piece.size()) {
    heap_.reserve(piece.size());
    for (std::uint32_t at = 0; at < piece.size(); ++at) {
      rank_[at] = rank_of_pair(at);
      if (rank_[at] != no_token) heap_.push_back(pair(at));
    }
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  void merge() {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      const std::uint64_t lowest = heap_.back();
      heap_.pop_back();
      const auto at = static_cast<std::uint32_t>(lowest);
      if (rank_[at] == static_cast<std::uint32_t>(lowest >> 32)) merge_at(at);
    }
  }

  template <class Use>
  void each(Use use) const {
    for (std::size_t at = 0; at < piece_.size(); at += length_[at]) {
      use(piece_.substr(at, length_[at]));
    }
  }

 private:
  std::uint64_t pair(std::uint32_t at) const { return std::uint64_t{rank_[at]} << 32 | at; }

  std::uint32_t rank_of_pair(std::uint32_t at) const {
    const std::size_t next = at + length_[at];
    if (next >= piece_.size()) return no_token;
    return ranks_.find(piece_.substr(at, length_[at] + length_[next]));
  }

  void rank_again(std::uint32_t at) {
    rank_[at] = rank_of_pair(at);
    if (rank_[at] == no_token) return;
    heap_.push_back(pair(at));
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  void merge_at(std::uint32_t at) {
    const std::uint32_t next = at + length_[at];
    rank_[next] = no_token;  // begins no part any more
    length_[at] = static_cast<std::uint8_t>(length_[at] + length_[next]);
    const std::uint32_t after = at + length_[at];
    if (after < piece_.size()) length_before_[after] = length_[at];
    rank_again(at);
    if (at > 0) rank_again(at - length_before_[at]);
  }

  const RankTable& ranks_;
  const std::string_view piece_;
  std::vector<std::uint8_t> length_, length_before_;
  std::vector<std::uint32_t> rank_;  // of a part and the next together
  std::vector<std::uint64_t> heap_;
};

template <class Use>
void each_part(const RankTable& ranks, std::string_view piece, Use use) {
  if (piece.size() <= short_piece_bytes) {
    ShortParts parts;
    merge_short(ranks, piece, parts);
    for (std::size_t i = 0; i < parts.count; ++i) {
      const std::size_t begin = parts.begin[i];
      use(piece.substr(begin, parts.begin[i + 1] - begin));
    }
    return;
  }
  for (std::size_t at = 0; at < piece.size(); at += piece_bytes_max) {
    LongParts parts(ranks, piece.substr(at, piece_bytes_max));
    parts.merge();
    parts.each(use);
  }
}

}  // namespace

std::int64_t count_piece(const RankTable& ranks, std::string_view piece) {
  if (piece.size() == 1 || ranks.find(piece) != no_token) return 1;
  std::int64_t count = 0;
  each_part(ranks, piece, [&](std::string_view) { ++count; });
  return count;
}

void encode_piece(const RankTable& ranks, std::string_view piece,
                  std::vector<std::uint32_t>& tokens) {
  if (const std::uint32_t whole = ranks.find(piece); whole != no_token) {
    tokens.push_back(whole);
    return;
  }
  each_part(ranks, piece, [&](std::string_view part) { tokens.push_back(ranks.find(part)); });
}

}  // namespace wye
