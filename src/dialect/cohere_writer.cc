// Cohere writer: a stream for a client of this dialect, made of deltas. Pure.
#include <optional>
#include <vector>

#include "core/signature.h"
#include "dialect/cohere.h"
#include "dialect/cohere_usage.h"
#include "dialect/take.h"

namespace wye::cohere {
namespace {

class Writer final : public StreamWriter {
 public:
  explicit Writer(const Ask& ask) : id_(ask.answer_id) {}

  void write(const Delta& delta, std::string& out) override {
    if (delta.choice != 0) return;  // clients of this dialect know one choice
    if (const auto* signature = std::get_if<SignatureDelta>(&delta.body)) {
      return take_signature(*signature);
    }
    if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      return take_arguments(*arguments);
    }
    if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      calls_.push_back({call->tool, call->id, call->name, {}, {}});
      in_call_ = true;
      return;
    }
    in_call_ = false;
    if (const auto* start = std::get_if<StartDelta>(&delta.body)) {
      if (!start->id.empty()) id_ = start->id;
    } else if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      write_text("text", text->text, out);
    } else if (const auto* declined = std::get_if<RefusalDelta>(&delta.body)) {
      write_text("text", declined->text, out);
    } else if (const auto* thought = std::get_if<ReasoningDelta>(&delta.body)) {
      const bool plan = take::has_word(thought->form, "tool_plan");
      plan ? write_plan(thought->text, out) : write_text("thinking", thought->text, out);
    } else if (std::holds_alternative<PartEndDelta>(delta.body)) {
      close_content(out);
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      finish_ = finish->reason;
    } else if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    }
  }

  void finish(std::string& out) override {
    begin(out);
    close_content(out);
    for (std::size_t i = 0; i < calls_.size(); ++i) write_call(calls_[i], static_cast<int>(i), out);
    JsonWriter json = open_event("message-end", out);
    json.key("delta").begin_object().field("finish_reason", finish_word(finish_));
    if (usage_) {
      json.key("usage");
      write_usage(json, *usage_);
    }
    json.end_object();
    close_event(json, out);
    out += "data: [DONE]\n\n";
  }

 private:
  // A call is held back until the end: what its maker wants back comes after it, and has no place
  // but its id, which comes first.
  struct Call {
    int tool;
    std::string id, name, arguments;
    Signature signature;
  };

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

  // The start of the message, once.
  void begin(std::string& out) {
    if (begun_) return;
    begun_ = true;
    JsonWriter json = open_event("message-start", out);
    json.field("id", id_).key("delta").begin_object().key("message").begin_object();
    json.field("role", "assistant").key("content").begin_array().end_array();
    json.field("tool_plan", "").key("tool_calls").begin_array().end_array();
    json.key("citations").begin_array().end_array().end_object().end_object();
    close_event(json, out);
  }

  // An event with delta.message; `body` writes the members of that.
  template <class Body>
  static void write_event(std::string_view type, int index, std::string& out, Body&& body) {
    JsonWriter json = open_event(type, out);
    if (index >= 0) json.field("index", index);
    json.key("delta").begin_object().key("message").begin_object();
    body(json);
    json.end_object().end_object();
    close_event(json, out);
  }

  static void write_end(std::string_view type, int index, std::string& out) {
    JsonWriter json = open_event(type, out);
    json.field("index", index);
    close_event(json, out);
  }

  void write_text(std::string_view kind, const std::string& text, std::string& out) {
    if (text.empty()) return;
    begin(out);
    if (open_ != kind) {
      close_content(out);
      open_ = kind;
      write_event("content-start", index_, out, [&](JsonWriter& json) {
        json.key("content").begin_object().field("type", kind).field(kind, "").end_object();
      });
    }
    write_event("content-delta", index_, out, [&](JsonWriter& json) {
      json.key("content").begin_object().field(kind, text).end_object();
    });
  }

  void write_plan(const std::string& text, std::string& out) {
    if (text.empty()) return;
    begin(out);
    close_content(out);
    write_event("tool-plan-delta", -1, out,
                [&](JsonWriter& json) { json.field("tool_plan", text); });
  }

  void close_content(std::string& out) {
    if (open_.empty()) return;
    write_end("content-end", index_++, out);
    open_ = {};
  }

  void write_call(const Call& call, int index, std::string& out) const {
    const bool foreign = !call.signature.empty() && call.signature.maker != own_name;
    write_event("tool-call-start", index, out, [&](JsonWriter& json) {
      json.key("tool_calls").begin_object();
      json.field("id", foreign ? id_with(call.id, call.signature) : call.id);
      json.field("type", "function").key("function").begin_object();
      json.field("name", call.name).field("arguments", "").end_object().end_object();
    });
    write_event("tool-call-delta", index, out, [&](JsonWriter& json) {
      json.key("tool_calls").begin_object().key("function").begin_object();
      json.field("arguments", call.arguments.empty() ? std::string_view("{}")
                                                     : std::string_view(call.arguments));
      json.end_object().end_object();
    });
    write_end("tool-call-end", index, out);
  }

  void take_arguments(const ArgumentsDelta& arguments) {
    for (Call& call : calls_) {
      if (call.tool == arguments.tool) call.arguments += arguments.json;
    }
  }

  void take_signature(const SignatureDelta& delta) {
    if (!in_call_ || delta.encrypted) return;
    calls_.back().signature.data += delta.signature.data;
    calls_.back().signature.maker = delta.signature.maker;
  }

  std::string id_;
  bool begun_ = false;
  int index_ = 0;          // of the content that is open or comes next
  std::string_view open_;  // its kind, "" when there is none
  bool in_call_ = false;   // the last thing said was a call
  std::vector<Call> calls_;
  FinishReason finish_ = FinishReason::stop;
  std::optional<Usage> usage_;
};

}  // namespace

std::unique_ptr<StreamWriter> open_writer(const Ask& ask) { return std::make_unique<Writer>(ask); }

}  // namespace wye::cohere
