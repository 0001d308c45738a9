// OpenAI write: what answers and streams write alike. Internal to this room.
#pragma once

#include "core/outcome.h"
#include "wire/json.h"

namespace wye::openai {

// A usage object; `chat` false leaves out what embeddings do not have.
void write_usage(JsonWriter& json, const Usage& usage, bool chat);

}  // namespace wye::openai
