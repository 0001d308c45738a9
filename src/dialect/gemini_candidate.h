// Gemini candidate: what answers and stream chunks say, read for the facts that a relay needs, and
// the judgements that both share. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.h"
#include "core/outcome.h"
#include "wire/json.h"

namespace wye::gemini {

// What one candidate says, or one piece of it.
struct Said {
  bool content = false;    // anything at all: text, thought, a call, a picture
  bool called = false;     // a function
  std::int64_t bytes = 0;  // of text and arguments
  FinishReason finish = FinishReason::none;
  std::string finish_text;  // as it was spelled
};
// `called_before`: an earlier piece of this candidate held a call.
Said read_candidate_facts(JsonValue& value, bool called_before, int& index);

// promptFeedback.blockReason: the prompt itself was refused, and there will be no candidates.
std::optional<Fault> read_block(JsonValue& prompt_feedback);
// A candidate that ended with an error of the model's own and holds nothing.
Fault broken_candidate(std::string_view finish_text);

// The invented id of a call that has none: the same whenever the same answer is read.
std::string invented_id(std::string_view response_id, std::string_view name, int choice, int tool);

}  // namespace wye::gemini
