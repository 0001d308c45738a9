// Gemini ask: the facts of `contents` and of what is to be embedded. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "core/ability.h"
#include "wire/json.h"
#include "wire/token_estimate.h"

namespace wye::gemini {

// Collects what a conversation needs, how long it is and how it begins.
class ContentsFacts {
 public:
  // An array of contents, which must not be empty.
  Result<void> read_contents(JsonValue& value);
  Result<void> read_system(JsonValue& value);
  // One thing to embed.
  Result<void> read_embedded(JsonValue& value);

  Abilities needs() const { return needs_; }
  std::int64_t tokens() const;
  // Of the instructions and of the first message of the user; 0 when there was neither.
  std::uint64_t prefix_hash() const;

 private:
  Result<void> read_content(JsonValue& value, bool system);
  Result<void> read_parts(JsonValue& value, std::uint64_t& prefix);
  Result<void> read_part(JsonValue& value, std::uint64_t& prefix);
  Result<void> read_text(JsonValue& value, std::uint64_t& prefix);
  Result<void> read_media(JsonValue& value, std::string_view name);

  Abilities needs_;
  std::size_t text_bytes_ = 0;
  std::int64_t media_tokens_ = 0;
  std::int64_t messages_ = 0;
  std::uint64_t system_prefix_ = 0;
  std::uint64_t first_prefix_ = 0;
  bool user_seen_ = false;
};

}  // namespace wye::gemini
