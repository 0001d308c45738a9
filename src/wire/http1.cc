// HTTP/1.1 heads, read strictly. Chunks are in http1_chunked.cc, writing is in http1_write.cc.
//
// Inside this file a refusal is two words in registers; it becomes a Fault only at the door,
// because a Fault is large and the way without one is taken for every request.
#include "wire/http1.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "wire/scan.h"

namespace wye {
namespace {

// RFC 3986: unreserved, sub-delims, ':' '@' '/' '?' and '%'. No '#': a fragment is never sent.
constexpr scan::ByteSet target_bytes = scan::ByteSet("-._~!$&'()*+,;=:@/?%").with_alphanumeric();
// No comma, although reg-name has it: two hosts in one field are two hosts.
constexpr scan::ByteSet host_bytes = scan::ByteSet("-._~!$&'()*+;=:%[]").with_alphanumeric();

constexpr std::uint64_t length_digits_max = 19;  // so that no length overflows 64 bits

// What most names of headers are not made of. What is found is looked up among the token bytes.
struct NotCommonInName {
  static bool matches(unsigned char c) {
    const unsigned char letter = c | 0x20;
    return !(letter >= 'a' && letter <= 'z') && !(c >= '0' && c <= '9') && c != '-';
  }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) {
    const __m128i letter = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i digit = in_range(bytes, '0', '9');
    const __m128i dash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-'));
    return _mm_cmpeq_epi8(_mm_or_si128(_mm_or_si128(letter, digit), dash), _mm_setzero_si128());
  }
  // As signed numbers, what is not ASCII is below everything else.
  static __m128i in_range(__m128i bytes, char first, char last) {
    const char before = static_cast<char>(first - 1);
    const char behind = static_cast<char>(last + 1);
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(before)),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8(behind)));
  }
#endif
};

struct Refusal {
  int status = 0;  // 0: not refused
  const char* why = nullptr;
  explicit operator bool() const { return status != 0; }
};

[[gnu::cold, gnu::noinline]] tl::unexpected<Fault> refuse(Refusal refusal) {
  Fault refused = fault(FaultKind::protocol, refusal.why);
  refused.status = refusal.status;
  return fail(std::move(refused));
}

// What is left of the head.
struct Cursor {
  const char* at;
  const char* end;

  // Takes the CRLF in front; false when something else is there.
  bool take_line_end() {
    if (end - at < 2 || at[0] != '\r' || at[1] != '\n') return false;
    at += 2;
    return true;
  }
  bool take(char c) {
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  std::string_view take_token() {
    const char* from = at;
    at = scan::find<NotCommonInName>(at, end);
    while (at != end && scan::token_bytes.has(*at)) ++at;
    return {from, static_cast<std::size_t>(at - from)};
  }
  std::string_view take_while(const scan::ByteSet& set) {
    const char* from = at;
    while (at != end && set.has(*at)) ++at;
    return {from, static_cast<std::size_t>(at - from)};
  }
};

// What the header lines say about framing and the connection, gathered while they are read.
struct Signals {
  std::uint64_t content_length = 0;
  bool has_length = false;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;
  bool expects = false;
  bool expects_continue = true;  // every Expect line said 100-continue
  bool has_host = false;
};

Refusal note_content_length(std::string_view value, Signals& signals) {
  if (signals.has_length) return {400, "Content-Length is given twice"};
  if (value.empty() || value.size() > length_digits_max)
    return {400, "Content-Length is not a plain decimal number"};
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(c)) return {400, "Content-Length is not a plain decimal number"};
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  signals.content_length = length;
  signals.has_length = true;
  return {};
}

Refusal note_transfer_encoding(std::string_view value, Signals& signals) {
  if (signals.chunked) return {400, "Transfer-Encoding is given twice"};
  if (!equal_ignoring_case(value, "chunked"))
    return {501, "the only Transfer-Encoding understood is exactly one \"chunked\""};
  signals.chunked = true;
  return {};
}

Refusal note_host(std::string_view value, Signals& signals) {
  if (signals.has_host) return {400, "Host is given twice"};
  if (!host_bytes.has_all(value)) return {400, "Host is not a host name with an optional port"};
  signals.has_host = true;
  return {};
}

void note_connection(std::string_view value, Signals& signals) {
  while (true) {
    const std::size_t comma = value.find(',');
    const std::string_view option = trim(value.substr(0, comma));
    if (equal_ignoring_case(option, "close")) signals.close = true;
    if (equal_ignoring_case(option, "keep-alive")) signals.keep_alive = true;
    if (comma == std::string_view::npos) return;
    value.remove_prefix(comma + 1);
  }
}

void note_expect(std::string_view value, Signals& signals) {
  signals.expects = true;
  if (!equal_ignoring_case(value, "100-continue")) signals.expects_continue = false;
}

