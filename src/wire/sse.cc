#include "wire/sse.h"

#include "base/text.h"
#include "wire/scan.h"

namespace wye {
namespace {

tl::unexpected<Fault> too_long() {
  return fail(FaultKind::invalid_output, "an event of the stream is longer than permitted");
}

}  // namespace

void SseReader::feed(std::string_view bytes) {
  // What was handed over is dropped only once it is the larger half, so that a byte is moved at
  // most once on average, however small the events are.
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
bool SseReader::take_byte_order_mark() {
  const std::string_view front = std::string_view(buffer_).substr(0, byte_order_mark.size());
  if (front.size() < byte_order_mark.size() && byte_order_mark.starts_with(front)) return false;
  if (front == byte_order_mark) start_ = byte_order_mark.size();
  at_stream_start_ = false;
  return true;
}

// The line end at `at`. none: there is none yet, because a CR at the end of what is held may be
// half of a CRLF. Only after a line that ended with a lone CR is a CR taken for whole at once:
// there the LF of a following read would be one more blank line, which means nothing.
SseReader::LineEnd SseReader::line_end_at(std::size_t at) const {
  if (at == buffer_.size()) return LineEnd::none;
  if (buffer_[at] == '\n') return LineEnd::line_feed;
  if (last_end_ == LineEnd::carriage_return && at == start_ + line_)
    return LineEnd::carriage_return;
  if (at + 1 == buffer_.size()) return LineEnd::none;
  return buffer_[at + 1] == '\n' ? LineEnd::both : LineEnd::carriage_return;
}

bool SseReader::drop_blank_lines() {
  while (start_ < buffer_.size() && (buffer_[start_] == '\n' || buffer_[start_] == '\r')) ++start_;
  return start_ < buffer_.size();
}

// Takes whole lines up to the blank one; false when it is not there yet.
bool SseReader::read_lines() {
  const char* const end = buffer_.data() + buffer_.size();
  while (true) {
    const char* found = scan::find<scan::LineEnd>(buffer_.data() + start_ + scanned_, end);
    const auto at = static_cast<std::size_t>(found - buffer_.data());
    scanned_ = at - start_;
    const LineEnd line_end = line_end_at(at);
    if (line_end == LineEnd::none) return false;
    const std::size_t length = scanned_ - line_;
    if (length > 0) take_line(length);
    scanned_ += line_end == LineEnd::both ? 2 : 1;
    line_ = scanned_;
    last_end_ = line_end;
    if (length == 0) return true;
  }
}

// `name: value` with at most one space dropped, `name`, or `: comment`.
void SseReader::take_line(std::size_t length) {
  const std::string_view line(buffer_.data() + start_ + line_, length);
  if (line.starts_with("data:") || line == "data") {
    const std::size_t skip = line.starts_with("data: ") ? 6 : line.size() < 5 ? 4 : 5;
    take_data({line_ + skip, length - skip});
  } else if (line.starts_with("event:") || line == "event") {
    const std::size_t skip = line.starts_with("event: ") ? 7 : line.size() < 6 ? 5 : 6;
    fields_.type = {line_ + skip, length - skip};
    fields_.has_type = true;
  }
}

void SseReader::take_data(Part value) {
  if (fields_.data_lines == 0) {
    fields_.data = value;
  } else {
    if (fields_.data_lines == 1) joined_.assign(view(fields_.data));
    joined_.push_back('\n');
    joined_.append(view(value));
  }
  ++fields_.data_lines;
}

std::string_view SseReader::view(Part part) const {
  return {buffer_.data() + start_ + part.offset, part.length};
}

void SseReader::hand_over(SseEvent& event, std::size_t length) {
  event.raw = view({0, length});
  event.type = view(fields_.type);
  event.data = fields_.data_lines > 1 ? std::string_view(joined_) : view(fields_.data);
  event.comment_only = fields_.data_lines == 0 && !fields_.has_type;
  start_ += length;
  line_ = scanned_ = 0;
  last_end_ = LineEnd::none;
  fields_ = {};
}

Result<bool> SseReader::next(SseEvent& event) {
  if (at_stream_start_ && !take_byte_order_mark()) return false;
  if (line_ == 0 && scanned_ == 0 && !drop_blank_lines()) return false;
  // A finished event is only left here when it is over the limit; it is not read twice.
  const bool whole = read_lines();
  if (scanned_ > event_bytes_max_) return too_long();
  if (!whole) return false;
  hand_over(event, scanned_);
  return true;
}

Result<bool> SseReader::finish(SseEvent& event) {
  Result<bool> whole = next(event);
  if (!whole || *whole) return whole;
  at_stream_start_ = false;
  if (held() == 0) return false;
  const bool half_line_end = buffer_.back() == '\r';
  const std::size_t length = held() - line_ - (half_line_end ? 1 : 0);
  if (length > 0) take_line(length);
  hand_over(event, held());
  return true;
}

}  // namespace wye
