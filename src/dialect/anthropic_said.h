// Anthropic said: what an answer or an event of a stream carries; lengths only where nobody wants
// the text. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fault.h"
#include "core/outcome.h"
#include "dialect/json_walk.h"

namespace wye::anthropic {

// Bytes of a text as it stands escaped; 0 for anything else.
std::int64_t text_bytes(JsonValue& value);

// The calls of one answer. That of the answer tool is no call but the answer.
class CallCount {
 public:
  void add(std::string_view name);
  // "tool_use" with nothing but the answer means that the model said what it had to say.
  FinishReason settle(FinishReason said) const;
  bool only_answer() const { return answers_ > 0 && calls_ == 0; }

 private:
  int calls_ = 0, answers_ = 0;
};

// The fault of an `error` member inside an answer that calls itself a success; nothing for null.
std::optional<Fault> read_inner_fault(JsonValue& error);

}  // namespace wye::anthropic
