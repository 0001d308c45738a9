// Gemini stream: each event is an answer of its own with the next pieces of each candidate. Pure
// but for the little state of its stream.
#include <algorithm>
#include <utility>

#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/gemini.h"
#include "dialect/gemini_candidate.h"
#include "dialect/gemini_deltas.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_usage.h"

namespace wye::gemini {
namespace {

class Reader final : public StreamReader {
 public:
  explicit Reader(JsonReader& json) : json_(json) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.data.empty()) return facts;
    if (event.data == "[DONE]") {  // some proxies add it
      facts.done = true;
      return facts;
    }
    // The parser reads beyond the end of its text, and an event is followed by the next one.
    data_.assign(event.data);
    pad(data_);
    read_chunk(facts);
    if (!facts.model.empty()) facts.model = in_event(event, facts.model);
    if (deltas != nullptr && !facts.malformed && !facts.fault) read_deltas(*deltas);
    return facts;
  }

 private:
  void read_chunk(EventFacts& facts) {
    bool error = data_.starts_with('[');  // errors may come wrapped in an array
    std::optional<Fault> blocked;
    const auto read = json_.read_object(data_, [&](JsonObject& root) -> Result<void> {
      return walk::members(root, [&](walk::Member& member) -> Result<void> {
        JsonValue& value = member.value;
        if (member.key == "candidates") {
          walk::elements_if(value, [&](JsonValue& each) { read_candidate(each, facts); });
        } else if (is_field(member.key, "modelVersion")) {
          if (const auto model = walk::string_if(value)) facts.model = *model;
        } else if (is_field(member.key, "usageMetadata")) {
          const Usage usage = read_usage(value);
          if (usage.source != UsageSource::none) facts.usage = usage;
        } else if (is_field(member.key, "promptFeedback")) {
          blocked = read_block(value);
        } else if (member.key == "error") {
          error = !walk::is_null(value);
        }
        return {};
      });
    });
    if (error) return read_error(facts, read.has_value());
    facts.malformed = !read;
    if (blocked && !said_anything_) facts.fault = std::move(blocked);
  }

  void read_error(EventFacts& facts, bool whole) {
    ErrorBody body = read_error_body(json_, data_);
    facts.malformed = !whole && !body.found;
    if (!facts.malformed) facts.fault = fault_of(200, std::move(body));
  }

  void read_candidate(JsonValue& value, EventFacts& facts) {
    int index = 0;
    // The index may come last, but calls of other candidates change no more than the reason's name.
    const Said said = read_candidate_facts(value, called_, index);
    called_ = called_ || said.called;
    said_anything_ = said_anything_ || said.content;
    facts.content = facts.content || said.content;
    facts.output_bytes += said.bytes;
    if (said.finish != FinishReason::none) facts.finish = said.finish;
    if (said.finish == FinishReason::error && !said_anything_) {
      facts.fault = broken_candidate(said.finish_text);
    }
  }

  // The same place in the event's own bytes, which outlive this reader's copy.
  std::string_view in_event(const SseEvent& event, std::string_view text) const {
    if (text.data() < data_.data() || text.data() >= data_.data() + data_.size()) return text;
    return event.data.substr(static_cast<std::size_t>(text.data() - data_.data()), text.size());
  }

  void read_deltas(std::vector<Delta>& deltas) {
    (void)json_.read_object(data_, [&](JsonObject& root) -> Result<void> {
      deltas_.read(root, deltas);
      return {};
    });
  }

  JsonReader& json_;
  std::string data_;
  DeltaReader deltas_;
  bool called_ = false;
  bool said_anything_ = false;
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider&) {
  return std::make_unique<Reader>(reader);
}

}  // namespace wye::gemini
