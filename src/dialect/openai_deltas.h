// OpenAI deltas: one stream chunk as deltas of the hub. Only used when a stream goes to a client of
// another dialect. Internal to this room.
#pragma once

#include <vector>

#include "core/answer.h"
#include "core/deployment.h"
#include "wire/json.h"

namespace wye::openai {

// Lives as long as its stream: it knows whether the stream's start was seen.
class DeltaReader {
 public:
  explicit DeltaReader(bool output_excludes_reasoning)
      : output_excludes_reasoning_(output_excludes_reasoning) {}
  void read(JsonObject& chunk, std::vector<Delta>& deltas);

 private:
  bool started_ = false;
  bool output_excludes_reasoning_;
};

}  // namespace wye::openai
