// Server-sent events: splits a byte stream into events, whatever the read boundaries.
//
// The reader keeps only the unfinished event. LF, CRLF and CR line ends, a BOM, comments, and
// several data lines are understood as the standard says. One a stream; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wye {

inline constexpr std::string_view sse_event_end = "\n\n";  // as we write it

struct SseEvent {
  std::string_view raw;       // the bytes of the event, its blank line included
  std::string_view type;      // `event:`, "" when there was none
  std::string_view data;      // `data:` lines joined by LF
  bool comment_only = false;  // a keep-alive: no data and no event field
};

class SseReader {
 public:
  explicit SseReader(std::size_t event_bytes_max) : event_bytes_max_(event_bytes_max) {}

  // Adds bytes that were read.
  void feed(std::string_view bytes);
  // The next whole event, or false when more bytes are needed. Views hold until the next feed(),
  // those of data with several lines only until the next next().
  // An event over the limit is a fault of kind invalid_output, again at every further call.
  Result<bool> next(SseEvent& event);
  // Bytes of an unfinished event that are held.
  std::size_t held() const { return buffer_.size() - start_; }
  // At the end of the stream: the unfinished event, were it closed by a blank line. Some servers
  // leave the last blank line out. Its `raw` has no blank line either.
  Result<bool> finish(SseEvent& event);

 private:
  // Where something stands in the event, counted from its first byte: the buffer may move.
  struct Part {
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  // What the lines of the event said so far. One data line is kept as its place; only more than
  // one are copied together.
  struct Fields {
    Part type;
    Part data;
    std::size_t data_lines = 0;
    bool has_type = false;
  };
  enum class LineEnd : unsigned char {
    none,
    line_feed,
    carriage_return,
    both
  };

  bool take_byte_order_mark();
  LineEnd line_end_at(std::size_t at) const;
  bool drop_blank_lines();
  bool read_lines();
  void take_line(std::size_t length);
  void take_data(Part value);
  std::string_view view(Part part) const;
  void hand_over(SseEvent& event, std::size_t length);

  std::size_t event_bytes_max_;
  std::string buffer_;
  std::string joined_;       // data of an event with several data lines
  std::size_t start_ = 0;    // of the event being looked for
  std::size_t line_ = 0;     // of its first line that was not taken yet, from start_
  std::size_t scanned_ = 0;  // how far the end of that line was looked for, from start_
  LineEnd last_end_ = LineEnd::none;
  bool at_stream_start_ = true;
  Fields fields_;
};

}  // namespace wye
