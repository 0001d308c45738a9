// Sim prompt: what the simulator makes of a conversation: how long it is, what it is about, and
// what an answer to it begins with. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "core/content.h"

namespace wye {

struct SimPrompt {
  std::string user_text;    // of the last user message
  std::string prefill;      // the answer's beginning, when the last message is the assistant's
  bool prefilled = false;   // that message is there, even if it is empty
  bool after_tool = false;  // the last thing said to the model is the result of a tool
  std::int64_t tokens = 3;
  // Of all that was said before the answer. The same in every format, so that an answer that one
  // vendor began can be gone on with by another.
  std::uint64_t hash = 0;
};

SimPrompt read_prompt(const Content& content);

}  // namespace wye
