// Two ways to the same tokens: by looking, for short pieces, and with a heap for long ones.
#include "wire/bpe.h"

#include <algorithm>
#include <array>
#include <functional>

namespace wye {
namespace {

constexpr std::uint32_t no_token = RankTable::no_token;

// A short piece as a chain of parts, each known by where it begins. `pair` of a part is the rank of
// what it and the next make together, over its place: the smallest of all is the next to merge.
class ShortParts {
 public:
  ShortParts(const RankTable& ranks, std::string_view piece) : ranks_(ranks), piece_(piece) {
    // Up to a whole step of lowest_pair().
    std::fill_n(pair_.begin(), (piece.size() + 3) / 4 * 4, none);
    for (std::size_t at = 0; at < piece.size(); ++at) {
      next_[at] = static_cast<std::uint8_t>(at + 1);
      before_[at] = static_cast<std::uint8_t>(at - 1);  // of the first: never asked for
      if (at + 1 < piece.size()) set_pair(at, ranks.pair(piece[at], piece[at + 1]));
    }
  }

  void merge() {
    for (std::uint32_t lowest = lowest_pair(); lowest != none; lowest = lowest_pair()) {
      merge_at(lowest & place_mask);
    }
  }

  template <class Use>
  void each(Use use) const {
    for (std::size_t at = 0; at < piece_.size(); at = next_[at]) {
      use(piece_.substr(at, next_[at] - at));
    }
  }

 private:
  static constexpr int place_bits = 8;
  static constexpr std::uint32_t place_mask = (1U << place_bits) - 1;
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  static_assert(short_piece_bytes <= place_mask && short_piece_bytes % 4 == 0);

  void set_pair(std::size_t at, std::uint32_t rank) {
    pair_[at] = rank == no_token ? none : rank << place_bits | static_cast<std::uint32_t>(at);
  }

  // Four minima side by side, for a single one would wait for itself at each step.
  std::uint32_t lowest_pair() const {
    std::array<std::uint32_t, 4> lowest{none, none, none, none};
    for (std::size_t at = 0; at < piece_.size(); at += 4) {
      for (std::size_t i = 0; i < 4; ++i) lowest[i] = std::min(lowest[i], pair_[at + i]);
    }
    return std::min(std::min(lowest[0], lowest[1]), std::min(lowest[2], lowest[3]));
  }

  void rank_again(std::size_t at) {
    const std::size_t next = next_[at];
    const bool is_last = next == piece_.size();
    set_pair(at, is_last ? no_token : ranks_.find(piece_.substr(at, next_[next] - at)));
  }

  void merge_at(std::size_t at) {
    const std::size_t gone = next_[at];
    pair_[gone] = none;
    next_[at] = next_[gone];
    if (next_[at] < piece_.size()) before_[next_[at]] = static_cast<std::uint8_t>(at);
    rank_again(at);
    if (at > 0) rank_again(before_[at]);
  }

  const RankTable& ranks_;
  const std::string_view piece_;
  std::array<std::uint32_t, short_piece_bytes> pair_;
  std::array<std::uint8_t, short_piece_bytes> next_, before_;
};

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
    ShortParts parts(ranks, piece);
    parts.merge();
    return parts.each(use);
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
