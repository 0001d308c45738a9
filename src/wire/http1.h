// HTTP/1.1 framing, strict: heads, body lengths, chunks. Anything ambiguous is a protocol fault,
// because a message that two parties can read differently is how requests are smuggled.
//
// Pure; a parsed head holds views into the caller's bytes and lives no longer than they do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wye {

struct Header {
  std::string_view name;   // as received
  std::string_view value;  // trimmed
};

inline constexpr std::size_t http_headers_max = 100;

// The header lines of one head, in order. Names compare without case.
class Headers {
 public:
  // Lines are made when they come: a hundred empty ones would cost as much as reading a head.
  Headers() {}  // NOLINT(modernize-use-equals-default)
  Headers(const Headers& other) { *this = other; }
  Headers& operator=(const Headers& other);
  ~Headers() = default;
  // The first value, or "" when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  std::span<const Header> all() const { return {lines_, count_}; }
  bool add(Header line);  // false: more than http_headers_max
  void clear() {
    count_ = 0;
    seen_ = 0;
  }

 private:
  // One bit of 64 for a name. Most names that are asked for are not there, and most of those are
  // told by their bit, without a look at any line.
  static std::uint64_t bit_of(std::string_view name) {
    const std::uint64_t first = static_cast<unsigned char>(name.empty() ? 0 : name.front() | 0x20);
    return std::uint64_t{1} << ((first * 7 + name.size()) & 63);
  }

  union {
    Header lines_[http_headers_max];
  };
  std::size_t count_ = 0;
  std::uint64_t seen_ = 0;  // the bits of all names
};

// How a body's length is known.
enum class Framing : std::uint8_t {
  none,
  length,
  chunked,
  until_close
};

struct RequestHead {
  std::string_view method;
  std::string_view target;  // origin form, starts with '/', query included; or "*" of OPTIONS
  Headers headers;
  Framing framing = Framing::none;  // never until_close
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expect_continue = false;
  int minor_version = 1;

  std::string_view path() const;   // target without its query
  std::string_view query() const;  // "" when there is none
};

struct ResponseHead {
  int status = 0;
  Headers headers;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
};

// The bytes of the head at the start of `bytes`, its blank line included; 0 when it is not all
// there yet; a protocol fault as soon as it can never become one (status 431 when longer than
// `head_bytes_max`).
Result<std::size_t> head_length(std::string_view bytes, std::size_t head_bytes_max);

// Parses exactly the bytes of one head. Faults carry kind protocol; Fault::status says which HTTP
// status to answer (400, 417, 431, 501, 505).
Result<void> parse_request_head(std::string_view head, RequestHead& out);
// `to_head` says that the request was a HEAD, whose answer has no body.
Result<void> parse_response_head(std::string_view head, bool to_head, ResponseHead& out);

// Takes chunked bytes in any portions, one step a call. Extensions and trailers are checked,
// limited and dropped.
class ChunkedReader {
 public:
  struct Piece {
    std::string_view data;  // payload found, a view into the input; may be empty
    std::size_t consumed;   // bytes of the input used up
  };
  // One step: the next piece of payload. Call with what is left until consumed == 0 or done().
  // What follows the body is never consumed. After a fault the reader is of no more use.
  Result<Piece> next(std::string_view in);
  bool done() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    done
  };
  const char* take(char c);
  const char* take_size(char c);
  const char* take_extension(char c);
  const char* take_trailer(char c);
  void begin_size();

  State state_ = State::size;
  int size_digits_ = 0;
  std::uint64_t left_ = 0;           // of the chunk
  std::size_t line_bytes_ = 0;       // of this extension
  std::size_t extension_bytes_ = 0;  // of all extensions
  std::size_t trailer_bytes_ = 0;
};

// Writers append to a string that the caller owns and reuses.
void write_status_line(std::string& out, int status);
void write_request_line(std::string& out, std::string_view method, std::string_view target);
// Control characters but tab are replaced by a space, so that no value can split a head.
void write_header(std::string& out, std::string_view name, std::string_view value);
void write_header(std::string& out, std::string_view name, std::uint64_t value);
// "1a2b\r\n", to be followed by the payload and "\r\n".
void write_chunk_head(std::string& out, std::size_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";
std::string_view reason_phrase(int status);

// A base address: https://api.example.com:8443/v1 -> scheme, host, port, path. Only http and https,
// no credentials, no query, no fragment. Faults are of kind config.
struct Url {
  bool tls = false;
  std::string host;  // an IPv6 address is without its brackets
  std::uint16_t port = 0;
  std::string path;  // without trailing '/', "" for the root
};
Result<Url> parse_url(std::string_view text);

// Percent-decodes a path; nothing for broken escapes or a NUL.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace wye
