// Anthropic writer: a stream for an Anthropic client, made of deltas. Clients of this dialect take
// blocks one after the other, so that a call whose arguments come while another is open is held
// until that one ends. Pure.
#include <optional>
#include <vector>

#include "core/signature.h"
#include "dialect/anthropic.h"
#include "dialect/anthropic_answer_words.h"
#include "dialect/anthropic_parts.h"
#include "dialect/anthropic_usage.h"

namespace wye::anthropic {
namespace {

class Writer final : public StreamWriter {
 public:
  explicit Writer(const Ask& ask)
      : id_(ask.answer_id.empty() ? nameless_id : std::string_view(ask.answer_id)),
        model_(ask.facts.model) {}

  void write(const Delta& delta, std::string& out) override {
    if (delta.choice != 0) return;  // a message is one answer
    if (const auto* start = std::get_if<StartDelta>(&delta.body)) return begin(*start);
    if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      finish_ = *finish;
    } else if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      write_text(text->text, out);
    } else if (const auto* refusal = std::get_if<RefusalDelta>(&delta.body)) {
      write_text(refusal->text, out);
    } else if (const auto* reasoning = std::get_if<ReasoningDelta>(&delta.body)) {
      write_thought(reasoning->text, out);
    } else if (const auto* signature = std::get_if<SignatureDelta>(&delta.body)) {
      write_signature(*signature, out);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      add_call(*call, out);
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      add_arguments(*arguments, out);
    } else if (std::holds_alternative<PartEndDelta>(delta.body)) {
      close_all(out);
    }
    // Logprobs and extras of other dialects have no place in this stream.
  }

  void finish(std::string& out) override {
    close_all(out);
    write_start(out);
    JsonWriter json = open_event("message_delta", out);
    json.key("delta").begin_object().field("stop_reason", reason());
    json.key("stop_sequence");
    finish_.stop_sequence.empty() ? json.null() : json.value(finish_.stop_sequence);
    json.end_object().key("usage");
    write_usage(json, usage_);
    close_event(json, out);
    JsonWriter last = open_event("message_stop", out);
    close_event(last, out);
  }

 private:
  enum class Open {
    nothing,
    text,
    thought,
    call
  };
  struct Call {
    int tool = 0;
    std::string id, name, arguments;  // arguments that are not written yet
    bool begun = false;
  };

  void begin(const StartDelta& start) {
    if (!start.id.empty()) id_ = start.id;
    if (!start.model.empty()) model_ = start.model;
  }

  std::string_view reason() const {
    return stop_reason(finish_.reason, called_, finish_.stop_sequence);
  }

  static JsonWriter open_event(std::string_view type, std::string& out) {
    out.append("event: ").append(type).append("\ndata: ");
    JsonWriter json(out);
    json.begin_object().field("type", type);
    return json;
  }
  static void close_event(JsonWriter& json, std::string& out) {
    json.end_object();
    out += "\n\n";
  }

  // Late, so that the counts which come with the beginning of a stream can be told in it.
  void write_start(std::string& out) {
    if (started_) return;
    started_ = true;
    JsonWriter json = open_event("message_start", out);
    json.key("message").begin_object().field("id", id_).field("type", "message");
    json.field("role", "assistant").field("model", model_);
    json.key("content").begin_array().end_array();
    json.key("stop_reason").null().key("stop_sequence").null().key("usage");
    write_usage(json, usage_);
    json.end_object();
    close_event(json, out);
  }

  // `body` writes the members of the block.
  template <class Body>
  void open_block(Open what, std::string& out, Body&& body) {
    write_start(out);
    open_ = what;
    JsonWriter json = open_event("content_block_start", out);
    json.field("index", index_).key("content_block").begin_object();
    body(json);
    json.end_object();
    close_event(json, out);
  }

  void write_delta(std::string_view type, std::string_view name, std::string_view text,
                   std::string& out) const {
    JsonWriter json = open_event("content_block_delta", out);
    json.field("index", index_).key("delta").begin_object();
    json.field("type", type).field(name, text).end_object();
    close_event(json, out);
  }

