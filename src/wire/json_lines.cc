// JSON lines: the splitter. A line is never looked through twice for its end.
#include "wire/json_lines.h"

#include "base/text.h"
#include "wire/scan.h"

namespace wye {
void JsonLinesReader::feed(std::string_view bytes) {
  // What was handed over is dropped only once it is the larger half, so that a byte is moved at
  // most once on average, however short the lines are.
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  } else if (start_ > buffer_.size() / 2) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(bytes);
}

// False while it cannot be told yet.
bool JsonLinesReader::take_byte_order_mark() {
  const std::string_view front = std::string_view(buffer_).substr(0, byte_order_mark.size());
  if (front.size() < byte_order_mark.size() && byte_order_mark.starts_with(front)) return false;
  if (front == byte_order_mark) start_ = byte_order_mark.size();
  at_stream_start_ = false;
  return true;
}

// Space in front of a line is dropped with them: it is none of the value's.
void JsonLinesReader::drop_blank_lines() {
  while (start_ < buffer_.size() && is_space(buffer_[start_])) ++start_;
}

void JsonLinesReader::hand_over(SseEvent& event, std::size_t length, std::size_t raw_length) {
  const std::string_view line(buffer_.data() + start_, length);
  event = {};
  event.raw = {buffer_.data() + start_, raw_length};
  event.data = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  start_ += raw_length;
  scanned_ = 0;
}

Result<bool> JsonLinesReader::next(SseEvent& event) {
  if (at_stream_start_ && !take_byte_order_mark()) return false;
  if (scanned_ == 0) drop_blank_lines();
  const char* const begin = buffer_.data() + start_;
  const char* const end = buffer_.data() + buffer_.size();
  const char* const found = scan::find<scan::Byte<'\n'>>(begin + scanned_, end);
  const auto length = static_cast<std::size_t>(found - begin);
  if (length > event_bytes_max_) {
    return fail(FaultKind::invalid_output, "a line of the stream is longer than permitted");
  }
  scanned_ = length;
  if (found == end) return false;
  hand_over(event, length, length + 1);
  return true;
}

Result<bool> JsonLinesReader::finish(SseEvent& event) {
  Result<bool> whole = next(event);
  if (!whole || *whole) return whole;
  at_stream_start_ = false;
  if (held() == 0) return false;
  hand_over(event, held(), held());
  return true;
}

}  // namespace wye
