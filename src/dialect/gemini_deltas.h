// Gemini deltas: stream chunks to the hub's deltas. Internal to this room; one a stream.
#pragma once

#include <string>
#include <vector>

#include "core/answer.h"
#include "dialect/json_walk.h"

namespace wye::gemini {

class DeltaReader {
 public:
  void read(JsonObject& chunk, std::vector<Delta>& deltas);

 private:
  class CandidateReader;
  struct Candidate {
    int index = 0;
    int calls = 0;
  };
  Candidate& candidate(int index);

  std::vector<Candidate> candidates_;
  std::string response_id_;
  bool started_ = false;
};

}  // namespace wye::gemini
