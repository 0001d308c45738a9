// Writing JSON.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/grow.h"
#include "wire/json.h"
#include "wire/json_text.h"
#include "wire/scan.h"

namespace wye {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// What cannot be copied into a JSON string as it is, or not without another look.
struct NotPlain {
  static bool matches(unsigned char c) { return c < 0x20 || c > 0x7f || c == '"' || c == '\\'; }
#ifdef __SSE2__
  static __m128i matches(__m128i bytes) {
    // Compared as signed numbers, what is not ASCII is below the space too.
    const __m128i outside = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return _mm_or_si128(outside, _mm_or_si128(quote, backslash));
  }
#endif
};

bool is_plain(std::string_view text) {
  const char* const end = text.data() + text.size();
  return scan::find<NotPlain>(text.data(), end) == end;
}

// `text` in quotes, with a comma before it and a colon after it where they are wanted. Grows the
// string once, not four times.
void append_plain(std::string& out, bool comma, std::string_view text, bool colon) {
  char* at = grow(out, text.size() + 2 + comma + colon);
  if (comma) *at++ = ',';
  *at++ = '"';
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  at[text.size()] = '"';
  if (colon) at[text.size() + 1] = ':';
}

// A plain name with what stands around it; gives the place behind it.
char* write_key(char* at, bool comma, std::string_view name) {
  if (comma) *at++ = ',';
  *at++ = '"';
  if (!name.empty()) std::memcpy(at, name.data(), name.size());
  at += name.size();
  *at++ = '"';
  *at++ = ':';
  return at;
}

template <class Number>
void append_number(std::string& out, bool comma, Number number) {
  std::array<char, 32> digits;
  digits[0] = ',';
  const auto end = std::to_chars(digits.data() + 1, digits.data() + digits.size(), number);
  out.append(digits.data() + !comma, end.ptr);
}

void append_escape(std::string& out, char c) {
  static constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[c & 15];
  }
}

// Text that is valid UTF-8.
void append_escaped(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    const char* stop = scan::find<scan::JsonSpecial>(at, end);
    out.append(at, stop);
    if (stop == end) return;
    append_escape(out, *stop);
    at = stop + 1;
  }
}

// Bytes of the UTF-8 character in front, 0 when it is none.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length > text.size()) return 0;
  return is_utf8(text.substr(0, length)) ? length : 0;
}

std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    out += length > 0 ? text.substr(0, length) : replacement;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace

JsonWriter& JsonWriter::begin(char bracket) {
  separate();
  need_comma_ = false;
  out_.push_back(bracket);
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  need_comma_ = true;
  out_.push_back(bracket);
  return *this;
}

JsonKey::JsonKey(std::string_view name) : name_(name), plain_(is_plain(name)) {}

JsonWriter& JsonWriter::key(JsonKey name) {
  if (name.plain()) [[likely]] {
    append_plain(out_, need_comma_, name.name(), true);
  } else {
    separate();
    append_json_string(out_, name.name());
    out_.push_back(':');
  }
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::field(JsonKey name, std::int64_t number) {
  std::array<char, 64> room;
  constexpr std::size_t around = 4 + 20;  // comma, quotes, colon; the longest number
  if (!name.plain() || name.name().size() + around > room.size()) return key(name).value(number);
  char* at = write_key(room.data(), std::exchange(need_comma_, true), name.name());
  at = std::to_chars(at, room.data() + room.size(), number).ptr;
  out_.append(room.data(), at);
  return *this;
}

JsonWriter& JsonWriter::field(JsonKey name, std::string_view text) {
  if (!name.plain() || !is_plain(text)) return key(name).value(text);
  const bool comma = std::exchange(need_comma_, true);
  char* at = grow(out_, comma + name.name().size() + 3 + text.size() + 2);
  at = write_key(at, comma, name.name());
  *at++ = '"';
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  at[text.size()] = '"';
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  if (is_plain(text)) [[likely]] {
    append_plain(out_, std::exchange(need_comma_, true), text, false);
  } else {
    separate();
    append_json_string(out_, text);
  }
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
  append_number(out_, std::exchange(need_comma_, true), number);
  return *this;
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
  append_number(out_, std::exchange(need_comma_, true), number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  append_number(out_, std::exchange(need_comma_, true), number);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

void append_json_string(std::string& out, std::string_view text) {
  if (is_plain(text)) return append_plain(out, false, text, false);
  out.push_back('"');
  if (is_utf8(text))
    append_escaped(out, text);
  else
    append_escaped(out, repaired(text));
  out.push_back('"');
}

}  // namespace wye
