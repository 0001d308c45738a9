// Responses usage: token counts, and how an answer ended. Internal to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/outcome.h"
#include "wire/json.h"

namespace wye::responses {

// Reads a `usage` object. `source` stays none when it holds no counts.
Usage read_usage(JsonValue& value, bool output_excludes_reasoning);
void write_usage(JsonWriter& json, const Usage& usage);

// How a response says that it ended.
struct Ending {
  std::string status;             // "completed", "incomplete", "failed", ...; "" when not said
  std::string incomplete_reason;  // "max_output_tokens", "content_filter"
  bool calls_tool = false;        // the client has to act
};
// Takes what a member of a response says about it.
void read_ending(std::string_view key, JsonValue& value, Ending& ending);
// Nothing for a response that is still being made.
FinishReason finish_of(const Ending& ending);
// As the provider spelled it.
std::string finish_text_of(const Ending& ending);
// Items of this type want the client to do something.
bool is_client_call(std::string_view item_type);

// The members that say how the answer ended, for a client.
struct Status {
  std::string_view status;             // of the response and of its items
  std::string_view incomplete_reason;  // "": it is whole
};
Status status_of(FinishReason reason);

}  // namespace wye::responses
