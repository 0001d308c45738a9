// Responses stream: the facts of each event, for a relay that passes the bytes on unchanged. Pure.
#include <utility>

#include "base/text.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/json_walk.h"
#include "dialect/responses.h"
#include "dialect/responses_deltas.h"
#include "dialect/responses_said.h"

namespace wye::responses {
namespace {

// What one event says, whatever the order of its members.
struct Seen {
  std::string_view type;
  std::int64_t delta_bytes = 0;
  Said item;
  ResponseFacts response;
  bool has_response = false;
  bool has_error = false;
};

bool is_end(std::string_view type) {
  return type == "response.completed" || type == "response.incomplete" ||
         type == "response.failed" || type == "response.cancelled";
}

class Reader final : public StreamReader {
 public:
  Reader(JsonReader& json, const Provider& provider)
      : json_(json),
        excludes_reasoning_(provider.output_excludes_reasoning),
        deltas_(provider.output_excludes_reasoning) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.data.empty()) return facts;
    // OpenRouter closes with Chat Completions' mark, after the regular end.
    if (trim(event.data) == "[DONE]") {
      facts.done = true;
      return facts;
    }
    // The parser reads beyond the end of its text, and an event is followed by the next one.
    data_.assign(event.data);
    pad(data_);
    Seen seen;
    facts.malformed = !read_event(seen);
    if (facts.malformed) return facts;
    if (seen.type.empty()) seen.type = event.type;
    settle(seen, event, facts);
    if (deltas != nullptr && !facts.fault) {
      const std::string type(seen.type);  // the second reading ends the first one's views
      (void)json_.read_object(data_, [&](JsonObject& root) -> Result<void> {
        deltas_.read(type, facts.finish, root, *deltas);
        return {};
      });
    }
    return facts;
  }

 private:
  bool read_event(Seen& seen) {
    return json_
        .read_object(data_,
                     [&](JsonObject& root) -> Result<void> {
                       return walk::members(root, [&](walk::Member& member) -> Result<void> {
                         read_member(member, seen);
                         return {};
                       });
                     })
        .has_value();
  }

  void read_member(walk::Member& member, Seen& seen) const {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "type") {
      if (const auto text = walk::string_if(value)) seen.type = *text;
    } else if (key == "delta" && walk::is_string(value)) {
      seen.delta_bytes = static_cast<std::int64_t>(walk::token(value).size()) - 2;
    } else if (key == "item") {
      read_item_facts(value, seen.item);
    } else if (key == "response") {
      seen.has_response = true;
      seen.response.read(value, excludes_reasoning_);
    } else if (key == "error") {
      seen.has_error = !walk::is_null(value);
    }
  }

  void settle(Seen& seen, const SseEvent& event, EventFacts& facts) {
    const std::string_view type = seen.type;
    if (type == "error" || (seen.has_error && !seen.has_response)) {
      facts.fault = fault_of(200, read_error_body(json_, data_));
      return;
    }
    if (!seen.response.model.empty()) facts.model = in_event(event, seen.response.model);
    if (type.ends_with(".delta")) {
      facts.output_bytes = seen.delta_bytes;
      facts.content = seen.delta_bytes > 0;
      said_ = said_ || facts.content;
    } else if (type == "response.output_item.added" || type == "response.output_item.done") {
      calls_tool_ = calls_tool_ || seen.item.calls_tool;
      take_said(seen.item, facts);
    } else if (is_end(type)) {
      settle_end(seen, facts);
    }
  }

  // Items and responses repeat what was said in deltas; it counts when there were none.
  void take_said(const Said& said, EventFacts& facts) {
    facts.content = said.content;
    if (said_) return;
    facts.output_bytes = said.bytes;
    said_ = said.bytes > 0;
  }

  void settle_end(Seen& seen, EventFacts& facts) {
    facts.done = true;
    ResponseFacts& response = seen.response;
    if (response.usage.source != UsageSource::none) facts.usage = response.usage;
    take_said(response.said, facts);
    if (response.fault || seen.type == "response.failed" || seen.type == "response.cancelled") {
      facts.fault = response.fault ? std::move(*response.fault)
                                   : fault(FaultKind::outage, "The provider gave the answer up.");
      return;
    }
    Ending& ending = response.ending;
    ending.calls_tool = ending.calls_tool || calls_tool_;
    if (ending.status.empty() && seen.type == "response.incomplete") ending.status = "incomplete";
    facts.finish = finish_of(ending);
    if (facts.finish == FinishReason::none) facts.finish = FinishReason::other;
  }

  // The same place in the event's own bytes, which outlive this reader's copy.
  std::string_view in_event(const SseEvent& event, std::string_view text) const {
    if (text.data() < data_.data() || text.data() >= data_.data() + data_.size()) return text;
    return event.data.substr(static_cast<std::size_t>(text.data() - data_.data()), text.size());
  }

  JsonReader& json_;
  bool excludes_reasoning_;
  bool said_ = false;
  bool calls_tool_ = false;
  std::string data_;
  DeltaReader deltas_;
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider& provider) {
  return std::make_unique<Reader>(reader, provider);
}

}  // namespace wye::responses
