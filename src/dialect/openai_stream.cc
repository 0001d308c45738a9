// OpenAI stream: the facts of each event, for a relay that passes the bytes on unchanged. Pure.
#include <utility>

#include "base/text.h"
#include "dialect/error_body.h"
#include "dialect/event_shape.h"
#include "dialect/fault_class.h"
#include "dialect/json_walk.h"
#include "dialect/openai.h"
#include "dialect/openai_deltas.h"
#include "dialect/openai_said.h"
#include "dialect/openai_usage.h"

namespace wye::openai {
namespace {

class Reader final : public StreamReader {
 public:
  Reader(JsonReader& json, const Provider& provider)
      : json_(json),
        excludes_reasoning_(provider.output_excludes_reasoning),
        asked_by_us_(provider.stream_usage == StreamUsage::option),
        deltas_(provider.output_excludes_reasoning) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.data.empty()) return facts;
    if (event.data == "[DONE]" || trim(event.data) == "[DONE]") {
      facts.done = true;
      return facts;
    }
    const bool wants_deltas = deltas != nullptr && !(prefers_text_ && deltas_.started());
    if (!wants_deltas && event.type != "error") {
      if (const auto text = shape_.hole_in(event.data)) return like_the_last(event, *text, deltas);
    }
    // The parser reads beyond the end of its text, and an event is followed by the next one.
    data_.assign(event.data);
    pad(data_);
    if (event.type == "error") {
      facts.fault = fault_of(200, read_error_body(json_, data_));
      return facts;
    }
    read_chunk(facts);
    if (!wants_deltas || prefers_text_) remember(facts);
    if (!facts.model.empty()) facts.model = in_event(event, facts.model);
    if (!facts.unasked.empty()) facts.unasked = in_event(event, facts.unasked);
    if (deltas == nullptr || wants_deltas) facts.text = {};
    if (deltas != nullptr && !facts.malformed && !facts.fault && facts.text.empty())
      read_deltas(*deltas);
    return facts;
  }

  void prefer_text() override { prefers_text_ = true; }

 private:
  // An event that adds nothing but text is likely to be followed by more of its shape.
  void remember(const EventFacts& facts) {
    shape_.forget();
    const bool is_in_place = facts.model.empty() || is_in_data(facts.model);
    if (facts.text.empty() || facts.malformed || facts.fault || !is_in_place) return;
    shape_.remember(data_, facts.text);
    const auto place = [&](std::string_view view) {
      if (view.empty()) return view;
      return shape_.event().substr(static_cast<std::size_t>(view.data() - data_.data()),
                                   view.size());
    };
    last_ = facts;
    last_.text = {};
    last_.model = place(facts.model);
    last_.unasked = place(facts.unasked);
  }

  EventFacts like_the_last(const SseEvent& event, std::string_view text,
                           const std::vector<Delta>* deltas) const {
    EventFacts facts = last_;
    facts.output_bytes = std::ssize(text);
    facts.text = deltas == nullptr ? std::string_view() : text;
    if (!facts.model.empty()) facts.model = shape_.moved(facts.model, event.data);
    if (!facts.unasked.empty()) facts.unasked = shape_.moved(facts.unasked, event.data);
    return facts;
  }

  bool is_in_data(std::string_view text) const {
    return text.data() >= data_.data() && text.data() < data_.data() + data_.size();
  }

  void read_chunk(EventFacts& facts) {
    bool choices_empty = true;
    bool flat_error = false;
    const auto read = json_.read_object(data_, [&](JsonObject& root) -> Result<void> {
      return walk::members(root, [&](walk::Member& member) -> Result<void> {
        JsonValue& value = member.value;
        if (member.key == "choices") {
          choices_empty = !read_choices(value, facts);
        } else if (member.key == "model") {
          if (const auto model = walk::string_if(value)) facts.model = *model;
        } else if (member.key == "usage") {
          take_usage(value, facts);
          if (asked_by_us_ && walk::is_null(value)) facts.unasked = with_comma(value);
        } else if (member.key == "x_groq") {
          read_x_groq(value, facts);
        } else if (member.key == "error") {
          if (auto fault = read_inner_fault(value)) facts.fault = std::move(fault);
        } else if (member.key == "object" || member.key == "type") {
          flat_error = flat_error || walk::token(value) == "\"error\"";
        }
        return {};
      });
    });
    facts.malformed = !read;
    if (facts.usage) facts.text = {};
    facts.usage_only = choices_empty && facts.usage.has_value();
    if (read && flat_error && !facts.fault && choices_empty) {
      facts.fault = fault_of(200, read_error_body(json_, data_));
    }
  }

  // Whether there were any.
  static bool read_choices(JsonValue& value, EventFacts& facts) {
    Said said;
    bool any = false;
    walk::elements_if(value, [&](JsonValue& choice) {
      said.only_text = said.only_text && !any;
      any = true;
      read_choice_facts(choice, true, said);
    });
    facts.content = said.content;
    facts.output_bytes = said.bytes;
    facts.finish = said.finish;
    if (said.fault) facts.fault = std::move(said.fault);
    const bool is_plain = said.only_text && said.text.find('\\') == std::string_view::npos;
    if (is_plain) facts.text = said.text;
    return any;
  }

  void take_usage(JsonValue& value, EventFacts& facts) const {
    if (!walk::is_object(value)) return;
    const Usage usage = read_usage(value, excludes_reasoning_);
    if (usage.source != UsageSource::none) facts.usage = usage;
  }

  void read_x_groq(JsonValue& value, EventFacts& facts) const {
    walk::members_if(value, [&](walk::Member& member) {
      if (member.key == "usage" && !facts.usage) take_usage(member.value, facts);
    });
  }

  // The member of this value, with the comma that separates it.
  std::string_view with_comma(const JsonValue& value) const {
    const JsonSpan span = member_span(data_, value);
    const std::string_view text(data_);
    const std::size_t before = text.find_last_not_of(" \t\r\n", span.offset - 1);
    if (text[before] == ',') return text.substr(before, span.end() - before);
    const std::size_t after = text.find_first_not_of(" \t\r\n", span.end());
    const std::size_t end = text[after] == ',' ? after + 1 : span.end();
    return text.substr(span.offset, end - span.offset);
  }

  // The same place in the event's own bytes, which outlive this reader's copy. What had escapes is
  // nowhere in them, and is kept from the strings that are read after it.
  std::string_view in_event(const SseEvent& event, std::string_view text) {
    if (!is_in_data(text)) {
      unescaped_.assign(text);
      return unescaped_;
    }
    return event.data.substr(static_cast<std::size_t>(text.data() - data_.data()), text.size());
  }

  void read_deltas(std::vector<Delta>& deltas) {
    (void)json_.read_again([&](JsonObject& root) -> Result<void> {
      deltas_.read(root, deltas);
      return {};
    });
  }

  JsonReader& json_;
  bool excludes_reasoning_;
  bool asked_by_us_;  // unless the client asked itself
  bool prefers_text_ = false;
  EventShape shape_;
  EventFacts last_;  // of the event in it; views into that
  std::string data_;
  std::string unescaped_;  // of the last event
  DeltaReader deltas_;
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider& provider) {
  return std::make_unique<Reader>(reader, provider);
}

}  // namespace wye::openai