  void close_block(std::string& out) {
    if (open_ == Open::nothing) return;
    // As in whole answers: a thought that nobody signed must not reach Anthropic.
    if (open_ == Open::thought && !signed_) {
      write_delta("signature_delta", "signature", mark_of_unsigned(), out);
    }
    JsonWriter json = open_event("content_block_stop", out);
    json.field("index", index_);
    close_event(json, out);
    ++index_;
    open_ = Open::nothing;
  }

  // The open block, and every call that waited for its end.
  void close_all(std::string& out) {
    for (Call& call : calls_) {
      begin_call(call, out);
      flush_arguments(call, out);
      close_block(out);
    }
    calls_.clear();
    close_block(out);
  }

  void write_text(const std::string& text, std::string& out) {
    if (text.empty()) return;
    if (open_ != Open::text || !calls_.empty()) {
      close_all(out);
      open_block(Open::text, out,
                 [](JsonWriter& json) { json.field("type", "text").field("text", ""); });
    }
    write_delta("text_delta", "text", text, out);
  }

  void open_thought(std::string& out) {
    if (open_ == Open::thought) return;
    close_all(out);
    signed_ = false;
    open_block(Open::thought, out, [](JsonWriter& json) {
      json.field("type", "thinking").field("thinking", "").field("signature", "");
    });
  }

  void write_thought(const std::string& text, std::string& out) {
    if (text.empty()) return;
    open_thought(out);
    write_delta("thinking_delta", "thinking", text, out);
  }

  void write_signature(const SignatureDelta& delta, std::string& out) {
    const std::string text = carried(delta.signature, own_name);
    if (delta.encrypted) {
      close_all(out);
      open_block(Open::text, out, [&](JsonWriter& json) {
        json.field("type", "redacted_thinking").field("data", text);
      });
      close_block(out);
    } else if (!calls_.empty()) {
      Call& call = calls_.back();
      if (!call.begun && delta.signature.maker != own_name) {
        call.id = id_with(call.id, delta.signature);
      }
    } else if (open_ != Open::text) {
      open_thought(out);
      write_delta("signature_delta", "signature", text, out);
      signed_ = true;
    }
  }

  void add_call(const ToolCallDelta& call, std::string& out) {
    if (calls_.empty()) close_block(out);
    called_ = true;
    calls_.push_back({call.tool, call.id, call.name, {}, false});
  }

  // The first call in line is written as it comes, but one piece late: the signature of a call that
  // came in one piece is behind it, and goes with the call's id.
  void add_arguments(const ArgumentsDelta& arguments, std::string& out) {
    for (Call& call : calls_) {
      if (call.tool != arguments.tool) continue;
      const bool first = call.arguments.empty() && !call.begun;
      call.arguments += arguments.json;
      if (first || &call != &calls_.front()) return;
      begin_call(call, out);
      return flush_arguments(call, out);
    }
  }

  void begin_call(Call& call, std::string& out) {
    if (call.begun) return;
    call.begun = true;
    open_block(Open::call, out, [&](JsonWriter& json) {
      json.field("type", "tool_use").field("id", call.id).field("name", call.name);
      json.key("input").begin_object().end_object();
    });
  }

  void flush_arguments(Call& call, std::string& out) const {
    if (call.arguments.empty()) return;
    write_delta("input_json_delta", "partial_json", call.arguments, out);
    call.arguments.clear();
  }

  std::string id_;
  std::string model_;
  Usage usage_;
  FinishDelta finish_;
  std::vector<Call> calls_;  // the first of them may be open
  Open open_ = Open::nothing;
  int index_ = 0;
  bool started_ = false;
  bool called_ = false;
  bool signed_ = false;
};

}  // namespace

std::unique_ptr<StreamWriter> open_writer(const Ask& ask) { return std::make_unique<Writer>(ask); }

}  // namespace wye::anthropic
