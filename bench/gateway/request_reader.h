// The mock upstream's view of an HTTP/1.1 request: finds the end of head and body (length or
// chunked) in the bytes received so far. It trusts its peer to be one of the proxies under test,
// so it is lenient; what it must be is quick. Owned by one connection of the mock.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "plumbing.h"

namespace bench {

struct Request {
  std::string_view start_line;
  std::string_view authorization;
  std::string_view api_key;  // as Anthropic's clients send it
  std::string_view body;
  size_t used_bytes = 0;  // head and body as they came over the wire
};

enum class ReadState {
  more,
  complete,
  broken
};

class RequestReader {
 public:
  // `bytes` starts at the first byte of a request. The request's views point into it, except for
  // a chunked body, which is put together in this reader.
  ReadState read(std::string_view bytes, Request& request) {
    if (bytes.size() < needed_bytes_) return ReadState::more;
    size_t head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string_view::npos)
      return bytes.size() > 64 * 1024 ? ReadState::broken : ReadState::more;
    std::string_view head = bytes.substr(0, head_end);
    size_t body_start = head_end + 4;
    size_t length = 0;
    bool chunked = false;
    request.start_line = head.substr(0, head.find("\r\n"));
    for_each_header(head, [&](std::string_view name, std::string_view value) {
      if (name_is(name, "content-length")) length = std::strtoul(value.data(), nullptr, 10);
      if (name_is(name, "transfer-encoding")) chunked = true;
      if (name_is(name, "authorization")) request.authorization = value;
      if (name_is(name, "x-api-key")) request.api_key = value;
    });
    if (chunked) return read_chunked(bytes, body_start, request);
    if (bytes.size() < body_start + length) {
      // Remembered, so that a 100 KB body that comes in pieces is not parsed once a piece.
      needed_bytes_ = body_start + length;
      return ReadState::more;
    }
    request.body = bytes.substr(body_start, length);
    request.used_bytes = body_start + length;
    needed_bytes_ = 0;
    return ReadState::complete;
  }

 private:
  ReadState read_chunked(std::string_view bytes, size_t at, Request& request) {
    joined_body_.clear();
    for (;;) {
      size_t line_end = bytes.find("\r\n", at);
      if (line_end == std::string_view::npos) return ReadState::more;
      char* after = nullptr;
      size_t size = std::strtoul(bytes.data() + at, &after, 16);
      if (after == bytes.data() + at) return ReadState::broken;
      size_t data = line_end + 2;
      if (bytes.size() < data + size + 2) return ReadState::more;
      joined_body_.append(bytes.substr(data, size));
      at = data + size + 2;
      if (size == 0) break;
    }
    request.body = joined_body_;
    request.used_bytes = at;
    return ReadState::complete;
  }

  size_t needed_bytes_ = 0;
  std::string joined_body_;
};

}  // namespace bench
