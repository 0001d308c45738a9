// Gemini logprobs: two lists side by side, where OpenAI (and the hub) have one of objects. Internal
// to this room.
#pragma once

#include <string>
#include <string_view>

#include "wire/json.h"

namespace wye::gemini {

// logprobsResult as the elements of OpenAI's `content`, with commas between.
std::string logprob_elements(JsonValue& result);
// A whole {"content": [...]} as logprobsResult; "" when it holds nothing readable.
std::string logprobs_result(JsonReader& reader, std::string_view logprobs);

}  // namespace wye::gemini
