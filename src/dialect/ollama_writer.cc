// Ollama writer: answers, streams and errors for clients of this dialect. Pure.
#include <fmt/format.h>

#include "base/units.h"
#include "core/signature.h"
#include "dialect/ollama.h"
#include "dialect/take.h"
#include "dialect/vectors.h"
#include "dialect/writing.h"

namespace wye::ollama {
namespace {

constexpr std::string_view own_name = "ollama";

std::string_view done_word(FinishReason reason) {
  return reason == FinishReason::length ? "length" : "stop";
}

std::string call_id(const std::string& id, const Signature& signature) {
  return signature.empty() || signature.maker == own_name ? id : id_with(id, signature);
}

void write_call(JsonWriter& json, std::string_view id, int index, const ToolCall& call) {
  json.begin_object();
  if (!id.empty()) json.field("id", id);
  json.key("function").begin_object().field("index", index).field("name", call.name);
  json.key("arguments").raw(arguments_object(call.arguments));
  json.end_object().end_object();
}

void write_counts(JsonWriter& json, const Usage& usage) {
  if (usage.source == UsageSource::none) return;
  json.field("prompt_eval_count", usage.input).field("eval_count", usage.output);
}

class AnswerWriter {
 public:
  AnswerWriter(std::string& out, const Answer& answer, const Ask& ask)
      : json_(out), answer_(answer), ask_(ask), own_(answer.origin == DialectId::ollama) {}

  void write() {
    json_.begin_object();
    json_.field("model", answer_.model.empty() ? ask_.facts.model : answer_.model);
    answer_.endpoint == Endpoint::embeddings ? write_embeddings() : write_chat();
    if (own_) take::write_extra(json_, answer_.extra);
    json_.end_object();
  }

 private:
  void write_embeddings() {
    json_.key("embeddings").begin_array();
    for (const Embedding& embedding : answer_.embeddings) write_floats(json_, embedding);
    json_.end_array();
    if (answer_.usage.source != UsageSource::none) {
      json_.field("prompt_eval_count", answer_.usage.input);
    }
  }

  // Clients of this dialect know one choice.
  void write_chat() {
    json_.field("created_at", format_time_utc(answer_.created * 1000));
    const Choice none;
    const Choice& choice = answer_.choices.empty() ? none : answer_.choices.front();
    json_.key("message").begin_object().field("role", "assistant");
    write_texts(choice);
    write_calls(choice);
    json_.end_object();
    json_.field("done", true);
    json_.field("done_reason", own_ && !choice.finish_text.empty()
                                   ? std::string_view(choice.finish_text)
                                   : done_word(choice.finish));
    if (own_) write_logprobs(choice);
    write_counts(json_, answer_.usage);
  }

  void write_texts(const Choice& choice) {
    std::string text, thinking;
    for (const Part& part : choice.parts) {
      if (const auto* plain = std::get_if<Text>(&part.body)) text += plain->text;
      if (const auto* declined = std::get_if<Declined>(&part.body)) text += declined->text;
      if (const auto* thought = std::get_if<Reasoning>(&part.body)) thinking += thought->text;
    }
    json_.field("content", text);
    if (!thinking.empty()) json_.field("thinking", thinking);
  }

  void write_calls(const Choice& choice) {
    int count = 0;
    for (const Part& part : choice.parts) {
      const auto* call = std::get_if<ToolCall>(&part.body);
      if (call == nullptr) continue;
      if (count == 0) json_.key("tool_calls").begin_array();
      const bool made_up = take::has_word(part.form, "no_id");
      write_call(json_, made_up ? std::string() : call_id(call->id, part.signature), count++,
                 *call);
    }
    if (count > 0) json_.end_array();
  }

  void write_logprobs(const Choice& choice) {
    constexpr std::string_view before = R"({"content":)";
    const std::string_view text = choice.logprobs;
    if (!text.starts_with(before)) return;
    json_.key("logprobs").raw(text.substr(before.size(), text.size() - before.size() - 1));
  }

  JsonWriter json_;
  const Answer& answer_;
  const Ask& ask_;
  bool own_;
};

// Calls are whole in this dialect, so each is held back until it is.
class Writer final : public StreamWriter {
 public:
  explicit Writer(const Ask& ask)
      : model_(ask.facts.model), created_at_(format_time_utc(ask.answer_created * 1000)) {}

