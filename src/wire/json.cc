// Reading JSON. simdjson's first stage finds the tokens and proves the encoding; the check here
// proves the grammar over those tokens, once and for all; on-demand then hands out the values.
#include "wire/json.h"

#include <array>
#include <cstring>

#include "base/text.h"
#include "wire/json_tokens.h"
#include "wire/scan.h"

namespace wye {
namespace {

using simdjson::ondemand::json_iterator;
using simdjson::ondemand::value_iterator;
using Token = simdjson::ondemand::token_position;  // points at the offset of a token's first byte

// A reader that once saw a huge document gives its buffers (seven times its size) back when the
// next one is small again.
constexpr std::size_t kept_bytes_max = 4 << 20;

constexpr scan::ByteSet scalar_ends(" \t\n\r,:]}[{");
constexpr scan::ByteSet simple_escapes("\"\\/bfnrt");

// What on-demand protects is reached by pointers to members of a derived class; nothing is cast.
struct Tokens : json_iterator {
  explicit Tokens(json_iterator&& iterator) : json_iterator(std::move(iterator)) {}
  Token end() const { return end_position(); }
  static std::size_t capacity(json_iterator& iterator) {
    return (iterator.*(&Tokens::parser))->capacity();
  }
};
struct ValueAccess : JsonValue {
  static value_iterator& iterator(JsonValue& value) { return value.*(&ValueAccess::iter); }
};
struct ObjectAccess : JsonObject {
  static value_iterator& iterator(JsonObject& object) { return object.*(&ObjectAccess::iter); }
};
struct IteratorAccess : value_iterator {
  static Token start(value_iterator& iterator) {
    return iterator.*(&IteratorAccess::_start_position);
  }
  static std::int32_t depth(const value_iterator& iterator) {
    return iterator.*(&IteratorAccess::_depth);
  }
};

// The four hexadecimal digits at `at`, or -1.
int read_hex4(const char* at) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = scan::hex_value(at[i]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

bool is_high_surrogate(int unit) { return (unit & 0xfc00) == 0xd800; }
bool is_low_surrogate(int unit) { return (unit & 0xfc00) == 0xdc00; }

struct Escape {
  std::size_t length = 0;  // of the escape, 0 when it is invalid
  int code_point = 0;      // of \u
};

// "\u0041", or two of them for what lies beyond the first plane. Reads up to twelve bytes, but none
// after one that makes it invalid.
Escape read_unicode_escape(const char* at) {
  const int unit = read_hex4(at + 2);
  if (unit < 0 || is_low_surrogate(unit)) return {};
  if (!is_high_surrogate(unit)) return {6, unit};
  if (at[6] != '\\' || at[7] != 'u') return {};
  const int low = read_hex4(at + 8);
  if (low < 0 || !is_low_surrogate(low)) return {};
  return {12, 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff))};
}

std::size_t escape_length(const char* at) {
  if (simple_escapes.has(at[1])) return 2;
  return at[1] == 'u' ? read_unicode_escape(at).length : 0;
}

// The place of the first invalid escape in `text`, or its size. Strings need not be told from the
// rest for that: outside of them the grammar refuses every backslash.
std::size_t find_invalid_escape(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* invalid = end;
  const char* done = text.data();  // up to here escapes were looked at
  scan::for_each<scan::Byte<'\\'>>(text.data(), end, [&](const char* at) {
    if (at < done) return true;
    const std::size_t length = escape_length(at);
    if (length == 0) invalid = at;
    done = at + length;
    return length != 0;
  });
  return static_cast<std::size_t>(invalid - text.data());
}

// Proves that the tokens make one JSON object, strings apart.
class Check {
 public:
  Check(std::string_view text, Token from, Token to) : text_(text.data()), at_(from), end_(to) {}

  bool whole() {
    if (take() != '{') return refuse("the root must be an object");
    // With a '}' at the end no number and no literal can run over the end of the text.
    if (text_[end_[-1]] != '}') {
      at_ = end_;
      return refuse("it ends too early, or something follows its end");
    }
    if (!object(1)) return false;
    if (at_ == end_) return true;
    ++at_;
    return refuse("something follows its end");
  }

