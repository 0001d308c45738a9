// Cohere write answer: whole answers and errors for clients of this dialect. Pure.
#include "core/signature.h"
#include "dialect/cohere.h"
#include "dialect/cohere_parts.h"
#include "dialect/cohere_usage.h"
#include "dialect/function_tools.h"
#include "dialect/rerank.h"
#include "dialect/take.h"
#include "dialect/vectors.h"

namespace wye::cohere {
namespace {

class AnswerWriter {
 public:
  AnswerWriter(std::string& out, const Answer& answer)
      : json_(out), answer_(answer), own_(answer.origin == DialectId::cohere) {}

  void write() {
    json_.begin_object().field("id", answer_.id);
    if (answer_.endpoint == Endpoint::embeddings) {
      write_embeddings();
    } else if (answer_.endpoint == Endpoint::rerank) {
      write_results();
    } else {
      write_chat();
    }
    if (own_) take::write_extra(json_, answer_.extra);
    json_.end_object();
  }

 private:
  // Clients of this dialect know one choice.
  void write_chat() {
    const Choice none;
    const Choice& choice = answer_.choices.empty() ? none : answer_.choices.front();
    json_.field("finish_reason",
                own_ ? std::string_view(choice.finish_text) : finish_word(choice.finish));
    json_.key("message").begin_object().field("role", "assistant");
    write_content(choice);
    write_calls(choice);
    if (own_) take::write_extra(json_, choice.message_extra);
    json_.end_object();
    if (own_ && !answer_.usage_raw.empty()) {
      json_.key("usage").raw(answer_.usage_raw);
    } else if (answer_.usage.source != UsageSource::none) {
      json_.key("usage");
      write_usage(json_, answer_.usage);
    }
  }

  void write_content(const Choice& choice) {
    std::vector<const Part*> parts;
    for (const Part& part : choice.parts) {
      const auto* thought = std::get_if<Reasoning>(&part.body);
      if (thought != nullptr && take::has_word(part.form, "tool_plan")) {
        json_.field("tool_plan", thought->text);
      } else if (is_shown(part)) {
        parts.push_back(&part);
      }
    }
    const bool calls = choice.finish == FinishReason::tool_calls;
    if (parts.empty() && (calls || (own_ && take::has_word(choice.form, "absent")))) return;
    std::vector<std::string> dropped;
    json_.key("content").begin_array();
    for (const Part* part : parts) (void)write_part(json_, *part, {.own = own_}, dropped);
    json_.end_array();
  }

  // Pictures and sound of others have no place in an answer.
  bool is_shown(const Part& part) const {
    if (const auto* thought = std::get_if<Reasoning>(&part.body)) return !thought->text.empty();
    return std::holds_alternative<Text>(part.body) || std::holds_alternative<Declined>(part.body) ||
           (own_ && std::holds_alternative<Unknown>(part.body));
  }

  // What the maker of a call wants back goes with its id: there is no other place for it.
  void write_calls(const Choice& choice) {
    bool open = false;
    for (const Part& part : choice.parts) {
      const auto* call = std::get_if<ToolCall>(&part.body);
      if (call == nullptr) continue;
      if (!open) json_.key("tool_calls").begin_array();
      open = true;
      const bool foreign = !part.signature.empty() && part.signature.maker != own_name;
      write_function_call(json_, part, foreign ? id_with(call->id, part.signature) : call->id,
                          own_);
    }
    if (open) json_.end_array();
  }

  // A list for each type that there is.
  void write_embeddings() {
    bool floats = false, packed = false;
    for (const Embedding& each : answer_.embeddings) {
      floats = floats || !each.values.empty();
      packed = packed || !each.base64.empty();
    }
    json_.key("embeddings").begin_object();
    if (own_ && packed) {
      json_.key("base64").begin_array();
      for (const Embedding& each : answer_.embeddings) json_.value(each.base64);
      json_.end_array();
    }
    if (floats || !own_) {
      json_.key("float").begin_array();
      for (const Embedding& each : answer_.embeddings) write_values(each);
      json_.end_array();
    }
    if (own_) take::write_extra(json_, answer_.extra, "embeddings");
    json_.end_object();
    if (!own_) json_.field("response_type", "embeddings_by_type");
    write_meta();
  }

  void write_values(const Embedding& embedding) {
    Embedding plain = embedding;
    if (!plain.values.empty()) plain.base64.clear();
    write_floats(json_, plain);
  }

  void write_results() {
    json_.key("results").begin_array();
    for (const RankedDocument& each : answer_.ranked) write_ranked(json_, each, each.document);
    json_.end_array();
    write_meta();
  }

  void write_meta() {
    json_.key("meta");
    if (own_ && !answer_.usage_raw.empty()) {
      json_.raw(answer_.usage_raw);
      return;
    }
    json_.begin_object().key("api_version").begin_object().field("version", "2").end_object();
    if (answer_.usage.source != UsageSource::none) {
      json_.key("billed_units").begin_object().field("input_tokens", answer_.usage.input);
      json_.end_object();
    }
    json_.end_object();
  }

  JsonWriter json_;
  const Answer& answer_;
  bool own_;
};

void write_gateway(JsonWriter& json, const Fault& fault, std::string_view request_id) {
  json.key("gateway").begin_object().field("request_id", request_id);
  json.field("class", to_string(fault.kind)).end_object();
}

}  // namespace

std::string write_answer(const Answer& answer, const Ask&) {
  std::string out;
  AnswerWriter(out, answer).write();
  return out;
}

std::string write_fault(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("id", request_id).field("message", fault.message);
  if (!fault.code.empty()) json.field("error_type", fault.code);
  write_gateway(json, fault, request_id);
  json.end_object();
  return out;
}

// Streams have no event for errors; the last one may carry one.
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out = "event: message-end\ndata: ";
  JsonWriter json(out);
  json.begin_object().field("type", "message-end").key("delta").begin_object();
  json.field("finish_reason", "ERROR").field("error", fault.message).end_object();
  write_gateway(json, fault, request_id);
  json.end_object();
  out += "\n\n";
  return out;
}

}  // namespace wye::cohere