  void write(const Delta& delta, std::string& out) override {
    if (delta.choice != 0) return;
    if (const auto* start = std::get_if<StartDelta>(&delta.body)) {
      if (!start->model.empty()) model_ = start->model;
      if (start->created != 0) created_at_ = format_time_utc(start->created * 1000);
    } else if (const auto* text = std::get_if<TextDelta>(&delta.body)) {
      write_text("content", text->text, out);
    } else if (const auto* declined = std::get_if<RefusalDelta>(&delta.body)) {
      write_text("content", declined->text, out);
    } else if (const auto* thought = std::get_if<ReasoningDelta>(&delta.body)) {
      write_text("thinking", thought->text, out);
    } else if (const auto* call = std::get_if<ToolCallDelta>(&delta.body)) {
      calls_.push_back({call->tool, ToolCall{call->id, call->name, {}}, {}});
    } else if (const auto* arguments = std::get_if<ArgumentsDelta>(&delta.body)) {
      for (Call& each : calls_) {
        if (each.tool == arguments->tool) each.body.arguments += arguments->json;
      }
    } else if (const auto* signature = std::get_if<SignatureDelta>(&delta.body)) {
      take_signature(*signature);
    } else if (const auto* finish = std::get_if<FinishDelta>(&delta.body)) {
      done_reason_ = done_word(finish->reason);
    } else if (const auto* usage = std::get_if<UsageDelta>(&delta.body)) {
      usage_ = usage->usage;
    }
    if (!std::holds_alternative<SignatureDelta>(delta.body)) {
      in_call_ = std::holds_alternative<ToolCallDelta>(delta.body) ||
                 std::holds_alternative<ArgumentsDelta>(delta.body);
    }
  }

  void finish(std::string& out) override {
    if (!calls_.empty()) write_calls(out);
    JsonWriter json = open_line(out);
    json.key("message").begin_object().field("role", "assistant").field("content", "");
    json.end_object().field("done", true).field("done_reason", done_reason_);
    write_counts(json, usage_);
    close_line(json, out);
  }

 private:
  struct Call {
    int tool;
    ToolCall body;
    Signature signature;
  };

  JsonWriter open_line(std::string& out) const {
    JsonWriter json(out);
    json.begin_object().field("model", model_).field("created_at", created_at_);
    return json;
  }
  static void close_line(JsonWriter& json, std::string& out) {
    json.end_object();
    out += '\n';
  }

  void write_text(std::string_view name, const std::string& text, std::string& out) const {
    if (text.empty()) return;
    JsonWriter json = open_line(out);
    json.key("message").begin_object().field("role", "assistant");
    if (name != "content") json.field("content", "");
    json.field(name, text);
    json.end_object().field("done", false);
    close_line(json, out);
  }

  // Only calls can carry one here; that of a text or a thought has no place.
  void take_signature(const SignatureDelta& delta) {
    if (!in_call_ || delta.encrypted) return;
    Signature& out = calls_.back().signature;
    out.data += delta.signature.data;
    out.maker = delta.signature.maker;
  }

  void write_calls(std::string& out) const {
    JsonWriter json = open_line(out);
    json.key("message").begin_object().field("role", "assistant").field("content", "");
    json.key("tool_calls").begin_array();
    int index = 0;
    for (const Call& call : calls_) {
      write_call(json, call_id(call.body.id, call.signature), index++, call.body);
    }
    json.end_array().end_object().field("done", false);
    close_line(json, out);
  }

  std::string model_;
  std::string created_at_;
  std::vector<Call> calls_;
  bool in_call_ = false;
  std::string_view done_reason_ = "stop";
  Usage usage_;
};

void write_error(std::string& out, const Fault& fault, std::string_view request_id) {
  JsonWriter json(out);
  json.begin_object().field("error", fault.message);
  json.key("gateway").begin_object().field("request_id", request_id);
  json.field("class", to_string(fault.kind)).end_object().end_object();
}

}  // namespace

std::string write_answer(const Answer& answer, const Ask& ask) {
  std::string out;
  AnswerWriter(out, answer, ask).write();
  return out;
}

std::unique_ptr<StreamWriter> open_writer(const Ask& ask) { return std::make_unique<Writer>(ask); }

std::string write_fault(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out;
  write_error(out, fault, request_id);
  return out;
}

// A line with an error is the last; clients throw when they meet it.
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out;
  write_error(out, fault, request_id);
  out += '\n';
  return out;
}

}  // namespace wye::ollama
