// Bedrock stream: the events of ConverseStream as facts and deltas. No client of ours speaks
// Converse, so that nothing is passed on as it came. Pure.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialect/bedrock.h"
#include "dialect/bedrock_event.h"
#include "dialect/bedrock_usage.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"

namespace wye::bedrock {
namespace {

// What a block that was announced is; texts and thoughts are not.
struct Block {
  enum class Kind : unsigned char {
    call,
    answer,  // a call of the tool that stands for the answer
    server   // the provider's own tool, or its result: nobody else's business
  };
  std::int64_t index = 0;
  Kind kind = Kind::call;
  int tool = 0;
};

// A stream that opens blocks and closes none is believed no further than this.
constexpr std::size_t open_blocks_max = 256;

// The statuses that exceptions have outside of streams.
int status_of(std::string_view exception) {
  static constexpr std::pair<std::string_view, int> known[]{
      {"throttlingexception", 429},         {"validationexception", 400},
      {"serviceunavailableexception", 503}, {"modelstreamerrorexception", 424},
      {"modeltimeoutexception", 408},       {"accessdeniedexception", 403}};
  for (const auto& [name, status] : known) {
    if (name == exception) return status;
  }
  return 500;
}

class Reader final : public StreamReader {
 public:
  explicit Reader(JsonReader& json) : json_(json) {}

  EventFacts read(const SseEvent& event, std::vector<Delta>* deltas) override {
    EventFacts facts;
    if (event.comment_only) return facts;
    data_.assign(event.data);
    pad(data_);
    if (event.type.ends_with("Exception")) {
      facts.fault = read_exception(event.type);
      return facts;
    }
    const Result<Event> said = read_event(json_, data_);
    if (!said) {
      facts.malformed = true;
      return facts;
    }
    deltas_ = deltas;
    take(event.type, *said, facts);
    return facts;
  }

 private:
  Fault read_exception(std::string_view type) {
    ErrorBody body = read_error_body(json_, data_);
    std::string name = to_lower(type);
    const int status = status_of(name);
    body.words.insert(body.words.begin(), std::move(name));
    Fault fault = fault_of(status, std::move(body));
    fault.provider_status = 200;  // which is what the stream began with
    return fault;
  }

  void take(std::string_view type, const Event& said, EventFacts& facts) {
    if (type == "messageStart") return emit(StartDelta{});
    if (type == "contentBlockStart") return begin_block(said, facts);
    if (type == "contentBlockDelta") return add(said, facts);
    if (type == "contentBlockStop") return end_block(said.block);
    if (type == "messageStop") return stop(said, facts);
    if (type == "metadata") return end(said, facts);
  }

  void begin_block(const Event& said, EventFacts& facts) {
    if ((!said.starts_call && !said.of_server) || open_.size() == open_blocks_max) return;
    Block& block = open_.emplace_back();
    block.index = said.block;
    if (said.of_server) {
      block.kind = Block::Kind::server;
      return;
    }
    facts.content = true;
    if (said.name == answer_tool) {
      block.kind = Block::Kind::answer;
      answered_by_tool_ = true;
      return;
    }
    block.tool = calls_++;
    emit(ToolCallDelta{block.tool, std::string(said.id), std::string(said.name), {}});
  }

  Block* find(std::int64_t index) {
    const auto found = std::find_if(open_.begin(), open_.end(),
                                    [&](const Block& block) { return block.index == index; });
    return found == open_.end() ? nullptr : &*found;
  }

  void add(const Event& said, EventFacts& facts) {
    const Block* block = find(said.block);
    if (block != nullptr && block->kind == Block::Kind::server) return;
    if (said.input) return add_input(*said.input, block, facts);
    if (said.text) {
      count(*said.text, facts);
      emit(TextDelta{std::string(*said.text)});
    } else if (said.thought) {
      count(*said.thought, facts);
      emit(ReasoningDelta{std::string(*said.thought), {}});
    } else if (said.redacted) {
      count(*said.redacted, facts);
      emit(SignatureDelta{signed_by_us(*said.redacted), true});
    } else if (said.signature) {
      emit(SignatureDelta{signed_by_us(*said.signature), false});
    }
  }

  void add_input(std::string_view json, const Block* block, EventFacts& facts) {
    if (block == nullptr) return;  // nobody announced this call
    count(json, facts);
    if (block->kind == Block::Kind::answer) return emit(TextDelta{std::string(json)});
    emit(ArgumentsDelta{block->tool, std::string(json)});
  }

  static Signature signed_by_us(std::string_view data) {
    return {std::string(data), std::string(to_string(DialectId::bedrock))};
  }

  static void count(std::string_view text, EventFacts& facts) {
    facts.output_bytes += static_cast<std::int64_t>(text.size());
    facts.content = facts.content || !text.empty();
  }

  void end_block(std::int64_t index) {
    const Block* block = find(index);
    const bool server = block != nullptr && block->kind == Block::Kind::server;
    if (block != nullptr) open_.erase(open_.begin() + (block - open_.data()));
    if (!server) emit(PartEndDelta{});
  }

  void stop(const Event& said, EventFacts& facts) {
    const std::string_view word = said.stop_reason.value_or("");
    facts.finish = settled(finish_reason_from(word), answered_by_tool_, calls_ > 0);
    emit(FinishDelta{facts.finish, std::string(word), {}});
    emit_extra(said);
  }

  // The counts come last of all.
  void end(const Event& said, EventFacts& facts) {
    facts.done = true;
    if (said.usage && said.usage->source != UsageSource::none) {
      facts.usage = said.usage;
      emit(UsageDelta{*said.usage, std::string(said.usage_raw)});
    }
    emit_extra(said);
  }

  void emit_extra(const Event& said) {
    for (const ExtraMember& member : said.extra) {
      emit(ExtraDelta{ExtraDelta::At::answer, member.name, member.json});
    }
  }

  void emit(DeltaBody body) {
    if (deltas_ != nullptr) deltas_->push_back({0, std::move(body)});
  }

  JsonReader& json_;
  std::string data_;
  std::vector<Block> open_;
  int calls_ = 0;
  bool answered_by_tool_ = false;
  std::vector<Delta>* deltas_ = nullptr;  // of the event that is being read
};

}  // namespace

std::unique_ptr<StreamReader> open_reader(JsonReader& reader, const Provider&) {
  return std::make_unique<Reader>(reader);
}

}  // namespace wye::bedrock
