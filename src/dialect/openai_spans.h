// OpenAI spans: the places of a request that splicing may touch. Internal to this room.
#pragma once

#include <optional>

#include "core/ask.h"
#include "wire/json.h"

namespace wye::openai {

// A member that may be cut out. The comma that goes with it is the one before it, unless nothing
// before it stays: then the one after it, and something always stays after it (the model). So any
// choice of cuts leaves the commas right.
struct Cut {
  std::optional<JsonValue> value;
  bool leading = false;  // only members that may be cut come before it
};

// Values that were passed while reading. Their places are looked up when all was read.
struct Marks {
  std::optional<JsonValue> model, stream_options, include_usage;
  Cut metadata, task, reasoning_effort, reasoning, thinking;
  int metadata_members = 0;
};

void set_spans(const Marks& marks, Ask& ask);

}  // namespace wye::openai
