// Cohere event: what one event of a stream carries, whatever the order of its members. Internal to
// this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/outcome.h"
#include "wire/json.h"

namespace wye::cohere {

// Texts are as they stand in the event, with their quotes, "" when absent; nothing is unescaped
// that nobody asked for. Views point into the document or its reader's buffer.
struct Event {
  std::string_view type, id;
  std::int64_t index = -1;
  std::string_view text, thinking, tool_plan;
  std::string_view call_id, call_name, arguments;
  std::string_view citation;  // raw JSON
  std::string_view finish_reason, error;
  std::string_view message;  // of an error that stands alone
  std::string_view usage_raw;
  Usage usage;
};

Event read_event(JsonObject& root);

}  // namespace wye::cohere
