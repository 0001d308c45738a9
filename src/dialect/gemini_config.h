// Gemini config: generationConfig, tools and toolConfig of a request, from Gemini's JSON to the
// hub. Internal to this room.
//
// Words of `form`: of a tool "gN", always the last (it stood in the N-th of `tools`), and
// "description" (an empty one); of a choice of tools "VALIDATED"; of the reasoning "dynamic".
#pragma once

#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye::gemini {

void read_generation_config(JsonValue& value, Content& content);
void read_tools(JsonValue& value, Content& content);
void read_tool_config(JsonValue& value, Content& content);

}  // namespace wye::gemini
