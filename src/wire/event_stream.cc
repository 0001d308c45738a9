#include "wire/event_stream.h"

#include <vector>

#include "wire/crc32.h"
#include "wire/json.h"

namespace wye {
namespace {

// total length, headers length, checksum of these eight bytes; then headers, payload and the
// checksum of all that stood before it. Numbers are big-endian.
constexpr std::size_t prelude_bytes = 12;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t message_bytes_min = prelude_bytes + checksum_bytes;

constexpr std::uint8_t string_type = 7;

tl::unexpected<Fault> broken(std::string_view what) {
  return fail(FaultKind::invalid_output, std::string("the event stream is broken: ").append(what));
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t length) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(at, length)) {
    value = value << 8 | static_cast<unsigned char>(c);
  }
  return value;
}

void append_number(std::string& out, std::size_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

// What the headers of a message say of it.
struct Named {
  std::optional<std::string_view> message_type, event_type, exception_type, error_code,
      error_message;
};

// The field for a header that matters here, or null.
std::optional<std::string_view>* field_of(Named& named, std::string_view name) {
  if (name == ":message-type") return &named.message_type;
  if (name == ":event-type") return &named.event_type;
  if (name == ":exception-type") return &named.exception_type;
  if (name == ":error-code") return &named.error_code;
  if (name == ":error-message") return &named.error_message;
  return nullptr;
}

// Takes headers off the front of what is left of them.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view bytes) : left_(bytes) {}

  Result<Named> read() {
    Named named;
    while (!left_.empty()) {
      if (Result<void> done = read_one(named); !done) return fail(std::move(done.error()));
    }
    return named;
  }

 private:
  Result<void> read_one(Named& named) {
    const std::size_t name_bytes = number_at(left_, 0, 1);
    if (name_bytes == 0 || name_bytes > event_stream_header_name_max) {
      return broken("a header's name has an impossible length");
    }
    if (left_.size() < name_bytes + 2) return broken("a header ends early");
    const std::string_view name = left_.substr(1, name_bytes);
    const auto type = static_cast<std::uint8_t>(left_[name_bytes + 1]);
    left_.remove_prefix(name_bytes + 2);
    if (names_.size() == event_stream_headers_max) return broken("it has too many headers");
    for (const std::string_view seen : names_) {
      if (seen == name) return broken("a header is given twice");
    }
    names_.push_back(name);
    return read_value(name, type, named);
  }

  Result<void> read_value(std::string_view name, std::uint8_t type, Named& named) {
    const std::optional<std::size_t> bytes = value_bytes(type);
    if (!bytes || left_.size() < *bytes) return broken("a header's value ends early");
    std::optional<std::string_view>* field = field_of(named, name);
    if (field != nullptr) {
      if (type != string_type) return broken("a header that names the event is no string");
      *field = left_.substr(0, *bytes);
    }
    left_.remove_prefix(*bytes);
    return {};
  }

  // The length of a value of this type, of which a written length is taken off the front. Nothing
  // when there is no such type or length.
  std::optional<std::size_t> value_bytes(std::uint8_t type) {
    switch (type) {
      case 0:  // true
      case 1: return 0;
      case 2: return 1;
      case 3: return 2;
      case 4: return 4;
      case 5:  // a number of eight bytes
      case 8: return 8;
      case 6:  // bytes
      case string_type: return written_bytes();
      case 9: return 16;
      default: return std::nullopt;
    }
  }

  std::optional<std::size_t> written_bytes() {
    if (left_.size() < 2) return std::nullopt;
    const std::size_t bytes = number_at(left_, 0, 2);
    if (bytes > event_stream_header_value_max) return std::nullopt;
    left_.remove_prefix(2);
    return bytes;
  }

  std::string_view left_;
  std::vector<std::string_view> names_;
};

}  // namespace

void EventStreamReader::feed(std::string_view bytes) {
  // What was handed over is dropped only once it is the larger half, so that a byte is moved at
  // most once on average, however small the messages are.
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  } else if (start_ > buffer_.size() / 2) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_.append(bytes);
}

