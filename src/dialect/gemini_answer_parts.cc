// Gemini answer parts. Pure.
#include "dialect/gemini_answer_parts.h"

#include "dialect/gemini_fields.h"
#include "dialect/gemini_parts.h"
#include "dialect/gemini_signature.h"

namespace wye::gemini {
namespace {

void write_call(JsonWriter& json, JsonReader& reader, const Part& part, const ToolCall& call,
                bool own) {
  json.key("functionCall").begin_object().field("name", call.name);
  if (!own || !has_word(part.form, "no_args")) {
    json.key("args");
    write_arguments(json, reader, call.arguments);
  }
  const bool invented = own && has_word(part.form, "no_id");
  if (!call.id.empty() && !invented) json.field("id", call.id);
  if (own) write_extra(json, part.extra, "functionCall");
  json.end_object();
}

// Ciphertext has no text, but its signature must come back to whoever made it.
void write_thought(JsonWriter& json, const Part& part, const Reasoning& thought, bool own) {
  if (!own || !has_word(part.form, "no_text")) json.field("text", thought.text);
  if (!own || !has_word(part.form, "no_thought")) json.field("thought", true);
}

bool write_body(JsonWriter& json, JsonReader& reader, const Part& part, bool own) {
  if (const auto* text = std::get_if<Text>(&part.body)) {
    json.begin_object().field("text", text->text);
  } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
    json.begin_object().field("text", declined->text);
  } else if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
    json.begin_object();
    write_thought(json, part, *thought, own);
  } else if (const auto* call = std::get_if<ToolCall>(&part.body)) {
    json.begin_object();
    write_call(json, reader, part, *call, own);
  } else if (const Media* media = media_of(part);
             media != nullptr && (own || !media->base64.empty())) {
    json.begin_object();
    write_media(json, *media, own ? part.extra : Extra{});
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool write_answer_part(JsonWriter& json, JsonReader& reader, const Part& part, bool own) {
  if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
    if (own) json.raw(unknown->json);
    return own;
  }
  if (!write_body(json, reader, part, own)) return false;
  if (!part.signature.empty()) {
    json.field("thoughtSignature", signature_for_client(part.signature));
  }
  if (own) write_extra(json, part.extra);
  json.end_object();
  return true;
}

}  // namespace wye::gemini
