// Gemini schema: Gemini's Schema is a dialect of OpenAPI's and knows less than JSON Schema. What it
// cannot say goes into the members that take JSON Schema whole. Internal to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/json.h"

namespace wye::gemini {

// A JSON Schema as a Schema; nothing when a Schema cannot say all of it.
std::optional<std::string> to_gemini_schema(JsonReader& reader, std::string_view json_schema);
// A Schema as JSON Schema. Hints that are Gemini's own (the order of properties) are left out.
std::string to_json_schema(JsonValue& schema);

}  // namespace wye::gemini
