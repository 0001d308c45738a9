// Fuzzes heads, chunked bodies and addresses. The first byte of the input picks one, the second
// the size of the reads.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "wire/http1.h"

namespace {

using namespace wye;

constexpr std::size_t head_bytes_max = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_token(std::string_view text) {
  const auto is_token_byte = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, is_token_byte);
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

std::size_t count_of(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers.all(), [&](const Header& line) { return equal_ignoring_case(line.name, name); }));
}

void check_headers(const Headers& headers, Framing framing) {
  for (const Header& line : headers.all()) {
    require(is_token(line.name));
    require(!has_control(line.value));
    require(line.value == trim(line.value));
  }
  const std::size_t lengths = count_of(headers, "content-length");
  const std::size_t encodings = count_of(headers, "transfer-encoding");
  require(lengths + encodings <= 1);
  if (framing == Framing::length) require(lengths == 1);
  if (framing == Framing::chunked) require(encodings == 1);
}

// The bytes of the head in front, 0 when there is none.
std::size_t whole_head(std::string_view bytes) {
  const auto length = head_length(bytes, head_bytes_max);
  if (!length || *length == 0) return 0;
  require(*length <= std::min(bytes.size(), head_bytes_max));
  require(bytes.substr(0, *length).find("\r\n\r\n") == *length - 4);
  for (std::size_t size = 0; size < *length; ++size)
    require(head_length(bytes.substr(0, size), head_bytes_max).value() == 0);
  return *length;
}

// Writing what was read and reading it again gives the same.
void check_written_again(const RequestHead& head) {
  std::string out;
  write_request_line(out, head.method, head.target);
  for (const Header& line : head.headers.all()) write_header(out, line.name, line.value);
  out += "\r\n";
  RequestHead again;
  if (head.minor_version == 0 && !head.headers.has("host")) return;  // it is written as 1.1
  require(parse_request_head(out, again).has_value());
  require(again.method == head.method && again.target == head.target);
  require(again.framing == head.framing && again.content_length == head.content_length);
  require(std::ranges::equal(
      again.headers.all(), head.headers.all(),
      [](const Header& a, const Header& b) { return a.name == b.name && a.value == b.value; }));
}

void fuzz_request(std::string_view bytes) {
  const std::size_t length = whole_head(bytes);
  RequestHead head;
  const bool parsed = parse_request_head(bytes.substr(0, length), head).has_value();
  require(!parsed || length > 0);
  if (!parsed) return;
  require(is_token(head.method));
  require(head.target == "*" || head.target.starts_with('/'));
  require(!has_control(head.target) && head.target.find_first_of(" #\t") == std::string_view::npos);
  require(head.framing != Framing::until_close);
  require(head.minor_version == 0 || count_of(head.headers, "host") == 1);
  require(head.minor_version == 1 || head.framing != Framing::chunked);
  check_headers(head.headers, head.framing);
  check_written_again(head);
}

void fuzz_response(std::string_view bytes, bool to_head) {
  const std::size_t length = whole_head(bytes);
  ResponseHead head;
  if (!parse_response_head(bytes.substr(0, length), to_head, head)) return;
  require(length > 0);
  require(head.status >= 100 && head.status <= 599);
  require(!to_head || head.framing == Framing::none);
  require(head.framing != Framing::until_close || !head.keep_alive);
  check_headers(head.headers, head.framing);
}

struct Body {
  std::string payload;
  std::size_t consumed = 0;
  bool done = false;
  bool refused = false;
  bool operator==(const Body&) const = default;
};

Body read_body(std::string_view bytes, std::size_t portion) {
  ChunkedReader reader;
  Body body;
  while (body.consumed < bytes.size() && !reader.done()) {
    std::string_view in = bytes.substr(body.consumed, portion);
    while (!in.empty() && !reader.done()) {
      const auto piece = reader.next(in);
      if (!piece) {
        body.refused = true;
        body.consumed = 0;  // how far a refused body was read is nobody's business
        return body;
      }
      require(piece->consumed > 0 && piece->consumed <= in.size());
      body.payload += piece->data;
      body.consumed += piece->consumed;
      in.remove_prefix(piece->consumed);
    }
  }
  body.done = reader.done();
  return body;
}

void fuzz_chunks(std::string_view bytes, std::size_t portion) {
  const Body whole = read_body(bytes, bytes.size());
  require(read_body(bytes, portion) == whole);
  require(read_body(bytes, 1) == whole);
  if (!whole.done) return;
  require(bytes.substr(0, whole.consumed).ends_with("\r\n"));
  std::string again;
  if (!whole.payload.empty()) {
    write_chunk_head(again, whole.payload.size());
    again += whole.payload + "\r\n";
  }
  again += last_chunk;
  const Body reread = read_body(again, portion);
  require(reread.done && reread.payload == whole.payload && reread.consumed == again.size());
}

void fuzz_address(std::string_view text) {
  if (const auto url = parse_url(text)) {
    require(!url->host.empty() && url->port != 0);
    require(url->host.find_first_of("/@?# \r\n") == std::string::npos);
    require(url->path.empty() || (url->path.front() == '/' && url->path.back() != '/'));
    require(!has_control(url->path));
  }
  const auto decoded = percent_decode(text);
  if (decoded) require(decoded->size() <= text.size() && decoded->find('\0') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  switch (data[0] % 5) {
    case 0: fuzz_request(bytes); break;
    case 1: fuzz_response(bytes, false); break;
    case 2: fuzz_response(bytes, true); break;
    case 3: fuzz_chunks(bytes, 1 + data[1] % 32); break;
    default: fuzz_address(bytes);
  }
  return 0;
}
