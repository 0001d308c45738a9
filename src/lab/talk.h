// Talk: what a client of each inbound dialect sends, and what it understands of the answer. Reading
// goes through the project's own dialects, which are held against recorded traffic elsewhere. Plain
// values and pure functions, for rehearsals (lab/rehearsal.h) and the tests.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "base/units.h"
#include "core/answer.h"
#include "core/deployment.h"

namespace wye {

struct Wish {
  DialectId dialect = DialectId::openai;  // or anthropic, gemini
  std::string model = "task/chat";
  std::string content = "hello there";
  std::string key = "rehearsal-key";  // "": none is sent
  bool stream = false;
  std::string more;  // further JSON members, each with a leading comma
  std::vector<std::pair<std::string, std::string>> headers;
  std::string raw_body;              // instead of all of the above
  std::string raw_target = {};       // the path, "" for that of a conversation
  std::int64_t leave_after_ms = -1;  // the client hangs up then; -1: it stays
};

std::string target_of(const Wish& wish);
std::string body_of(const Wish& wish);
// The line that carries the key.
std::pair<std::string, std::string> key_line(const Wish& wish);

// An answer as its client understands it.
struct Heard {
  std::string text;
  std::string model;
  FinishReason finish = FinishReason::none;
  Usage usage;
  std::optional<Fault> fault;  // an error answer, or an error within a stream
  bool whole = false;          // its client takes it for whole
};
// `clean_end`: the body ended as HTTP says it must.
Heard heard_of(const Wish& wish, int status, const std::string& body, bool clean_end);

// What the client got.
struct Told {
  int status = 0;                              // 0: no answer began
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // all bytes that came, framing removed
  bool clean_end = false;                      // the body ended as HTTP says it must
  DurationMs took_ms = 0;
  std::int64_t first_byte_us = -1;  // of the body, since the request was sent

  std::string header(const std::string& name) const;
  // Content of an answer in OpenAI's format, streamed or not.
  std::string text() const;
  // A stream that its client takes for whole: [DONE] arrived and the body ended well.
  bool looks_whole() const;
  bool has_error_frame() const;
  // As the client that sent `wish` understands it.
  Heard heard(const Wish& wish) const;
};

}  // namespace wye
