// EventReader: cuts a provider's stream into events, whatever its framing. Belongs to one stream.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "dialect/dialect.h"
#include "wire/event_stream.h"
#include "wire/json_lines.h"
#include "wire/sse.h"

namespace wye {

class EventReader {
 public:
  EventReader(StreamFraming framing, std::size_t event_bytes_max);

  // As those of SseReader (wire/sse.h).
  void feed(std::string_view bytes);
  Result<bool> next(SseEvent& event);
  Result<bool> finish(SseEvent& event);

 private:
  using Any = std::variant<SseReader, JsonLinesReader, EventStreamReader>;
  static Any open(StreamFraming framing, std::size_t event_bytes_max);

  Any reader_;
};

}  // namespace wye
