// Responses deltas: stream events as deltas of the hub. Only used when a stream goes to a client of
// another dialect. Internal to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/answer.h"
#include "dialect/json_walk.h"
#include "dialect/responses_usage.h"

namespace wye::responses {

// Lives as long as its stream: it knows what was said of each item, because some providers say the
// same twice and others say some things only at the end.
class DeltaReader {
 public:
  explicit DeltaReader(bool output_excludes_reasoning)
      : output_excludes_reasoning_(output_excludes_reasoning) {}
  // `type` is the event's; `finish` what its facts say about the end.
  void read(std::string_view type, FinishReason finish, JsonObject& event,
            std::vector<Delta>& deltas);

 private:
  struct Item {
    std::int64_t index = 0;                                 // output_index
    int tool = -1;                                          // of a call: as we count
    bool text = false, thought = false, arguments = false;  // some were said
    bool done = false;
  };
  struct Event;

  void read_member(walk::Member& member, Event& event);
  void read_response(JsonValue& value, Event& event);
  void add_delta(const Event& event, std::string_view type, std::vector<Delta>& deltas);
  void add_item(Event& event, bool done, std::vector<Delta>& deltas);
  void add_call(const Part& part, Item& item, std::vector<Delta>& deltas);
  void add_reasoning(Part& part, Item& item, std::vector<Delta>& deltas);
  void add_text(const Part& part, Item& item, std::vector<Delta>& deltas);
  void add_parts(std::vector<Message>& messages, Item& item, bool done, std::vector<Delta>& deltas);
  void add_end(Event& event, FinishReason finish, std::vector<Delta>& deltas);
  Item& item_at(std::int64_t index);

  bool output_excludes_reasoning_;
  bool started_ = false;
  int calls_ = 0;
  std::vector<Item> items_;
};

}  // namespace wye::responses
