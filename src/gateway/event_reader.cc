#include "gateway/event_reader.h"

namespace wye {

EventReader::Any EventReader::open(StreamFraming framing, std::size_t event_bytes_max) {
  switch (framing) {
    case StreamFraming::sse: break;
    case StreamFraming::json_lines: return JsonLinesReader(event_bytes_max);
    case StreamFraming::event_stream: return EventStreamReader(event_bytes_max);
  }
  return SseReader(event_bytes_max);
}

EventReader::EventReader(StreamFraming framing, std::size_t event_bytes_max)
    : reader_(open(framing, event_bytes_max)) {}

void EventReader::feed(std::string_view bytes) {
  std::visit([&](auto& reader) { reader.feed(bytes); }, reader_);
}

Result<bool> EventReader::next(SseEvent& event) {
  return std::visit([&](auto& reader) { return reader.next(event); }, reader_);
}

Result<bool> EventReader::finish(SseEvent& event) {
  return std::visit([&](auto& reader) { return reader.finish(event); }, reader_);
}

}  // namespace wye
