// Bedrock event: what one event of ConverseStream says, whatever the order of its members. Internal
// to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/content.h"
#include "core/outcome.h"
#include "wire/json.h"

namespace wye::bedrock {

// The views hold until the reader's next document.
struct Event {
  std::int64_t block = 0;
  // contentBlockStart
  bool starts_call = false;
  bool of_server = false;  // the provider's own tool, or its result
  std::string_view id, name;
  // contentBlockDelta
  std::optional<std::string_view> text, input, thought, signature, redacted;
  // messageStop
  std::optional<std::string_view> stop_reason;
  // metadata
  std::optional<Usage> usage;
  std::string_view usage_raw;
  Extra extra;  // trace, metrics, performanceConfig, ...
};

Result<Event> read_event(JsonReader& reader, std::string_view json);

}  // namespace wye::bedrock
