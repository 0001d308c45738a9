// Gemini usage and finish reasons, from Gemini's JSON and back. Internal to this room.
#pragma once

#include <string>
#include <string_view>

#include "core/outcome.h"
#include "wire/json.h"

namespace wye::gemini {

// usageMetadata. Its counts leave thoughts out of the candidates and the prompts of tools out of
// the prompt; ours do not. Source none when it has no counts (Vertex sends such while it streams).
Usage read_usage(JsonValue& value);
void write_usage(JsonWriter& json, const Usage& usage);

// "STOP", or the number of the enum as some proxies send it. STOP with a call of a tool is
// tool_calls.
struct Finish {
  FinishReason reason = FinishReason::none;
  std::string text;  // as it was spelled; a number as its digits
  bool number = false;
};
Finish read_finish(JsonValue& value, bool called);
std::string_view finish_word(FinishReason reason);

}  // namespace wye::gemini
