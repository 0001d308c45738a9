// Responses output. Pure.
#include "dialect/responses_output.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "dialect/responses.h"
#include "dialect/responses_usage.h"

namespace wye::responses {
namespace {

void write_message(JsonWriter& json, const OutputItem& item, std::string_view status) {
  json.field("type", "message").field("status", status).field("role", "assistant");
  json.key("content").begin_array();
  for (const OutputItem::Piece& piece : item.pieces) write_piece(json, piece);
  json.end_array();
}

void write_reasoning(JsonWriter& json, const OutputItem& item) {
  json.field("type", "reasoning").key("summary").begin_array();
  if (!item.summary.empty()) write_summary(json, item.summary);
  json.end_array();
  if (!item.encrypted.empty()) json.field("encrypted_content", item.encrypted);
}

void write_call(JsonWriter& json, const OutputItem& item, std::string_view status) {
  json.field("type", "function_call").field("status", status);
  json.field("call_id", item.call_id).field("name", item.name);
  json.field("arguments", item.arguments);
}

std::string_view status_word(FinishReason reason) {
  return reason == FinishReason::none ? "in_progress" : status_of(reason).status;
}

// What the answer's maker would repeat of the request. Libraries read these members without asking
// whether they are there; what was asked for in truth is in the client's own hands.
void write_request_members(JsonWriter& json, const AskFacts& ask) {
  json.key("instructions").null();
  json.key("max_output_tokens");
  ask.output_tokens_max < 0 ? (void)json.null() : (void)json.value(ask.output_tokens_max);
  json.key("metadata").begin_object();
  for (const auto& [name, value] : ask.metadata) json.field(name, value);
  json.end_object();
  json.field("parallel_tool_calls", true).key("previous_response_id").null();
  json.key("reasoning").begin_object().key("effort").null();
  json.key("summary").null().end_object();
  json.field("store", false).key("temperature").null();
  json.key("text").begin_object().key("format").begin_object().field("type", "text");
  json.end_object().end_object();
  json.field("tool_choice", "auto").key("tools").begin_array().end_array();
  json.key("top_p").null();
  json.field("truncation", "disabled").key("user").null();
}

void write_ending(JsonWriter& json, FinishReason reason) {
  json.field("status", status_word(reason)).key("error");
  if (reason == FinishReason::error) {
    json.begin_object().field("code", "server_error");
    json.field("message", "The model could not finish its answer.").end_object();
  } else {
    json.null();
  }
  json.key("incomplete_details");
  const std::string_view why =
      reason == FinishReason::none ? std::string_view() : status_of(reason).incomplete_reason;
  if (why.empty()) {
    json.null();
  } else {
    json.begin_object().field("reason", why).end_object();
  }
}

// The last item is the one that was cut short.
std::string_view status_of_item(FinishReason reason, bool last) {
  return last && status_word(reason) == "incomplete" ? "incomplete" : "completed";
}

void write_output_text(JsonWriter& json, const std::vector<OutputItem>& items) {
  std::string text;
  for (const OutputItem& item : items) {
    for (const OutputItem::Piece& piece : item.pieces) {
      if (!piece.refusal) text += piece.text;
    }
  }
  json.field("output_text", text);
}

}  // namespace

std::string made_id(std::string_view prefix, std::string_view answer_id, std::size_t index) {
  return fmt::format("{}{:016x}{}", prefix, hash64(answer_id), index);
}

std::string made_response_id(std::string_view answer_id) {
  return fmt::format("{}{:016x}", made_response, hash64(answer_id));
}

void write_piece(JsonWriter& json, const OutputItem::Piece& piece) {
  json.begin_object().field("type", piece.refusal ? "refusal" : "output_text");
  if (piece.refusal) {
    json.field("refusal", piece.text);
  } else {
    json.key("annotations").begin_array().end_array();
    json.key("logprobs").begin_array();
    if (!piece.logprobs.empty()) json.raw(piece.logprobs);
    json.end_array().field("text", piece.text);
  }
  json.end_object();
}

void write_summary(JsonWriter& json, std::string_view text) {
  json.begin_object().field("type", "summary_text").field("text", text).end_object();
}

void write_item(JsonWriter& json, const OutputItem& item, std::string_view status) {
  json.begin_object().field("id", item.id);
  switch (item.kind) {
    case OutputItem::Kind::message: write_message(json, item, status); break;
    case OutputItem::Kind::reasoning: write_reasoning(json, item); break;
    case OutputItem::Kind::call: write_call(json, item, status); break;
  }
  json.end_object();
}

void write_response(JsonWriter& json, const OutputHead& head, const std::vector<OutputItem>& items,
                    FinishReason reason, const Usage* usage, const AskFacts& ask) {
  json.begin_object().field("id", head.id).field("object", "response");
  json.field("created_at", head.created).field("background", false);
  write_ending(json, reason);
  json.field("model", head.model.empty() ? ask.model : head.model);
  json.key("output").begin_array();
  for (const OutputItem& item : items) {
    write_item(json, item, status_of_item(reason, &item == &items.back()));
  }
  json.end_array();
  if (reason != FinishReason::none) write_output_text(json, items);
  write_request_members(json, ask);
  json.key("usage");
  if (usage != nullptr && usage->source != UsageSource::none) {
    write_usage(json, *usage);
  } else {
    json.null();
  }
  json.end_object();
}

}  // namespace wye::responses
