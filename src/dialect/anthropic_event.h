// Anthropic event: one event of a stream, taken apart. The members of an event's inner objects tell
// by their names what they are, so that it does not matter where the event's type stands. Internal
// to this room.
#pragma once

#include <cstdint>
#include <string_view>

#include "dialect/anthropic_usage.h"
#include "wire/json.h"

namespace wye::anthropic {

// Views hold until the reader's next text, as long as the event's own.
struct Event {
  std::string_view type;
  std::int64_t index = 0;
  bool error = false;
  bool usage = false;                                // some came with it
  std::string_view id, model;                        // of the message; of a call
  std::string_view block_type, name, input;          // of a block that begins; `input` raw
  std::string_view data;                             // of a thought that nobody may see
  std::string_view text, thinking, signature, json;  // only when wanted
  std::int64_t bytes = 0;                            // of text, thoughts and arguments
  std::int64_t json_bytes = 0;                       // of arguments alone
  std::string_view stop_reason, stop_sequence;
};

// False when the text is not a JSON object. `want_text`: unescape what was said.
bool read_event(JsonReader& reader, std::string_view data, bool want_text, UsageCounts& usage,
                Event& out);

}  // namespace wye::anthropic