// The length of a name tells nearly all header lines that do not matter here from those that do.
Refusal note(const Header& line, Signals& signals) {
  const auto is = [&](std::string_view name) { return equal_ignoring_case(line.name, name); };
  switch (line.name.size()) {
    case 4:
      if (is("host")) return note_host(line.value, signals);
      break;
    case 6:
      if (is("expect")) note_expect(line.value, signals);
      break;
    case 10:
      if (is("connection")) note_connection(line.value, signals);
      break;
    case 14:
      if (is("content-length")) return note_content_length(line.value, signals);
      break;
    case 17:
      if (is("transfer-encoding")) return note_transfer_encoding(line.value, signals);
      break;
    default: break;
  }
  return {};
}

Refusal name_refusal(Cursor in, std::string_view name) {
  if (in.at != in.end && (*in.at == ' ' || *in.at == '\t'))
    return {400, name.empty() ? "a header line begins with a space (obsolete folding)"
                              : "there is a space before the colon of a header"};
  if (name.empty()) return {400, "a header has no name"};
  return {400, "a header name has a byte that is not allowed there, or no colon follows"};
}

Refusal read_header_line(Cursor& in, Header& line) {
  line.name = in.take_token();
  if (line.name.empty() || !in.take(':')) return name_refusal(in, line.name);
  const char* from = in.at;
  in.at = scan::find<scan::Control>(in.at, in.end);
  const char* to = in.at;
  if (!in.take_line_end())
    return {400, "a header value has a control character or a bare CR or LF"};
  while (from != to && (*from == ' ' || *from == '\t')) ++from;
  while (to != from && (to[-1] == ' ' || to[-1] == '\t')) --to;
  line.value = {from, static_cast<std::size_t>(to - from)};
  return {};
}

// All header lines and the blank one, which must be the last thing there is.
Refusal read_header_lines(Cursor& in, Headers& headers, Signals& signals) {
  while (!in.take_line_end()) {
    if (in.at == in.end) return {400, "the head has no blank line at its end"};
    Header line;
    if (const Refusal refusal = read_header_line(in, line)) return refusal;
    if (!headers.add(line)) return {431, "there are too many headers"};
    if (const Refusal refusal = note(line, signals)) return refusal;
  }
  if (in.at != in.end) return {400, "something follows the blank line of the head"};
  return {};
}

// "HTTP/1.1" or "HTTP/1.0".
Refusal read_version(Cursor& in, int& minor_version) {
  const bool shaped = in.end - in.at >= 8 && std::memcmp(in.at, "HTTP/", 5) == 0 &&
                      is_digit(in.at[5]) && in.at[6] == '.' && is_digit(in.at[7]);
  if (!shaped) return {400, "the HTTP version is missing or malformed"};
  if (in.at[5] != '1' || in.at[7] > '1') return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  minor_version = in.at[7] - '0';
  in.at += 8;
  return {};
}

Refusal check_target(std::string_view method, std::string_view target) {
  if (target == "*") {
    if (method == "OPTIONS") return {};
    return {400, "the target \"*\" is for OPTIONS only"};
  }
  if (target.empty() || target.front() != '/')
    return {400, "the request target must be a path that begins with '/'"};
  return {};
}

Refusal read_request_line(Cursor& in, RequestHead& out) {
  out.method = in.take_token();
  if (out.method.empty() || !in.take(' ')) return {400, "the method is missing or malformed"};
  out.target = in.take_while(target_bytes);
  if (!in.take(' ')) return {400, "the request target is missing or has a byte not allowed in it"};
  if (const Refusal refusal = check_target(out.method, out.target)) return refusal;
  if (const Refusal refusal = read_version(in, out.minor_version)) return refusal;
  if (!in.take_line_end()) return {400, "the request line does not end after the HTTP version"};
  return {};
}

Refusal settle_request(const Signals& signals, RequestHead& out) {
  if (signals.chunked && signals.has_length)
    return {400, "Content-Length and Transfer-Encoding exclude each other"};
  if (signals.chunked && out.minor_version == 0) return {400, "HTTP/1.0 has no Transfer-Encoding"};
  if (!signals.has_host && out.minor_version == 1) return {400, "Host is missing"};
  if (!signals.expects_continue) return {417, "the only expectation met is 100-continue"};
  out.framing = signals.chunked      ? Framing::chunked
                : signals.has_length ? Framing::length
                                     : Framing::none;
  out.content_length = signals.content_length;
  out.keep_alive = !signals.close && (out.minor_version == 1 || signals.keep_alive);
  // HTTP/1.0 clients cannot have meant it, says the standard.
  out.expect_continue = signals.expects && out.minor_version == 1;
  return {};
}

Refusal request_refusal(std::string_view head, RequestHead& out) {
  Cursor in{head.data(), head.data() + head.size()};
  Signals signals;
  out.headers.clear();
  if (const Refusal refusal = read_request_line(in, out)) return refusal;
  if (const Refusal refusal = read_header_lines(in, out.headers, signals)) return refusal;
  return settle_request(signals, out);
}

Refusal read_status(Cursor& in, int& status) {
  int value = 0;
  for (int i = 0; i < 3; ++i) {
    if (in.at == in.end || !is_digit(*in.at))
      return {400, "the status is not a number of three digits"};
    value = value * 10 + (*in.at++ - '0');
  }
  if (value < 100 || value > 599) return {400, "the status is not between 100 and 599"};
  status = value;
  return {};
}

