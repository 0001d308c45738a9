// Talk: what a client of each inbound dialect sends, and what it understands of the answer. Reading
// goes through the project's own dialects, which are held against recorded traffic elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "core/answer.h"
#include "core/deployment.h"

namespace wye::story {

struct Wish {
  DialectId dialect = DialectId::openai;  // or anthropic, gemini
  std::string model = "task/chat";
  std::string content = "hello there";
  std::string key = "story-key";
  bool stream = false;
  std::string more;  // further JSON members, each with a leading comma
  std::vector<std::pair<std::string, std::string>> headers;
  std::string raw_body;              // instead of all of the above
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

}  // namespace wye::story
