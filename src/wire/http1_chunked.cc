// Chunked bodies, read strictly: sizes are plain hexadecimal, lines end with CRLF, extensions and
// trailers are checked, limited and dropped.
#include <algorithm>

#include "wire/http1.h"
#include "wire/scan.h"

namespace wye {
namespace {

constexpr int size_digits_max = 16;
constexpr std::size_t extension_line_bytes_max = 256;
// Over the whole body. Without it, a body of one-byte chunks could cost us its length 256 times.
constexpr std::size_t extension_bytes_max = 16UL * 1024;
constexpr std::size_t trailer_bytes_max = 8UL * 1024;

bool is_control(char c) { return scan::Control::matches(static_cast<unsigned char>(c)); }

}  // namespace

// One byte of framing; what is wrong with it, or nullptr.
const char* ChunkedReader::take(char c) {
  switch (state_) {
    case State::size: return take_size(c);
    case State::extension: return take_extension(c);
    case State::size_lf:
      if (c != '\n') return "a chunk size line does not end with CRLF";
      state_ = left_ == 0 ? State::trailer_start : State::data;
      return nullptr;
    case State::data_cr:
      state_ = State::data_lf;
      return c == '\r' ? nullptr : "a chunk is longer than its size says";
    case State::data_lf:
      begin_size();
      return c == '\n' ? nullptr : "a chunk does not end with CRLF";
    case State::trailer_start:
    case State::trailer_name:
    case State::trailer_value:
    case State::trailer_lf:
    case State::end_lf: return take_trailer(c);
    case State::data:
    case State::done: break;
  }
  return nullptr;
}

void ChunkedReader::begin_size() {
  state_ = State::size;
  left_ = 0;
  size_digits_ = 0;
  line_bytes_ = 0;
}

const char* ChunkedReader::take_size(char c) {
  if (const int digit = scan::hex_value(c); digit >= 0) {
    if (++size_digits_ > size_digits_max) return "a chunk size has too many digits";
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    return nullptr;
  }
  if (size_digits_ == 0 || (c != '\r' && c != ';')) return "a chunk size is not plain hexadecimal";
  state_ = c == ';' ? State::extension : State::size_lf;
  return nullptr;
}

const char* ChunkedReader::take_extension(char c) {
  if (c == '\r') {
    state_ = State::size_lf;
    return nullptr;
  }
  if (is_control(c)) return "a chunk extension has a control character";
  if (++line_bytes_ > extension_line_bytes_max || ++extension_bytes_ > extension_bytes_max)
    return "the chunk extensions are too long";
  return nullptr;
}

const char* ChunkedReader::take_trailer(char c) {
  if (++trailer_bytes_ > trailer_bytes_max) return "the trailers are too long";
  switch (state_) {
    case State::trailer_start:
      state_ = c == '\r' ? State::end_lf : State::trailer_name;
      return c == '\r' || scan::token_bytes.has(c) ? nullptr : "a trailer has no name";
    case State::trailer_name:
      if (c == ':') state_ = State::trailer_value;
      return c == ':' || scan::token_bytes.has(c) ? nullptr : "a trailer name is malformed";
    case State::trailer_value:
      if (c == '\r') state_ = State::trailer_lf;
      return c == '\r' || !is_control(c) ? nullptr : "a trailer value has a control character";
    case State::trailer_lf:
      state_ = State::trailer_start;
      return c == '\n' ? nullptr : "a trailer does not end with CRLF";
    default: state_ = State::done; return c == '\n' ? nullptr : "the body does not end with CRLF";
  }
}

Result<ChunkedReader::Piece> ChunkedReader::next(std::string_view in) {
  std::size_t used = 0;
  while (used < in.size() && state_ != State::data && state_ != State::done)
    if (const char* why = take(in[used++])) return fail(FaultKind::protocol, why);
  if (state_ != State::data) return Piece{{}, used};
  const std::string_view data = in.substr(used, std::min<std::uint64_t>(left_, in.size() - used));
  left_ -= data.size();
  if (left_ == 0) state_ = State::data_cr;
  return Piece{data, used + data.size()};
}

}  // namespace wye
