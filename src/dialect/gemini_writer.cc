// Gemini writer: a stream for a Gemini client, made of deltas. Server-sent events, or one JSON
// array when the client did not ask for them. Pure.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "dialect/gemini.h"
#include "dialect/gemini_answer_parts.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_logprobs.h"
#include "dialect/gemini_usage.h"

namespace wye::gemini {
namespace {

// What only Gemini says of a candidate; it comes back to Gemini's clients unchanged.
constexpr std::array<std::string_view, 8> candidate_members{
    "safetyRatings",      "citationMetadata", "groundingMetadata", "groundingAttributions",
    "urlContextMetadata", "finishMessage",    "avgLogprobs",       "tokenCount"};
constexpr std::array<std::string_view, 5> part_members{"executableCode", "codeExecutionResult",
                                                       "inlineData", "toolCall", "toolResponse"};

template <class List>
bool has_field(const List& list, std::string_view name) {
  for (const std::string_view each : list) {
    if (is_field(name, each)) return true;
  }
  return false;
}

class Writer final : public StreamWriter {
 public:
  explicit Writer(const Ask& ask)
      : as_array_(ask.stream_as_array), id_(ask.answer_id), model_(ask.facts.model) {}

  void write(const Delta& delta, std::string& out) override {
    Candidate& to = candidate(delta.choice);
    if (const auto* start = std::get_if<StartDelta>(&delta.body)) return begin(*start);
    if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      to.finish = finish->reason;
    } else if (const auto* extra = std::get_if<ExtraDelta>(&delta.body)) {
      take_extra(to, *extra, out);
    } else if (const auto* logprobs = std::get_if<LogprobsDelta>(&delta.body)) {
      take_logprobs(to, logprobs->json);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      flush(to, out);
      open_call(to, call->tool).body = ToolCall{call->id, call->name, {}};
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      Part& part = open_call(to, arguments->tool);
      std::get<ToolCall>(part.body).arguments += arguments->json;
    } else if (const auto* signature = std::get_if<SignatureDelta>(&delta.body)) {
      sign(to, *signature, out);
    } else if (!std::holds_alternative<PartEndDelta>(delta.body)) {
      write_words(to, delta.body, out);
    }
  }

  // The reasons come last, together with the counts, as Gemini's own last chunk has them.
  void finish(std::string& out) override {
    for (Candidate& each : candidates_) flush(each, out);
    open_chunk(out);
    JsonWriter json(out);
    json.begin_object();
    write_ends(json);
    if (usage_) {
      json.key("usageMetadata");
      write_usage(json, *usage_);
    }
    write_names(json);
    close_chunk(out);
    if (as_array_) out += "]";
  }

 private:
  struct OpenCall {
    int tool = 0;
    Part part;
  };
  struct Candidate {
    int index = 0;
    bool thinking = false;        // what is being written is a thought
    std::vector<OpenCall> calls;  // held back until they are whole: Gemini cuts no call
    FinishReason finish = FinishReason::none;
    std::string logprobs;
    Extra extra;
  };

  Candidate& candidate(int index) {
    for (Candidate& each : candidates_) {
      if (each.index == index) return each;
    }
    Candidate& made = candidates_.emplace_back();
    made.index = index;
    return made;
  }

  static Part& open_call(Candidate& to, int tool) {
    for (OpenCall& each : to.calls) {
      if (each.tool == tool) return each.part;
    }
    OpenCall& made = to.calls.emplace_back();
    made.tool = tool;
    made.part.body = ToolCall{};
    return made.part;
  }

  void begin(const StartDelta& start) {
    if (!start.id.empty()) id_ = start.id;
    if (!start.model.empty()) model_ = start.model;
  }

  void write_words(Candidate& to, const DeltaBody& body, std::string& out) {
    flush(to, out);
    Part part;
    if (const auto* text = std::get_if<TextDelta>(&body)) part.body = Text{text->text};
    if (const auto* refusal = std::get_if<RefusalDelta>(&body)) part.body = Text{refusal->text};
    if (const auto* thought = std::get_if<ReasoningDelta>(&body)) {
      part.body = Reasoning{thought->text};
    }
    to.thinking = std::holds_alternative<Reasoning>(part.body);
    write_part(to, part, out);
  }

