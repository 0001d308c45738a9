// OpenAI said: what a message of an answer, or a delta of a stream, carries; lengths only, nothing
// is unescaped. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fault.h"
#include "core/outcome.h"
#include "wire/json.h"

namespace wye::openai {

struct Said {
  bool content = false;    // text, reasoning, a tool call, a refusal, sound
  std::int64_t bytes = 0;  // of text and arguments, as escaped
  FinishReason finish = FinishReason::none;
  std::optional<Fault> fault;  // an error within a choice
  // Of a stream: what choice 0 says, as escaped, and whether that is all there is.
  std::string_view text;
  bool only_text = true;
};

// One element of `choices`; its message stands under "message" or, in a stream, "delta".
void read_choice_facts(JsonValue& choice, bool stream, Said& said);

// The fault of an `error` member inside an answer that calls itself a success; nothing for null.
std::optional<Fault> read_inner_fault(JsonValue& error);

}  // namespace wye::openai
