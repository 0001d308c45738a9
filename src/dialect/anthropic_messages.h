// Anthropic messages: the facts of a conversation: what it needs, how long it is, how it begins.
// Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "core/ability.h"
#include "wire/json.h"
#include "wire/token_estimate.h"

namespace wye::anthropic {

// Of the system prompt and of the first message, this many bytes make prefix_hash.
inline constexpr std::size_t prefix_bytes_max = 512;

// Reads `messages` and `system` of one request, in whatever order they come.
class MessageFacts {
 public:
  Result<void> read_messages(JsonValue& messages);
  Result<void> read_system(JsonValue& system);

  Abilities needs() const { return needs_; }
  std::int64_t tokens() const;
  std::uint64_t prefix_hash() const;
  bool system_among_messages() const { return system_among_messages_; }
  bool carries_signatures() const { return carries_signatures_; }

 private:
  class BlockFacts;

  Result<void> read_message(JsonValue& message, bool first);
  Result<void> read_role(JsonValue& value);
  Result<void> read_content(JsonValue& content, std::uint64_t* prefix);
  Result<void> read_block(JsonValue& block, std::uint64_t* prefix);

  Abilities needs_;
  std::size_t text_bytes_ = 0;
  std::int64_t other_tokens_ = 0;
  std::size_t count_ = 0;
  std::uint64_t system_prefix_ = 0, first_prefix_ = 0;
  bool system_among_messages_ = false;
  bool carries_signatures_ = false;
};

}  // namespace wye::anthropic
