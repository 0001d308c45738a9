// Responses ask: the facts of `input`. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "core/ability.h"
#include "wire/json.h"
#include "wire/token_estimate.h"

namespace wye::responses {

inline constexpr std::int64_t tokens_an_item = 4;  // role and separators
// Of the instructions, of each leading system item and of the first user item, this many bytes make
// prefix_hash.
inline constexpr std::size_t prefix_bytes_max = 512;

struct InputFacts {
  Abilities needs;
  std::int64_t items = 0;
  std::int64_t text_bytes = 0;
  std::int64_t tokens = 0;   // of what is not text
  std::uint64_t prefix = 0;  // hash, 0: nothing yet
};

// A text or a list of items.
Result<void> read_input(JsonValue& value, InputFacts& facts);

// Mixes how a text begins into a hash.
std::uint64_t add_prefix(std::uint64_t hash, std::string_view text);

}  // namespace wye::responses
