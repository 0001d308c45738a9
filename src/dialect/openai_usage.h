// OpenAI usage: token counts and finish reasons in the spellings of OpenAI and of all who copy it.
// Internal to this room.
#pragma once

#include <string_view>

#include "core/deployment.h"
#include "core/outcome.h"
#include "wire/json.h"

namespace wye::openai {

// Reads a `usage` object. `source` stays none when it holds no counts (null, {}).
Usage read_usage(JsonValue& value, bool output_excludes_reasoning);

// "" and words that nobody knows are `other`: a new word must not fail an answer.
FinishReason finish_reason_from(std::string_view word);
// The word that OpenAI clients know.
std::string_view finish_word(FinishReason reason);

}  // namespace wye::openai
