// OpenAI deltas: one stream chunk as deltas of the hub. Only used when a stream goes to a client of
// another dialect. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/answer.h"
#include "core/deployment.h"
#include "dialect/json_walk.h"
#include "wire/json.h"

namespace wye::openai {

// Lives as long as its stream: it knows whether the start was seen, and which tool calls were
// begun.
class DeltaReader {
 public:
  explicit DeltaReader(bool output_excludes_reasoning)
      : output_excludes_reasoning_(output_excludes_reasoning) {}
  void read(JsonObject& chunk, std::vector<Delta>& deltas);
  bool started() const { return started_; }

 private:
  class ChoiceReader;
  struct Call {
    int choice;
    std::int64_t index;  // as the provider counts, -1 when it does not
    int tool;            // as we count
    std::string id;
  };

  std::optional<UsageDelta> read_x_groq(JsonValue& value) const;
  static void read_start(walk::Member& member, StartDelta& start);
  int tool_of(int choice, std::int64_t index, const std::string& id, const std::string& name,
              Extra extra, std::vector<Delta>& deltas);

  bool started_ = false;
  bool output_excludes_reasoning_;
  std::vector<Call> calls_;
};

}  // namespace wye::openai