// "HTTP/1.1 200 OK"; the reason, and the space before it, may be missing.
Refusal read_status_line(Cursor& in, int& minor_version, int& status) {
  if (const Refusal refusal = read_version(in, minor_version)) return refusal;
  if (!in.take(' ')) return {400, "no status follows the HTTP version"};
  if (const Refusal refusal = read_status(in, status)) return refusal;
  if (in.take(' ')) in.at = scan::find<scan::Control>(in.at, in.end);
  if (!in.take_line_end()) return {400, "the status line is malformed"};
  return {};
}

bool has_no_body(int status, bool to_head) {
  return to_head || status < 200 || status == 204 || status == 304;
}

Refusal settle_response(const Signals& signals, int minor_version, bool to_head,
                        ResponseHead& out) {
  if (signals.chunked && signals.has_length)
    return {400, "Content-Length and Transfer-Encoding exclude each other"};
  if (signals.chunked && minor_version == 0) return {400, "HTTP/1.0 has no Transfer-Encoding"};
  out.keep_alive = minor_version == 1 && !signals.close;
  out.content_length = signals.content_length;
  if (has_no_body(out.status, to_head)) {
    out.framing = Framing::none;
    // A server that announces a body where none can be may send it all the same.
    const bool announced = signals.chunked || signals.content_length > 0;
    if (announced && !to_head && out.status != 304) out.keep_alive = false;
  } else if (signals.chunked) {
    out.framing = Framing::chunked;
  } else if (signals.has_length) {
    out.framing = Framing::length;
  } else {
    out.framing = Framing::until_close;
    out.keep_alive = false;
  }
  return {};
}

Refusal response_refusal(std::string_view head, bool to_head, ResponseHead& out) {
  Cursor in{head.data(), head.data() + head.size()};
  Signals signals;
  int minor_version = 1;
  out.headers.clear();
  if (const Refusal refusal = read_status_line(in, minor_version, out.status)) return refusal;
  if (const Refusal refusal = read_header_lines(in, out.headers, signals)) return refusal;
  return settle_response(signals, minor_version, to_head, out);
}

// Looks at one LF of a head that is still arriving. `head_end` is set when its blank line is there.
Refusal look_at_line_feed(std::string_view bytes, std::size_t at, std::size_t& head_end) {
  if (at == 0 || bytes[at - 1] != '\r') return {400, "a line of the head ends with a bare LF"};
  if (at + 2 < bytes.size() && bytes[at + 1] == '\r' && bytes[at + 2] == '\n') head_end = at + 3;
  return {};
}

Refusal find_head_end(std::string_view bytes, std::size_t& head_end) {
  Refusal refusal;
  scan::for_each<scan::Byte<'\n'>>(bytes.data(), bytes.data() + bytes.size(), [&](const char* at) {
    refusal = look_at_line_feed(bytes, static_cast<std::size_t>(at - bytes.data()), head_end);
    return !refusal && head_end == 0;
  });
  return refusal;
}

}  // namespace

Headers& Headers::operator=(const Headers& other) {
  count_ = other.count_;
  seen_ = other.seen_;
  std::copy(other.lines_, other.lines_ + count_, lines_);
  return *this;
}

std::string_view Headers::get(std::string_view name) const {
  if ((seen_ & bit_of(name)) == 0) return {};
  // Nearly all names differ in length already, which needs no call to be seen.
  for (const Header& line : all())
    if (line.name.size() == name.size() && equal_ignoring_case(line.name, name)) return line.value;
  return {};
}

bool Headers::has(std::string_view name) const {
  if ((seen_ & bit_of(name)) == 0) return false;
  return std::ranges::any_of(
      all(), [&](const Header& line) { return equal_ignoring_case(line.name, name); });
}

bool Headers::add(Header line) {
  if (count_ == http_headers_max) return false;
  lines_[count_++] = line;
  seen_ |= bit_of(line.name);
  return true;
}

std::string_view RequestHead::path() const { return target.substr(0, target.find('?')); }

std::string_view RequestHead::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

Result<std::size_t> head_length(std::string_view bytes, std::size_t head_bytes_max) {
  if (bytes.empty()) return 0;
  // A blank line, a space or a TLS handshake is told from a head by its first byte.
  if (!scan::token_bytes.has(bytes.front()))
    return refuse({400, "this is not the beginning of a head"});
  std::size_t head_end = 0;
  if (const Refusal refusal = find_head_end(bytes.substr(0, head_bytes_max), head_end))
    return refuse(refusal);
  if (head_end == 0 && bytes.size() >= head_bytes_max) return refuse({431, "the head is too long"});
  return head_end;
}

Result<void> parse_request_head(std::string_view head, RequestHead& out) {
  if (const Refusal refusal = request_refusal(head, out)) return refuse(refusal);
  return {};
}

Result<void> parse_response_head(std::string_view head, bool to_head, ResponseHead& out) {
  if (const Refusal refusal = response_refusal(head, to_head, out)) return refuse(refusal);
  return {};
}

}  // namespace wye
