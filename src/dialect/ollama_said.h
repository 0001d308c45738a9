// Ollama said: what one JSON object of an answer carries, be it the whole answer or a line of a
// stream. Texts are as they stand in the body: nothing is unescaped that nobody asked for. Internal
// to this room.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "core/answer.h"
#include "core/outcome.h"
#include "wire/json.h"

namespace wye::ollama {

// Views point into the document or its reader's buffer.
struct Said {
  std::string_view model, created_at;
  std::string_view content, thinking;  // with their quotes, "" when absent
  std::vector<Part> calls;             // only when wanted
  int call_count = 0;
  std::int64_t call_bytes = 0;
  bool done = false;
  std::string_view done_reason;
  std::string_view logprobs;  // the whole array
  std::optional<std::int64_t> input_tokens, output_tokens;
  std::optional<Fault> fault;
  Extra extra;  // durations and all that nobody knows; only when wanted

  bool has_content() const;
  std::int64_t bytes() const;
  Usage usage() const;
};

// `full`: calls and extra are wanted, too.
Said read_said(JsonObject& root, bool full);

// The same word means a call when there were any.
FinishReason finish_of(std::string_view done_reason, bool called);

}  // namespace wye::ollama
