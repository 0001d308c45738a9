// OpenAI messages: the facts of a `messages` array and of an embeddings `input`: what they need,
// how long they are, how they begin. Internal to this room.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "core/ability.h"
#include "wire/json.h"

namespace wye::openai {

// Of each leading system message and of the first user message, this many bytes make prefix_hash.
// Enough to tell prompts apart, little enough to cost nothing.
inline constexpr std::size_t prefix_bytes_max = 512;

struct MessageFacts {
  Abilities needs;
  std::int64_t tokens = 0;        // estimated
  std::uint64_t prefix_hash = 0;  // never 0 once a message was read
  bool developer = false;         // a message of that role
  bool calls = false;             // calls of tools, or answers to them
};

Result<void> read_message_facts(JsonValue& messages, MessageFacts& out);

// A text, texts, tokens, or lists of tokens; adds the estimate to `tokens`.
Result<void> read_input(JsonValue& input, std::int64_t& tokens);

}  // namespace wye::openai
