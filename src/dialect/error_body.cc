// Error body: collects the few things that matter from wherever they stand. Pure.
#include "dialect/error_body.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "dialect/json_walk.h"
#include "dialect/wait_time.h"

namespace wye {
namespace {

constexpr std::size_t words_max = 12;
constexpr int depth_max = 10;  // Google's quota ids stand nine deep

// Cuts at a whole UTF-8 character.
std::string_view bounded(std::string_view text) {
  if (text.size() <= error_message_bytes_max) return text;
  std::size_t end = error_message_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// What follows "Bearer" is a key, unless it is a word of a sentence.
bool looks_like_token(std::string_view word) {
  return word.size() >= 8 && std::any_of(word.begin(), word.end(), is_digit);
}

bool looks_secret(std::string_view word) {
  constexpr std::array<std::string_view, 9> prefixes{"sk-",   "sk_",  "gsk_",   "xai-", "AIza",
                                                     "pplx-", "csk-", "Bearer", "tgp_"};
  if (word.find("***") != std::string_view::npos) return true;
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) {
    return word.starts_with(prefix) && word.size() > prefix.size() + 2;
  });
}

bool ends_word(char c) {
  return is_space(c) || c == '\'' || c == '"' || c == '`' || c == ',' || c == '(' || c == ')' ||
         c == '<' || c == '>';
}

// Where a key begins within a word, as in "key=sk-..." and "[sk-...]"; its size when none does.
std::size_t find_secret(std::string_view word) {
  if (looks_secret(word)) return 0;
  for (std::size_t at = 0; (at = word.find_first_of("=:;[{", at)) != std::string_view::npos;) {
    const std::string_view rest = word.substr(++at);
    if (looks_secret(rest) && looks_like_token(rest)) return at;
  }
  return word.size();
}

// Providers repeat our key, partly masked, in "Incorrect API key provided: ...".
std::string without_secrets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  bool after_bearer = false;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && !ends_word(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    const std::size_t secret = after_bearer && looks_like_token(word) ? 0 : find_secret(word);
    out += word.substr(0, secret);
    if (secret < word.size()) out += "[key]";
    if (!word.empty()) after_bearer = equal_ignoring_case(word, "Bearer");
    if (end < text.size()) out += text[end++];
    at = end;
  }
  return out;
}

class Collector {
 public:
  explicit Collector(ErrorBody& out) : out_(out) {}

  // {"error": ...} or the members of an error themselves; arrays are read for their first object.
  void document(JsonValue& value, int depth) {
    if (walk::is_string(value)) return message(value);
    if (depth > depth_max) return;
    walk::elements_if(value, [&](JsonValue& each) { document(each, depth + 1); });
    walk::members_if(value, [&](walk::Member& found) { member(found, depth); });
  }

  void member(walk::Member& found, int depth) {
    const std::string_view key = found.key;
    JsonValue& value = found.value;
    if (key == "error" || key == "errors") return error(value, depth);
    if (key == "message" || key == "detail" || key == "msg" || key == "error_message" ||
        key == "Message") {
      return message(value);
    }
    if (key == "code" || key == "error_code" || key == "error_type" || key == "reason") {
      return word(value, true);
    }
    if (key == "type" || key == "status" || key == "quotaId" || key == "@type" ||
        key == "status_code" || key == "raw_status_code" || key == "__type")
      return word(value, false);
    if (key == "param") return param(value);
    if (key == "retryDelay") return wait(value);
    if (key == "raw" || key == "innererror" || key == "metadata" || key == "details" ||
        key == "violations") {
      return nested(value, depth);
    }
  }

 private:
  void error(JsonValue& value, int depth) {
    out_.found = true;
    document(value, depth + 1);
  }

  // JSON within a string within JSON (OpenRouter's `raw`) needs a second parse: left to the caller.
  void nested(JsonValue& value, int depth) {
    if (!walk::is_string(value)) return document(value, depth + 1);
    if (const auto text = walk::string_if(value)) raw = *text;
  }

  void message(JsonValue& value) {
    const auto text = walk::string_if(value);
    if (!text) return document_of_detail(value);
    if (text->empty()) return;
    out_.found = true;
    // The first message is the outermost or the only one; inner ones are asked for by hand.
    if (out_.message.empty()) out_.message = without_secrets(bounded(*text));
  }

