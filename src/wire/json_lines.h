// JSON lines: splits a byte stream into lines of one JSON value each, whatever the read boundaries,
// and hands them over as events like those of sse.h.
//
// The reader keeps only the unfinished line. Lines end with LF or CRLF; blank lines and a BOM mean
// nothing. Whether a line is JSON is the receiver's business. One a stream; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/sse.h"

namespace wye {

class JsonLinesReader {
 public:
  explicit JsonLinesReader(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

  // Adds bytes that were read.
  void feed(std::string_view bytes);
  // The next whole line, or false when more bytes are needed: `data` is the line, `raw` the line
  // with its end, `type` empty. Views hold until the next feed().
  // A line over the limit is a fault of kind invalid_output, again at every further call.
  Result<bool> next(SseEvent& event);
  // Bytes of an unfinished line that are held.
  std::size_t held() const { return buffer_.size() - start_; }
  // At the end of the stream: the last line, when nothing ended it.
  Result<bool> finish(SseEvent& event);

 private:
  bool take_byte_order_mark();
  void drop_blank_lines();
  void hand_over(SseEvent& event, std::size_t length, std::size_t raw_length);

  std::size_t event_bytes_max_;
  std::string buffer_;
  std::size_t start_ = 0;    // of the line being looked for
  std::size_t scanned_ = 0;  // how far its end was looked for, from start_
  bool at_stream_start_ = true;
};

}  // namespace wye