  const char* why() const { return why_; }
  // Of the token at fault.
  std::size_t offset() const { return at_[-1]; }

 private:
  bool refuse(const char* why) {
    why_ = why;
    return false;
  }

  // The first byte of the next token; 0 at the end, which no rule expects.
  char take() { return at_ == end_ ? '\0' : text_[*at_++]; }

  bool value(int depth) {
    switch (take()) {
      case '"': return true;  // the first stage has found its closing quote
      case '{': return object(depth + 1);
      case '[': return array(depth + 1);
      case 't': return literal("true");
      case 'f': return literal("false");
      case 'n': return literal("null");
      default: return number();
    }
  }

  bool object(int depth) {
    if (depth > json_depth_max) return refuse("it is nested too deeply");
    char c = take();
    if (c == '}') return true;
    while (true) {
      if (c != '"') return refuse("a key was expected");
      if (take() != ':') return refuse("a colon was expected");
      if (!value(depth)) return false;
      c = take();
      if (c == '}') return true;
      if (c != ',') return refuse("a comma or '}' was expected");
      c = take();
    }
  }

  bool array(int depth) {
    if (depth > json_depth_max) return refuse("it is nested too deeply");
    if (at_ != end_ && text_[*at_] == ']') {
      ++at_;
      return true;
    }
    while (true) {
      if (!value(depth)) return false;
      const char c = take();
      if (c == ']') return true;
      if (c != ',') return refuse("a comma or ']' was expected");
    }
  }

  bool literal(std::string_view word) {
    const char* at = text_ + at_[-1];
    if (std::memcmp(at, word.data(), word.size()) != 0 || !scalar_ends.has(at[word.size()]))
      return refuse("a value was expected");
    return true;
  }

  bool number() {
    const char* at = text_ + at_[-1];
    if (*at == '-') ++at;
    if (!is_digit(*at)) return refuse("a value was expected");
    if (*at == '0')
      ++at;
    else
      skip_digits(at);
    if (*at == '.' && !skip_digits(++at)) return refuse("a number is malformed");
    if (*at == 'e' || *at == 'E') {
      ++at;
      if (*at == '+' || *at == '-') ++at;
      if (!skip_digits(at)) return refuse("a number is malformed");
    }
    return scalar_ends.has(*at) || refuse("a number is malformed");
  }

  static bool skip_digits(const char*& at) {
    const char* const from = at;
    while (is_digit(*at)) ++at;
    return at != from;
  }

  const char* text_;
  Token at_;
  Token end_;
  const char* why_ = nullptr;
};

tl::unexpected<Fault> malformed(std::string_view why) {
  return fail(FaultKind::bad_request, std::string("malformed JSON: ").append(why));
}

tl::unexpected<Fault> malformed(std::string_view why, std::size_t offset) {
  return malformed(std::string(why) + " at byte " + std::to_string(offset));
}

std::string_view sentence(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY: return "there is none";
    case simdjson::UTF8_ERROR: return "it is not valid UTF-8";
    case simdjson::UNCLOSED_STRING: return "a string is not closed";
    case simdjson::UNESCAPED_CHARS: return "a string has an unescaped control character";
    case simdjson::CAPACITY: return "it is too large";
    default: return simdjson::error_message(error);
  }
}

char* put_utf8(char* out, int code_point) {
  const auto put = [&](int byte) { *out++ = static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | code_point >> 6);
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3f));
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
  return out;
}

char unescaped(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
  }
}

// Writes the content of a string, given without its quotes, to `out`, which has room for as many
// bytes. The end of what was written, or nullptr for an invalid escape. A quote must be readable
// after the content: it stops every escape that would run over the end.
char* unescape(std::string_view content, char* out) {
  const char* at = content.data();
  const char* const end = at + content.size();
  while (true) {
    const char* stop = scan::find<scan::Byte<'\\'>>(at, end);
    const auto run = static_cast<std::size_t>(stop - at);
    std::memcpy(out, at, run);
    out += run;
    if (stop == end) return out;
    if (stop[1] == 'u') {
      const Escape escape = read_unicode_escape(stop);
      if (escape.length == 0) return nullptr;
      out = put_utf8(out, escape.code_point);
      at = stop + escape.length;
    } else {
      if (!simple_escapes.has(stop[1])) return nullptr;
      *out++ = unescaped(stop[1]);
      at = stop + 2;
    }
  }
}

