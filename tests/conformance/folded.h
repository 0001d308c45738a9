// Folded: an answer reduced to what a client must get whichever dialect it came in: text,
// reasoning, tool calls, how it ended, and what it used.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/answer.h"

namespace wye::conformance {

struct Folded {
  std::string text;
  std::string reasoning;
  std::vector<std::pair<std::string, std::string>> calls;  // name, arguments
  FinishReason finish = FinishReason::none;
  Usage usage;
};

// The first choice of an answer.
Folded folded(const Answer& answer);

// Whether the text of a tool call's arguments is a JSON object; no text is an empty one.
bool is_object(const std::string& arguments);

// What two dialects have words for in common.
struct Common {
  bool reasoning = true;
  bool reasoning_tokens = true;
  bool cache_write_tokens = true;
};

// "" when the two say the same, else the first thing that differs.
std::string difference(const Folded& wanted, const Folded& got, const Common& common);

}  // namespace wye::conformance
