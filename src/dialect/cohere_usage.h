// Cohere usage: counts and finish reasons. Internal to this room.
//
// Cohere counts twice: what it bills, and what the model saw, which has hundreds of tokens of
// Cohere's own instructions in it. Money is settled with these numbers, so what is billed counts.
// Cached tokens are told of the other count only and change no bill.
#pragma once

#include <string_view>

#include "core/outcome.h"
#include "wire/json.h"

namespace wye::cohere {

// `usage` of a chat, or `meta` of the other endpoints. `source` stays none when there are no
// tokens.
Usage read_usage(JsonValue& value);
void write_usage(JsonWriter& json, const Usage& usage);

// "" and words that nobody knows are `other`.
FinishReason finish_reason_from(std::string_view word);
std::string_view finish_word(FinishReason reason);

}  // namespace wye::cohere