// Unescapes into the parser's buffer, which has room for every string once. On-demand itself would
// write over the buffer's end if a string were read again and again.
std::optional<std::string_view> unescape_in(json_iterator& tokens, std::string_view content) {
  json_iterator fresh(tokens);
  fresh.rewind();
  const auto used = static_cast<std::size_t>(tokens.string_buf_loc() - fresh.string_buf_loc());
  if (used + content.size() > Tokens::capacity(tokens)) return std::nullopt;
  char* const out = reinterpret_cast<char*>(tokens.string_buf_loc());
  char* const end = unescape(content, out);
  if (end == nullptr) return std::nullopt;
  tokens.string_buf_loc() = reinterpret_cast<uint8_t*>(end);
  return std::string_view(out, static_cast<std::size_t>(end - out));
}

const char* byte_at(json_iterator& tokens, Token token) {
  return reinterpret_cast<const char*>(tokens.peek(token));
}

// The token after the value that begins at `token`.
Token after_value(json_iterator& tokens, Token token) {
  int open = 0;
  do {
    const char c = *byte_at(tokens, token++);
    if (c == '{' || c == '[') ++open;
    if (c == '}' || c == ']') --open;
  } while (open > 0);
  return token;
}

// From the beginning of the token `from` to the end of the one before `to`.
std::string_view text_between(json_iterator& tokens, Token from, Token to) {
  const char* const begin = byte_at(tokens, from);
  const char* end = byte_at(tokens, to);
  while (is_space(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view scalar_text(JsonValue& value) {
  value_iterator& iterator = ValueAccess::iterator(value);
  const Token start = IteratorAccess::start(iterator);
  return text_between(iterator.json_iter(), start, start + 1);
}

template <class T>
Result<T> checked(simdjson::simdjson_result<T> read, std::string_view path,
                  std::string_view wanted) {
  T out;
  if (std::move(read).get(out) != simdjson::SUCCESS) return fail(wrong_type(path, wanted));
  return out;
}

}  // namespace

Result<JsonObject> JsonReader::open(std::string_view text) {
  if (text.empty()) return malformed(sentence(simdjson::EMPTY));  // iterate_raw would crash
  if (parser_.capacity() > kept_bytes_max && text.size() <= kept_bytes_max)
    parser_ = simdjson::ondemand::parser();
  const simdjson::padded_string_view padded(text, text.size() + simdjson::SIMDJSON_PADDING);
  json_iterator iterator;
  if (const auto error = parser_.iterate_raw(padded).get(iterator))
    return malformed(sentence(error));
  Tokens tokens(std::move(iterator));
  Check check(text, tokens.position(), tokens.end());
  if (!check.whole()) return malformed(check.why(), check.offset());
  if (const std::size_t at = find_invalid_escape(text); at != text.size())
    return malformed("a string has an invalid escape", at);
  document_ = Document(std::move(tokens));
  return root_object();
}

Result<JsonObject> JsonReader::reopen() {
  document_.rewind();
  return root_object();
}

Result<JsonObject> JsonReader::root_object() {
  JsonObject root;
  if (document_.get_object().get(root) != simdjson::SUCCESS) return malformed("no object");
  return root;
}

void pad(std::string& text) { text.reserve(text.size() + simdjson::SIMDJSON_PADDING); }

JsonSpan value_span(std::string_view text, JsonValue value) {
  value_iterator& iterator = ValueAccess::iterator(value);
  const Token start = IteratorAccess::start(iterator);
  const Token end = after_value(iterator.json_iter(), start);
  const std::string_view found = text_between(iterator.json_iter(), start, end);
  return {static_cast<std::size_t>(found.data() - text.data()), found.size()};
}

JsonSpan member_span(std::string_view text, JsonValue value) {
  value_iterator& iterator = ValueAccess::iterator(value);
  const Token key = IteratorAccess::start(iterator) - 2;  // over the colon
  const JsonSpan value_at = value_span(text, value);
  const auto begin = static_cast<std::size_t>(byte_at(iterator.json_iter(), key) - text.data());
  return {begin, value_at.end() - begin};
}

Result<std::string_view> read_string(JsonValue& value, std::string_view path) {
  std::string_view content = scalar_text(value);
  if (content.front() != '"') return fail(wrong_type(path, "a string"));
  content = content.substr(1, content.size() - 2);
  if (std::memchr(content.data(), '\\', content.size()) == nullptr) return content;
  const auto text = unescape_in(ValueAccess::iterator(value).json_iter(), content);
  if (!text) return json_detail::unreadable(path);
  return *text;
}

Result<std::int64_t> read_int(JsonValue& value, std::string_view path) {
  return checked(value.get_int64(), path, "an integer");
}
Result<bool> read_bool(JsonValue& value, std::string_view path) {
  return checked(value.get_bool(), path, "true or false");
}
Result<double> read_double(JsonValue& value, std::string_view path) {
  return checked(value.get_double(), path, "a number");
}

Fault wrong_type(std::string_view path, std::string_view wanted) {
  Fault wrong =
      fault(FaultKind::bad_request, std::string(path) + " must be " + std::string(wanted));
  wrong.param = path;
  return wrong;
}

bool append_unescaped(std::string& out, std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return false;
  const std::string_view content = quoted.substr(1, quoted.size() - 2);
  const char* const end = content.data() + content.size();
  for (const char* at = content.data(); (at = scan::find<scan::JsonSpecial>(at, end)) != end;) {
    const std::size_t length = *at == '\\' ? escape_length(at) : 0;
    if (length == 0 || length > static_cast<std::size_t>(end - at)) return false;
    at += length;
  }
  const std::size_t size = out.size();
  out.resize(size + content.size());
  char* const written = unescape(content, out.data() + size);
  out.resize(static_cast<std::size_t>(written - out.data()));
  return true;
}

JsonTokens::JsonTokens(JsonValue& value) {
  value_iterator& iterator = ValueAccess::iterator(value);
  at_ = IteratorAccess::start(iterator);
  text_ = byte_at(iterator.json_iter(), at_) - *at_;
}

std::string_view JsonTokens::unescaped(std::string_view quoted, std::string& room) {
  room.clear();
  append_unescaped(room, quoted);
  return room;
}

void JsonTokens::skip() {
  int open = 0;
  do {
    const char c = first();
    ++at_;
    if (c == '{' || c == '[') ++open;
    if (c == '}' || c == ']') --open;
  } while (open > 0);
}

void JsonTokens::finish(JsonValue& value) const {
  value_iterator& iterator = ValueAccess::iterator(value);
  const auto depth = IteratorAccess::depth(iterator);
  json_iterator& document = iterator.json_iter();
  document.ascend_to(depth - 1);
  document.reenter_child(at_, depth);
  document.ascend_to(depth - 1);
}

namespace json_detail {

std::optional<std::string_view> read_key(JsonObject& object, const char* raw) {
  // The slack after the text lets sixteen bytes be looked at wherever a key stands.
  constexpr std::ptrdiff_t step = 16;
  const char* from = raw;
  const char* end = scan::find<scan::JsonSpecial>(from, from + step);
  while (end == from + step) {
    from = end;
    end = scan::find<scan::JsonSpecial>(from, from + step);
  }
  if (*end == '"') return std::string_view(raw, static_cast<std::size_t>(end - raw));
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return unescape_in(ObjectAccess::iterator(object).json_iter(),
                     {raw, static_cast<std::size_t>(end - raw)});
}

std::size_t index_of(std::string_view key, std::span<const std::string_view> keys) {
  std::size_t i = 0;
  while (i < keys.size() && keys[i] != key) ++i;
  return i;
}

tl::unexpected<Fault> duplicate(std::string_view path, std::string_view key) {
  std::string name(path);
  if (!name.empty()) name += '.';
  name += key;
  Fault twice = fault(FaultKind::bad_request, name + " is given twice");
  twice.param = std::move(name);
  return fail(std::move(twice));
}

tl::unexpected<Fault> unreadable(std::string_view path) {
  std::string what = path.empty() ? "the body" : std::string(path);
  return fail(FaultKind::internal, what + " was read more often than its buffer allows");
}

}  // namespace json_detail
}  // namespace wye
