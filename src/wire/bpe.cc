// Two ways to the same tokens: by looking, for short pieces, and with a heap for long ones.
#include "wire/bpe.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

namespace wye {
namespace {

constexpr std::uint32_t no_token = RankTable::no_token;

// The parts of a short piece side by side, those that are left. `pair` of a part is the rank of
// what it and the next make together, over where it begins: the smallest of all is the next to
// merge. Parts that are gone are closed up, so that there is ever less to look through.
class ShortParts {
 public:
  ShortParts(const RankTable& ranks, std::string_view piece)
      : ranks_(ranks), piece_(piece), count_(piece.size()) {
    // Up to a whole step of lowest_pair().
    std::fill_n(pair_.begin(), (count_ + 7) / 8 * 8, none);
    for (std::size_t at = 0; at < count_; ++at) {
      start_[at] = static_cast<std::uint8_t>(at);
      if (at + 1 < count_) set_pair(at, ranks.pair(piece[at], piece[at + 1]));
    }
    start_[count_] = static_cast<std::uint8_t>(count_);
  }

  void merge() {
    for (std::uint32_t lowest = lowest_pair(); lowest != none; lowest = lowest_pair()) {
      const void* found = std::memchr(start_.data(), static_cast<int>(lowest & start_mask), count_);
      merge_at(static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - start_.data()));
    }
  }

  std::size_t count() const { return count_; }

  template <class Use>
  void each(Use use) const {
    for (std::size_t at = 0; at < count_; ++at) {
      use(piece_.substr(start_[at], static_cast<std::size_t>(start_[at + 1] - start_[at])));
    }
  }

 private:
  static constexpr int start_bits = 8;
  static constexpr std::uint32_t start_mask = (1U << start_bits) - 1;
  static constexpr std::uint32_t none = 0x7FFFFFFF;  // all are compared as signed numbers
  static_assert(short_piece_bytes <= start_mask && short_piece_bytes % 8 == 0);
  // Four numbers that are compared at once.
  using Four = std::int32_t __attribute__((vector_size(16)));

  void set_pair(std::size_t at, std::uint32_t rank) {
    pair_[at] = rank == no_token ? none : rank << start_bits | start_[at];
  }

  // Two times four minima side by side, for one would wait for itself at each step.
  std::uint32_t lowest_pair() const {
    constexpr auto top = static_cast<std::int32_t>(none);
    Four first{top, top, top, top}, second = first;
    for (std::size_t at = 0; at < count_; at += 8) {
      const Four a = four_at(at), b = four_at(at + 4);
      first = a < first ? a : first;
      second = b < second ? b : second;
    }
    first = second < first ? second : first;
    return static_cast<std::uint32_t>(
        std::min(std::min(first[0], first[1]), std::min(first[2], first[3])));
  }

  Four four_at(std::size_t at) const {
    Four four;
    std::memcpy(&four, &pair_[at], sizeof four);
    return four;
  }

  void rank_again(std::size_t at) {
    const std::size_t begin = start_[at];
    const bool is_last = at + 1 == count_;
    set_pair(at, is_last ? no_token : ranks_.find(piece_.substr(begin, start_[at + 2] - begin)));
  }

  // The next part joins this one.
  void merge_at(std::size_t at) {
    const std::size_t behind = count_ - at - 2;
    std::memmove(&start_[at + 1], &start_[at + 2], behind + 1);
    std::memmove(&pair_[at + 1], &pair_[at + 2], behind * sizeof(std::uint32_t));
    --count_;
    pair_[count_] = none;
    rank_again(at);
    if (at > 0) rank_again(at - 1);
  }

  const RankTable& ranks_;
  const std::string_view piece_;
  std::size_t count_;
  std::array<std::uint32_t, short_piece_bytes + 1> pair_;  // one more than there are to move
  std::array<std::uint8_t, short_piece_bytes + 2> start_;  // and where the piece ends
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
