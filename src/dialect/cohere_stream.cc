// Cohere stream: events to facts and deltas. Pure but for the little state of its stream.
#include <algorithm>

#include "base/text.h"
#include "dialect/cohere.h"
#include "dialect/cohere_event.h"
#include "dialect/cohere_usage.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/json_walk.h"

namespace wye::cohere {
namespace {

std::int64_t text_bytes(std::string_view quoted) {
  return quoted.size() < 2 ? 0 : static_cast<std::int64_t>(quoted.size() - 2);
}

std::string unescaped(std::string_view quoted) {
  std::string out;
  if (!quoted.empty()) append_unescaped(out, quoted);
  return out;
}

class Reader final : public StreamReader {
 public:
  explicit Reader(JsonReader& json) : json_(json) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.data.empty()) return facts;
    // Some servers close with this after the last event.
    if (trim(event.data) == "[DONE]") {
      facts.done = true;
      return facts;
    }
    // The parser reads beyond the end of its text, and an event is followed by the next one.
    data_.assign(event.data);
    pad(data_);
    bool alone = false;
    const auto read = json_.read_object(data_, [&](JsonObject& root) -> Result<void> {
      const Event found = read_event(root);
      alone = event.type == "error" || (found.type.empty() && !found.message.empty());
      if (alone) return {};
      take_facts(found, facts);
      if (deltas != nullptr && !facts.fault) write_deltas(found, *deltas);
      return {};
    });
    facts.malformed = !read;
    if (alone) facts.fault = fault_of(200, read_error_body(json_, data_));
    return facts;
  }

 private:
  void take_facts(const Event& event, EventFacts& facts) {
    facts.output_bytes = text_bytes(event.text) + text_bytes(event.thinking) +
                         text_bytes(event.tool_plan) + text_bytes(event.arguments) +
                         static_cast<std::int64_t>(event.call_name.size());
    facts.content = facts.output_bytes > 0;
    said_ = said_ || facts.content;
    if (event.type != "message-end") return;
    facts.done = true;
    facts.finish = finish_reason_from(event.finish_reason);
    if (event.usage.source != UsageSource::none) facts.usage = event.usage;
    const bool gave_up = facts.finish == FinishReason::error && !said_;
    if (!event.error.empty() || gave_up) facts.fault = fault_of_end(event);
  }

  static Fault fault_of_end(const Event& event) {
    ErrorBody body;
    body.message = event.error;
    if (body.message.empty()) {
      body.message = "The model ended with " + std::string(event.finish_reason) + ".";
    }
    if (event.finish_reason == "TIMEOUT") body.words.emplace_back("timeout_error");
    return fault_of(200, std::move(body));
  }

  void write_deltas(const Event& event, std::vector<Delta>& deltas) {
    const auto add = [&](DeltaBody body) { deltas.push_back({0, std::move(body)}); };
    if (event.type == "message-start") {
      add(StartDelta{.id = std::string(event.id), .model = {}});
    } else if (event.type == "content-start" || event.type == "content-delta") {
      if (std::string text = unescaped(event.thinking); !text.empty()) {
        add(ReasoningDelta{std::move(text), {}});
      }
      if (std::string text = unescaped(event.text); !text.empty()) add(TextDelta{std::move(text)});
    } else if (event.type == "content-end") {
      add(PartEndDelta{});
    } else if (event.type == "tool-plan-delta") {
      if (std::string text = unescaped(event.tool_plan); !text.empty()) {
        add(ReasoningDelta{std::move(text), "tool_plan"});
      }
    } else if (event.type == "tool-call-start") {
      write_call(event, deltas);
    } else if (event.type == "tool-call-delta") {
      write_arguments(event, deltas);
    } else if (event.type == "citation-start" && !event.citation.empty()) {
      if (!citations_.empty()) citations_ += ',';
      citations_ += event.citation;
    } else if (event.type == "message-end") {
      write_end(event, deltas);
    }
  }

  void write_call(const Event& event, std::vector<Delta>& deltas) {
    calls_.push_back(event.index);
    const int tool = static_cast<int>(calls_.size()) - 1;
    deltas.push_back(
        {0, ToolCallDelta{tool, std::string(event.call_id), std::string(event.call_name), {}}});
    write_arguments(event, deltas);
  }

  void write_arguments(const Event& event, std::vector<Delta>& deltas) const {
    std::string text = unescaped(event.arguments);
    // The last call with this index: an index may be used again.
    const auto found = std::find(calls_.rbegin(), calls_.rend(), event.index);
    if (text.empty() || found == calls_.rend()) return;
    const int tool = static_cast<int>(calls_.rend() - found) - 1;
    deltas.push_back({0, ArgumentsDelta{tool, std::move(text)}});
  }

  void write_end(const Event& event, std::vector<Delta>& deltas) const {
    if (!citations_.empty()) {
      deltas.push_back(
          {0, ExtraDelta{ExtraDelta::At::message, "citations", "[" + citations_ + "]"}});
    }
    deltas.push_back(
        {0, FinishDelta{
                finish_reason_from(event.finish_reason), std::string(event.finish_reason), {}}});
    if (event.usage.source == UsageSource::none) return;
    deltas.push_back({0, UsageDelta{event.usage, std::string(event.usage_raw)}});
  }

  JsonReader& json_;
  std::string data_;
  bool said_ = false;                // anything came yet
  std::vector<std::int64_t> calls_;  // their indexes in the stream
  std::string citations_;
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider&) {
  return std::make_unique<Reader>(reader);
}

}  // namespace wye::cohere
