// Bpe: byte pair encoding: how a tokenizer turns one piece of text (see pretokenize.h) into tokens.
// Of all neighbours that together are a token, those of the lowest rank are merged, the first of
// them first, until none are left.
//
// Pure, any thread. Allocates nothing, but for pieces of more than `short_piece_bytes` a few
// buffers once a piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wire/rank_table.h"

namespace wye {

// Pieces up to this many bytes are merged by looking through all pairs, longer ones with a heap,
// in n log n.
inline constexpr std::size_t short_piece_bytes = 96;
// No text of people has a piece of four kibibytes. A longer one is encoded so many bytes at a time,
// so that its cost grows with its length alone and all that is looked at stays in the nearest
// cache. It may come to a token or two more at each cut.
inline constexpr std::size_t piece_bytes_max = 4 << 10;

std::int64_t count_piece(const RankTable& ranks, std::string_view piece);
// The tokens themselves, appended.
void encode_piece(const RankTable& ranks, std::string_view piece,
                  std::vector<std::uint32_t>& tokens);

}  // namespace wye
