// Anthropic stream: the facts of each event, for a relay that passes the bytes on unchanged, and
// its deltas for a client of another dialect. Pure but for the little state of its stream.
#include <algorithm>
#include <utility>
#include <vector>

#include "dialect/anthropic.h"
#include "dialect/anthropic_event.h"
#include "dialect/anthropic_parts.h"
#include "dialect/anthropic_said.h"
#include "dialect/anthropic_usage.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"

namespace wye::anthropic {
namespace {

class Reader final : public StreamReader {
 public:
  explicit Reader(JsonReader& json) : json_(json) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.data.empty()) return facts;
    // The parser reads beyond the end of its text, and an event is followed by the next one.
    data_.assign(event.data);
    pad(data_);
    Event seen;
    facts.malformed = !read_event(json_, data_, deltas != nullptr, usage_, seen);
    if (facts.malformed) return facts;
    if (seen.type.empty()) seen.type = event.type;
    if (seen.error || seen.type == "error") {
      facts.fault = fault_of(200, read_error_body(json_, data_));
      return facts;
    }
    use(seen, facts, deltas);
    if (!facts.model.empty()) facts.model = in_event(event, facts.model);
    return facts;
  }

 private:
  struct Block {
    std::int64_t index = 0;
    bool call = false;
    bool answer = false;  // a call of the answer tool
    int tool = 0;
    bool empty = true;  // no arguments yet
  };

  void use(const Event& seen, EventFacts& facts, std::vector<Delta>* deltas) {
    if (seen.type == "message_start") return start_message(seen, facts, deltas);
    if (seen.type == "content_block_start") return start_block(seen, facts, deltas);
    if (seen.type == "content_block_delta") return add_to_block(seen, facts, deltas);
    if (seen.type == "content_block_stop") return stop_block(seen, deltas);
    if (seen.type == "message_delta") return finish_message(seen, facts, deltas);
    facts.done = seen.type == "message_stop";
  }

  void add_usage(const Event& seen, EventFacts& facts, std::vector<Delta>* deltas) const {
    if (!seen.usage) return;
    const Usage usage = usage_.usage();
    if (usage.source == UsageSource::none) return;
    facts.usage = usage;
    if (deltas != nullptr) deltas->push_back({0, UsageDelta{usage, usage_.raw()}});
  }

  void start_message(const Event& seen, EventFacts& facts, std::vector<Delta>* deltas) const {
    facts.model = seen.model;
    if (deltas != nullptr) {
      deltas->push_back({0, StartDelta{std::string(seen.id), std::string(seen.model), 0}});
    }
    add_usage(seen, facts, deltas);
  }

  // Blocks of Anthropic's own tools are of no use to clients of other dialects.
  void start_block(const Event& seen, EventFacts& facts, std::vector<Delta>* deltas) {
    Block block;
    block.index = seen.index;
    block.call = seen.block_type == "tool_use";
    block.answer = block.call && seen.name == answer_tool;
    const bool text = seen.block_type == "text" || seen.block_type == "thinking";
    facts.content = !text || seen.bytes > 0;
    facts.output_bytes = seen.bytes;
    if (block.call) {
      count_.add(seen.name);
      if (!block.answer) block.tool = calls_++;
      block.empty = seen.input.find('"') == std::string_view::npos;  // {}
    }
    blocks_.push_back(block);
    if (deltas != nullptr) write_start(seen, block, *deltas);
  }

  static void write_start(const Event& seen, const Block& block, std::vector<Delta>& deltas) {
    if (block.call && !block.answer) {
      deltas.push_back(
          {0, ToolCallDelta{block.tool, std::string(seen.id), std::string(seen.name), {}}});
    }
    if (block.call && !block.empty) write_arguments(block, std::string(seen.input), deltas);
    if (seen.block_type == "redacted_thinking") {
      deltas.push_back({0, SignatureDelta{{std::string(seen.data), std::string(own_name)}, true}});
    }
    write_texts(seen, deltas);
  }

  static void write_arguments(const Block& block, std::string json, std::vector<Delta>& deltas) {
    if (block.answer) {
      deltas.push_back({0, TextDelta{std::move(json)}});
    } else {
      deltas.push_back({0, ArgumentsDelta{block.tool, std::move(json)}});
    }
  }

  static void write_texts(const Event& seen, std::vector<Delta>& deltas) {
    if (!seen.text.empty()) deltas.push_back({0, TextDelta{std::string(seen.text)}});
    if (!seen.thinking.empty()) {
      deltas.push_back({0, ReasoningDelta{std::string(seen.thinking), {}}});
    }
    if (!seen.signature.empty()) {
      deltas.push_back(
          {0, SignatureDelta{{std::string(seen.signature), std::string(own_name)}, false}});
    }
  }

  Block* block_of(const Event& seen) {
    const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                    [&](const Block& block) { return block.index == seen.index; });
    return found == blocks_.end() ? nullptr : &*found;
  }

  void add_to_block(const Event& seen, EventFacts& facts, std::vector<Delta>* deltas) {
    facts.content = seen.bytes > 0;
    facts.output_bytes = seen.bytes;
    Block* block = block_of(seen);
    if (block != nullptr && block->call && seen.json_bytes > 0) {
      block->empty = false;
      if (deltas != nullptr) write_arguments(*block, std::string(seen.json), *deltas);
    }
    if (deltas != nullptr) write_texts(seen, *deltas);
  }

  void stop_block(const Event& seen, std::vector<Delta>* deltas) {
    Block* block = block_of(seen);
    if (block == nullptr) return;
    if (deltas != nullptr) {
      // A call without arguments has an empty text for them here, and an empty object elsewhere.
      if (block->call && block->empty) write_arguments(*block, "{}", *deltas);
      deltas->push_back({0, PartEndDelta{}});
    }
    blocks_.erase(blocks_.begin() + (block - blocks_.data()));
  }

  void finish_message(const Event& seen, EventFacts& facts, std::vector<Delta>* deltas) const {
    if (!seen.stop_reason.empty()) {
      facts.finish = count_.settle(finish_reason_from(seen.stop_reason));
      if (deltas != nullptr) write_finish(seen, facts.finish, *deltas);
    }
    add_usage(seen, facts, deltas);
  }

  void write_finish(const Event& seen, FinishReason finish, std::vector<Delta>& deltas) const {
    const bool settled = finish != finish_reason_from(seen.stop_reason);
    const std::string_view word = settled ? finish_word(finish) : seen.stop_reason;
    deltas.push_back({0, FinishDelta{finish, std::string(word), std::string(seen.stop_sequence)}});
  }

  // The same place in the event's own bytes, which outlive this reader's copy.
  std::string_view in_event(const SseEvent& event, std::string_view text) const {
    if (text.data() < data_.data() || text.data() >= data_.data() + data_.size()) return text;
    return event.data.substr(static_cast<std::size_t>(text.data() - data_.data()), text.size());
  }

  JsonReader& json_;
  std::string data_;
  UsageCounts usage_;
  CallCount count_;
  int calls_ = 0;
  std::vector<Block> blocks_;  // open ones; usually one
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider&) {
  return std::make_unique<Reader>(reader);
}

}  // namespace wye::anthropic
