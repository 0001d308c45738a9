// Ollama stream: each event is a line, an answer of its own with a little more of the text; the
// last says that it is done. Pure but for the little state of its stream.
#include <fmt/format.h>

#include "dialect/json_walk.h"
#include "dialect/ollama.h"
#include "dialect/ollama_said.h"
#include "dialect/take.h"
#include "dialect/wait_time.h"

namespace wye::ollama {
namespace {

class Reader final : public StreamReader {
 public:
  explicit Reader(JsonReader& json) : json_(json) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.data.empty()) return facts;
    // The parser reads beyond the end of its text, and a line is followed by the next one.
    data_.assign(event.data);
    pad(data_);
    const auto read = json_.read_object(data_, [&](JsonObject& root) -> Result<void> {
      Said said = read_said(root, deltas != nullptr);
      calls_seen_ += said.call_count;
      take_facts(said, facts);
      if (deltas != nullptr && !facts.fault) write_deltas(said, *deltas);
      return {};
    });
    facts.malformed = !read;
    if (!facts.model.empty()) facts.model = in_event(event, facts.model);
    return facts;
  }

 private:
  void take_facts(Said& said, EventFacts& facts) const {
    facts.content = said.has_content();
    facts.output_bytes = said.bytes();
    facts.model = said.model;
    facts.done = said.done;
    if (said.done) facts.finish = finish_of(said.done_reason, calls_seen_ > 0);
    if (const Usage usage = said.usage(); usage.source != UsageSource::none) facts.usage = usage;
    facts.fault = std::move(said.fault);
  }

  void write_deltas(Said& said, std::vector<Delta>& deltas) {
    if (!started_) {
      started_ = true;
      StartDelta start{.id = {}, .model = std::string(said.model)};
      if (const auto created = parse_rfc3339(said.created_at)) start.created = *created / 1000;
      deltas.push_back({0, std::move(start)});
    }
    std::string text;
    if (append_text(text, said.thinking)) deltas.push_back({0, ReasoningDelta{text, {}}});
    if (append_text(text, said.content)) deltas.push_back({0, TextDelta{text}});
    for (Part& call : said.calls) write_call(call, deltas);
    if (said.logprobs.size() > 2) {
      deltas.push_back(
          {0, LogprobsDelta{std::string(said.logprobs.substr(1, said.logprobs.size() - 2))}});
    }
    if (said.done) write_end(said, deltas);
  }

  static bool append_text(std::string& text, std::string_view quoted) {
    text.clear();
    if (!quoted.empty()) append_unescaped(text, quoted);
    return !text.empty();
  }

  void write_call(Part& part, std::vector<Delta>& deltas) {
    auto& call = std::get<ToolCall>(part.body);
    const int tool = calls_written_++;
    if (call.id.empty()) call.id = fmt::format("call_{}", tool + 1);
    deltas.push_back({0, ToolCallDelta{tool, call.id, call.name, std::move(part.extra)}});
    deltas.push_back({0, ArgumentsDelta{tool, std::move(call.arguments)}});
  }

  void write_end(Said& said, std::vector<Delta>& deltas) const {
    const FinishReason reason = finish_of(said.done_reason, calls_seen_ > 0);
    deltas.push_back({0, FinishDelta{reason, std::string(said.done_reason), {}}});
    if (const Usage usage = said.usage(); usage.source != UsageSource::none) {
      deltas.push_back({0, UsageDelta{usage, {}}});
    }
    for (ExtraMember& member : said.extra) {
      deltas.push_back({0, ExtraDelta{ExtraDelta::At::answer, member.name, member.json}});
    }
  }

  // The same place in the event's own bytes, which outlive this reader's copy.
  std::string_view in_event(const SseEvent& event, std::string_view text) const {
    if (text.data() < data_.data() || text.data() >= data_.data() + data_.size()) return text;
    return event.data.substr(static_cast<std::size_t>(text.data() - data_.data()), text.size());
  }

  JsonReader& json_;
  std::string data_;
  bool started_ = false;
  int calls_seen_ = 0;
  int calls_written_ = 0;
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider&) {
  return std::make_unique<Reader>(reader);
}

}  // namespace wye::ollama
