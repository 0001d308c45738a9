// Anthropic usage: token counts and stop reasons, from Anthropic's words and back. Internal to this
// room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/content.h"
#include "core/outcome.h"
#include "dialect/json_walk.h"
#include "wire/json.h"

namespace wye::anthropic {

// The counts of one answer. A stream gives them in two pieces: all but the output when it begins,
// the output, and whatever has changed, when it ends. So later counts replace earlier ones.
class UsageCounts {
 public:
  void add(JsonValue& usage);
  // Input includes what was read from and written to the cache, which Anthropic counts apart.
  Usage usage() const;
  // The members of all pieces as one object.
  std::string raw() const;

 private:
  void add_member(walk::Member& member);

  bool seen_ = false;
  std::int64_t input_ = 0, cache_read_ = 0, cache_write_ = 0, output_ = 0, thinking_ = 0;
  Extra members_;
};

void write_usage(JsonWriter& json, const Usage& usage);

FinishReason finish_reason_from(std::string_view word);
std::string_view finish_word(FinishReason reason);

}  // namespace wye::anthropic