  // FastAPI: {"detail": [{"loc": [...], "msg": "...", "type": "..."}]}.
  void document_of_detail(JsonValue& value) {
    if (walk::is_object(value) || walk::is_array(value)) document(value, 2);
  }

  void word(JsonValue& value, bool code) {
    if (const auto number = walk::integer_if(value)) {
      if (*number >= 400 && *number < 600) out_.status = static_cast<int>(*number);
      out_.found = true;
      return add(std::to_string(*number), false);
    }
    const auto text = walk::string_if(value);
    if (!text || text->empty() || text->size() > 120) return;
    if (code) out_.found = true;
    add(*text, code);
  }

  void add(std::string_view text, bool code) {
    if (out_.words.size() >= words_max) return;
    out_.words.push_back(to_lower(text));
    if (code && out_.code.empty() && text.find(' ') == std::string_view::npos) out_.code = text;
  }

  void param(JsonValue& value) {
    const auto text = walk::string_if(value);
    if (text && out_.param.empty()) out_.param = text->substr(0, 200);
  }

  void wait(JsonValue& value) {
    const auto text = walk::string_if(value);
    if (!text) return;
    if (const auto ms = parse_go_duration_ms(*text)) out_.wait_ms = *ms;
  }

  ErrorBody& out_;

 public:
  std::string raw;
};

// A page of a proxy: its title says as much as anything in it.
std::string html_message(std::string_view html) {
  const std::string lower = to_lower(html.substr(0, 4096));
  const std::size_t start = lower.find("<title>");
  const std::size_t end = lower.find("</title>");
  if (start == std::string::npos || end == std::string::npos || end <= start + 7) {
    return "The provider answered with an HTML page.";
  }
  return "The provider answered with an HTML page: " +
         std::string(trim(html.substr(start + 7, end - start - 7)));
}

ErrorBody read_plain(std::string_view text) {
  ErrorBody out;
  if (text.empty()) return out;
  const bool html = text.front() == '<';
  out.message = html ? html_message(text) : without_secrets(bounded(text.substr(0, 300)));
  return out;
}

void settle(ErrorBody& out) {
  if (out.wait_ms < 0) out.wait_ms = find_wait_ms(out.message).value_or(-1);
}

// A message that only says that somebody further back said something.
bool says_nothing(std::string_view message) {
  return message.empty() || message == "Provider returned error";
}

void read_nested(JsonReader& reader, std::string raw, ErrorBody& out) {
  ErrorBody inner = read_error_body(reader, raw);
  if (says_nothing(out.message) && !inner.message.empty()) out.message = std::move(inner.message);
  if (out.param.empty()) out.param = std::move(inner.param);
  if (out.code.empty()) out.code = std::move(inner.code);
  if (inner.wait_ms >= 0) out.wait_ms = inner.wait_ms;
  out.words.insert(out.words.end(), inner.words.begin(), inner.words.end());
}

}  // namespace

ErrorBody read_error_value(JsonValue& value) {
  ErrorBody out;
  Collector(out).document(value, 1);
  settle(out);
  return out;
}

ErrorBody read_error_body(JsonReader& reader, std::string& body) {
  pad(body);  // before anything points into it
  std::size_t start = 0;
  while (start < body.size() && is_space(body[start])) ++start;
  const std::string_view text = std::string_view(body).substr(start);
  // Google wraps errors of streams in an array; the reader wants an object.
  std::string wrapped;
  const bool is_array = text.starts_with('[');
  if (is_array) wrapped = std::string(R"({"errors":)").append(text).append("}");
  pad(wrapped);
  const std::string& document = is_array ? wrapped : body;

  ErrorBody out;
  Collector collector(out);
  const auto read = reader.read_object(document, [&](JsonObject& root) -> Result<void> {
    return walk::members(root, [&](walk::Member& member) -> Result<void> {
      collector.member(member, 0);
      return {};
    });
  });
  if (!read) return read_plain(text);
  if (!collector.raw.empty()) read_nested(reader, std::move(collector.raw), out);
  settle(out);
  return out;
}

}  // namespace wye
