// AWS event streams (application/vnd.amazon.eventstream): splits a byte stream into messages,
// whatever the read boundaries, and writes such messages. Strict: lengths, both checksums and every
// header are checked before anything of a message is handed over.
//
// The reader has the functions of SseReader and hands over the same events, so that a gateway can
// treat both alike. It keeps only the unfinished message. One a stream; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/sse.h"

namespace wye {

// The protocol's own limits.
inline constexpr std::size_t event_stream_headers_bytes_max = 128UL * 1024;
inline constexpr std::size_t event_stream_headers_max = 100;  // ours: a message has three or four
inline constexpr std::size_t event_stream_header_name_max = 127;
inline constexpr std::size_t event_stream_header_value_max = 32767;

class EventStreamReader {
 public:
  explicit EventStreamReader(std::size_t message_bytes_max)
      : message_bytes_max_(message_bytes_max) {}

  // Adds bytes that were read.
  void feed(std::string_view bytes);
  // The next whole message, or false when more bytes are needed. `type` is the :event-type, or the
  // :exception-type; a message of type "error" gets its :error-code, ending in Exception like the
  // others, and its :error-message as {"message": ...}. `data` is the payload, `raw` all of it.
  // Views hold until the next feed() or next().
  // Anything that is no such stream is a fault of kind invalid_output, again at every further call:
  // after a wrong length nobody knows where the next message begins.
  Result<bool> next(SseEvent& event);
  // Bytes of an unfinished message that are held.
  std::size_t held() const { return buffer_.size() - start_; }
  // At the end of the stream: false when it ended between two messages. One that is not whole says
  // nothing that could be believed, so it is a fault of kind cut.
  Result<bool> finish(SseEvent& event);

 private:
  Result<bool> read_message(SseEvent& event);
  Result<void> check_prelude(std::string_view rest);

  std::size_t message_bytes_max_;
  std::string buffer_;
  std::string error_data_;         // payload made of an :error-message
  std::string error_type_;         // type made of an :error-code
  std::size_t start_ = 0;          // of the message being looked for
  std::size_t message_bytes_ = 0;  // its length; 0 until its prelude was checked
  std::size_t headers_bytes_ = 0;
  std::optional<Fault> broken_;
};

// For tests and simulated providers: appends one message. All headers are strings.
struct EventStreamHeader {
  std::string_view name;
  std::string_view value;
};
void append_event_stream_message(std::string& out, std::span<const EventStreamHeader> headers,
                                 std::string_view payload);
// The same with the headers that AWS gives a JSON event; a type that ends in Exception makes it an
// exception.
void append_event_stream_event(std::string& out, std::string_view type, std::string_view json);

}  // namespace wye
