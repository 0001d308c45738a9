// Gemini answer parts: what a client gets of a model's parts, whole or as pieces of a stream.
// Internal to this room.
#pragma once

#include "core/content.h"
#include "wire/json.h"

namespace wye::gemini {

// One part of an answer; false when this dialect has no place for it, and nothing was written.
// `own`: it was read from this dialect, so that its extra members are ours.
bool write_answer_part(JsonWriter& json, JsonReader& reader, const Part& part, bool own);

}  // namespace wye::gemini