// The checksum of the prelude comes first, lest a wrong length makes us wait for bytes that never
// come.
Result<void> EventStreamReader::check_prelude(std::string_view rest) {
  if (crc32(rest.substr(0, 8)) != number_at(rest, 8, 4)) {
    return broken("the checksum of a message's lengths is wrong");
  }
  const std::size_t total = number_at(rest, 0, 4);
  const std::size_t headers = number_at(rest, 4, 4);
  if (total < message_bytes_min || headers > total - message_bytes_min) {
    return broken("the lengths of a message contradict each other");
  }
  if (headers > event_stream_headers_bytes_max) {
    return broken("the headers of a message are longer than permitted");
  }
  if (total > message_bytes_max_) {
    return fail(FaultKind::invalid_output, "an event of the stream is longer than permitted");
  }
  message_bytes_ = total;
  headers_bytes_ = headers;
  return {};
}

Result<bool> EventStreamReader::read_message(SseEvent& event) {
  const std::string_view rest = std::string_view(buffer_).substr(start_);
  if (message_bytes_ == 0) {
    if (rest.size() < prelude_bytes) return false;
    if (Result<void> checked = check_prelude(rest); !checked) return fail(checked.error());
  }
  if (rest.size() < message_bytes_) return false;
  const std::string_view message = rest.substr(0, message_bytes_);
  const std::size_t summed = message_bytes_ - checksum_bytes;
  if (crc32(message.substr(0, summed)) != number_at(message, summed, checksum_bytes)) {
    return broken("the checksum of a message is wrong");
  }
  Result<Named> named = HeaderReader(message.substr(prelude_bytes, headers_bytes_)).read();
  if (!named) return fail(std::move(named.error()));

  event = {};
  event.raw = message;
  event.data =
      message.substr(prelude_bytes + headers_bytes_, summed - prelude_bytes - headers_bytes_);
  if (named->message_type == "event" && named->event_type) {
    event.type = *named->event_type;
  } else if (named->message_type == "exception" && named->exception_type) {
    event.type = *named->exception_type;
  } else if (named->message_type == "error" && named->error_code) {
    error_type_ = *named->error_code;
    if (!error_type_.ends_with("Exception")) error_type_ += "Exception";
    error_data_.clear();
    JsonWriter(error_data_)
        .begin_object()
        .field("message", named->error_message.value_or(""))
        .end_object();
    event.type = error_type_;
    event.data = error_data_;
  } else {
    return broken("a message does not say what it is");
  }
  start_ += message_bytes_;
  message_bytes_ = 0;
  return true;
}

Result<bool> EventStreamReader::next(SseEvent& event) {
  if (broken_) return fail(*broken_);
  Result<bool> read = read_message(event);
  if (!read) broken_ = read.error();
  return read;
}

Result<bool> EventStreamReader::finish(SseEvent& event) {
  Result<bool> whole = next(event);
  if (!whole || *whole || held() == 0) return whole;
  return fail(FaultKind::cut, "the event stream ended within a message");
}

void append_event_stream_message(std::string& out, std::span<const EventStreamHeader> headers,
                                 std::string_view payload) {
  std::string lines;
  for (const EventStreamHeader& header : headers) {
    append_number(lines, header.name.size(), 1);
    lines.append(header.name).push_back(static_cast<char>(string_type));
    append_number(lines, header.value.size(), 2);
    lines.append(header.value);
  }
  std::string message;
  append_number(message, message_bytes_min + lines.size() + payload.size(), 4);
  append_number(message, lines.size(), 4);
  append_number(message, crc32(message), 4);
  message.append(lines).append(payload);
  append_number(message, crc32(message), 4);
  out += message;
}

void append_event_stream_event(std::string& out, std::string_view type, std::string_view json) {
  const bool exception = type.ends_with("Exception");
  const EventStreamHeader headers[]{
      {exception ? ":exception-type" : ":event-type", type},
      {":content-type", "application/json"},
      {":message-type", exception ? "exception" : "event"},
  };
  append_event_stream_message(out, headers, json);
}

}  // namespace wye
