// OpenAI writer: a stream for an OpenAI client, made of deltas. Pure.
#include <algorithm>
#include <optional>
#include <vector>

#include "core/signature.h"
#include "dialect/openai.h"
#include "dialect/openai_parts.h"
#include "dialect/openai_usage.h"
#include "dialect/openai_write.h"

namespace wye::openai {
namespace {

constexpr std::string_view done_event = "data: [DONE]\n\n";

class Writer final : public StreamWriter {
 public:
  explicit Writer(const Ask& ask)
      : wants_usage_(ask.client_wants_usage),
        id_(ask.answer_id),
        model_(ask.facts.model),
        created_(ask.answer_created) {}

  void write(const Delta& delta, std::string& out) override {
    const int choice = delta.choice;
    const auto* signature = std::get_if<SignatureDelta>(&delta.body);
    if (signature != nullptr && call_) call_->id = id_with(call_->id, signature->signature);
    const bool signs_call = signature != nullptr && call_;
    write_waiting_call(out);
    if (const auto* start = std::get_if<StartDelta>(&delta.body)) return begin(*start);
    if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      write_finish(choice, finish->reason, out);
    } else if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      in_text_ = true;
      write_text(choice, "content", text->text, out);
    } else if (const auto* reasoning = std::get_if<ReasoningDelta>(&delta.body)) {
      in_text_ = false;
      write_text(choice, "reasoning_content", reasoning->text, out);
    } else if (const auto* refusal = std::get_if<RefusalDelta>(&delta.body)) {
      write_text(choice, "refusal", refusal->text, out);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      call_ = *call;
      call_choice_ = choice;
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      write_arguments(choice, *arguments, out);
    } else if (const auto* logprobs = std::get_if<LogprobsDelta>(&delta.body)) {
      write_logprobs(choice, *logprobs, out);
    } else if (signature != nullptr && !signs_call && !signature->encrypted) {
      write_signature(choice, signature->signature, out);
    }
    // Ends of parts and extras of other dialects have no place in this stream.
  }

  void finish(std::string& out) override {
    write_waiting_call(out);
    if (wants_usage_ && usage_) {
      JsonWriter json = open_chunk(out);
      json.begin_array().end_array().key("usage");
      write_usage(json, *usage_, true);
      close_chunk(json, out);
    }
    out += done_event;
  }

 private:
  void begin(const StartDelta& start) {
    if (!start.id.empty()) id_ = start.id;
    if (start.created != 0) created_ = start.created;
    if (!start.model.empty()) model_ = start.model;
  }

  // Up to and including the key `choices`.
  JsonWriter open_chunk(std::string& out) const {
    out += "data: ";
    JsonWriter json(out);
    json.begin_object().field("id", id_).field("object", "chat.completion.chunk");
    json.field("created", created_).field("model", model_).key("choices");
    return json;
  }
  static void close_chunk(JsonWriter& json, std::string& out) {
    json.end_object();
    out += "\n\n";
  }

  // A chunk with one choice; `body` writes the members of its delta.
  template <class Body>
  void write_delta(int choice, std::string& out, Body&& body) {
    JsonWriter json = open_chunk(out);
    json.begin_array().begin_object().field("index", choice).key("delta").begin_object();
    if (first(choice)) json.field("role", "assistant");
    body(json);
    json.end_object().key("finish_reason").null();
    json.end_object().end_array();
    close_chunk(json, out);
  }

  bool first(int choice) {
    if (std::find(begun_.begin(), begun_.end(), choice) != begun_.end()) return false;
    begun_.push_back(choice);
    return true;
  }

  void write_text(int choice, std::string_view name, const std::string& text, std::string& out) {
    write_delta(choice, out, [&](JsonWriter& json) { json.field(name, text); });
  }

  // A call waits for the next piece, which may be its signature: the id carries that.
  void write_waiting_call(std::string& out) {
    if (!call_) return;
    write_call(call_choice_, *call_, out);
    call_.reset();
  }

  void write_call(int choice, const ToolCallDelta& call, std::string& out) {
    write_delta(choice, out, [&](JsonWriter& json) {
      json.key("tool_calls").begin_array().begin_object().field("index", call.tool);
      json.field("id", call.id).field("type", "function").key("function").begin_object();
      json.field("name", call.name).field("arguments", "");
      json.end_object().end_object().end_array();
    });
  }

  void write_arguments(int choice, const ArgumentsDelta& arguments, std::string& out) {
    write_delta(choice, out, [&](JsonWriter& json) {
      json.key("tool_calls").begin_array().begin_object().field("index", arguments.tool);
      json.key("function").begin_object().field("arguments", arguments.json);
      json.end_object().end_object().end_array();
    });
  }

  void write_signature(int choice, const Signature& signature, std::string& out) {
    if (signature.empty() || !in_text_) return;
    write_delta(choice, out, [&](JsonWriter& json) {
      json.key("reasoning_details").begin_array();
      write_carried(json, signature);
      json.end_array();
    });
  }

  void write_logprobs(int choice, const LogprobsDelta& logprobs, std::string& out) {
    JsonWriter json = open_chunk(out);
    json.begin_array().begin_object().field("index", choice);
    json.key("delta").begin_object();
    if (first(choice)) json.field("role", "assistant");
    json.end_object();
    json.key("logprobs").begin_object().key("content").begin_array();
    if (!logprobs.json.empty()) json.raw(logprobs.json);
    json.end_array().key("refusal").null();
    json.end_object().key("finish_reason").null();
    json.end_object().end_array();
    close_chunk(json, out);
  }

  void write_finish(int choice, FinishReason reason, std::string& out) {
    JsonWriter json = open_chunk(out);
    json.begin_array().begin_object().field("index", choice).key("delta").begin_object();
    if (first(choice)) json.field("role", "assistant").field("content", "");
    json.end_object().field("finish_reason", finish_word(reason));
    json.end_object().end_array();
    close_chunk(json, out);
  }

  bool wants_usage_;
  std::string id_;
  std::string model_;
  std::int64_t created_ = 0;
  std::optional<Usage> usage_;
  std::vector<int> begun_;  // choices whose role was sent
  bool in_text_ = false;    // what was written last is text
  std::optional<ToolCallDelta> call_;
  int call_choice_ = 0;
};

}  // namespace

std::unique_ptr<StreamWriter> open_writer(const Ask& ask) { return std::make_unique<Writer>(ask); }

}  // namespace wye::openai