  // Of a call that is held back it is its own; what was written already gets a part without text.
  void sign(Candidate& to, const SignatureDelta& signature, std::string& out) {
    if (!to.calls.empty() && !signature.encrypted) {
      to.calls.back().part.signature = signature.signature;
      return;
    }
    flush(to, out);
    Part part;
    if (to.thinking || signature.encrypted) {
      part.body = Reasoning{.text = {}, .summary = false, .encrypted = signature.encrypted};
    } else {
      part.body = Text{};
    }
    part.signature = signature.signature;
    write_part(to, part, out);
  }

  void take_extra(Candidate& to, const ExtraDelta& extra, std::string& out) {
    if (extra.at == ExtraDelta::At::choice && has_field(candidate_members, extra.name)) {
      std::erase_if(to.extra, [&](const ExtraMember& each) { return each.name == extra.name; });
      to.extra.push_back({extra.name, extra.json});
    } else if (extra.at == ExtraDelta::At::message && has_field(part_members, extra.name)) {
      flush(to, out);
      Part part;
      part.body = Unknown{extra.name, extra.json};
      write_part(to, part, out);
    }
  }

  static void take_logprobs(Candidate& to, const std::string& elements) {
    if (elements.empty()) return;
    if (!to.logprobs.empty()) to.logprobs += ',';
    to.logprobs += elements;
  }

  void flush(Candidate& to, std::string& out) {
    std::vector<OpenCall> calls = std::exchange(to.calls, {});
    for (const OpenCall& each : calls) write_part(to, each.part, out);
  }

  void write_part(const Candidate& to, const Part& part, std::string& out) {
    open_chunk(out);
    JsonWriter json(out);
    json.begin_object().key("candidates").begin_array().begin_object();
    json.key("content").begin_object().key("parts").begin_array();
    (void)write_answer_part(json, reader_, part, true);
    json.end_array().field("role", "model").end_object();
    json.field("index", to.index).end_object().end_array();
    write_names(json);
    close_chunk(out);
  }

  void write_ends(JsonWriter& json) {
    if (candidates_.empty()) return;
    json.key("candidates").begin_array();
    for (const Candidate& each : candidates_) {
      json.begin_object().key("content").begin_object();
      json.key("parts").begin_array().begin_object().field("text", "").end_object().end_array();
      json.field("role", "model").end_object();
      json.field("finishReason", finish_word(each.finish)).field("index", each.index);
      if (!each.logprobs.empty()) {
        const std::string result =
            logprobs_result(reader_, R"({"content":[)" + each.logprobs + "]}");
        if (!result.empty()) json.key("logprobsResult").raw(result);
      }
      write_extra(json, each.extra);
      json.end_object();
    }
    json.end_array();
  }

  void write_names(JsonWriter& json) const {
    json.field("modelVersion", model_);
    if (!id_.empty()) json.field("responseId", id_);
    json.end_object();
  }

  void open_chunk(std::string& out) {
    if (!as_array_) {
      out += "data: ";
    } else {
      out += begun_ ? ",\r\n" : "[";
    }
    begun_ = true;
    chunk_start_ = out.size();
  }
  // Arguments are raw JSON and may be spread over lines, which would end the event's line, too.
  // Within JSON a line end is mere space.
  void close_chunk(std::string& out) const {
    if (as_array_) return;
    const auto start = out.begin() + static_cast<std::ptrdiff_t>(chunk_start_);
    std::replace_if(
        start, out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    out += "\r\n\r\n";
  }

  bool as_array_;
  bool begun_ = false;
  std::size_t chunk_start_ = 0;
  std::string id_;
  std::string model_;
  std::optional<Usage> usage_;
  std::vector<Candidate> candidates_;
  JsonReader reader_;
};

}  // namespace

std::unique_ptr<StreamWriter> open_writer(const Ask& ask) { return std::make_unique<Writer>(ask); }

}  // namespace wye::gemini
