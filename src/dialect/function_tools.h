// Function tools: {"type": "function", "function": {...}} as several providers spell tools and the
// calls of them. Internal to this room.
#pragma once

#include "core/content.h"
#include "dialect/json_walk.h"

namespace wye {

// A tool that is no function is kept whole, in `raw`.
Tool read_function_tool(JsonValue& value);
// `own`: members that only the origin's dialect knows are written, too. Not for raw tools.
void write_function_tool(JsonWriter& json, const Tool& tool, bool own);

// {"id": ..., "type": "function", "function": {"name": ..., "arguments": ...}}. Arguments may be a
// text or, with the word "object" in the form, any JSON.
Part read_function_call(JsonValue& value);
void write_function_call(JsonWriter& json, const Part& part, std::string_view id, bool own);

}  // namespace wye
