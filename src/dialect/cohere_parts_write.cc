// Cohere parts, writing. Pure.
#include "dialect/cohere_parts.h"
#include "dialect/function_tools.h"
#include "dialect/media_url.h"
#include "dialect/take.h"

namespace wye::cohere {
namespace {

void write_image(JsonWriter& json, const Part& part, const Image& image, bool own) {
  json.begin_object().field("type", "image_url").key("image_url").begin_object();
  json.field("url", url_of_media(image.media));
  if (!image.detail.empty()) json.field("detail", image.detail);
  if (own) take::write_extra(json, part.extra, "image_url");
  json.end_object();
  if (own) take::write_extra(json, part.extra);
  json.end_object();
}

void write_text(JsonWriter& json, std::string_view type, const std::string& text, const Part& part,
                bool own) {
  json.begin_object().field("type", type).field(type, text);
  if (own) take::write_extra(json, part.extra);
  json.end_object();
}

bool is_plan(const Part& part) { return take::has_word(part.form, "tool_plan"); }

// What goes into a content list; the rest of a turn has members of its own.
std::vector<const Part*> content_of(const Turn& turn, const WriteOptions& options) {
  std::vector<const Part*> out;
  for (const Part* part : turn.parts) {
    if (std::holds_alternative<ToolCall>(part->body) || is_plan(*part)) continue;
    // The answer of a tool may hold documents; those of anybody else are the request's.
    if (turn.result == nullptr && is_request_document(*part, options.own)) continue;
    const auto* thought = std::get_if<Reasoning>(&part->body);
    if (thought != nullptr && (!options.thinking || thought->text.empty())) continue;
    out.push_back(part);
  }
  return out;
}

Result<void> write_content(JsonWriter& json, const Turn& turn, const WriteOptions& options,
                           std::vector<std::string>& dropped) {
  const std::vector<const Part*> parts = content_of(turn, options);
  const std::string& form = turn.message->form;
  const bool listed = options.own && take::has_word(form, "parts");
  const auto* only = parts.size() == 1 ? std::get_if<Text>(&parts.front()->body) : nullptr;
  if (!listed && only != nullptr) {
    json.field("content", only->text);
    return {};
  }
  if (parts.empty() && !listed) {
    if (options.own && take::has_word(form, "null")) json.key("content").null();
    // A turn of calls alone needs none, any other does.
    const bool calls = turn.role == Role::assistant && !turn.parts.empty();
    if (!options.own && !calls) json.field("content", "");
    return {};
  }
  json.key("content").begin_array();
  for (const Part* part : parts) {
    if (Result<void> done = write_part(json, *part, options, dropped); !done) return done;
  }
  json.end_array();
  return {};
}

void write_calls(JsonWriter& json, const Turn& turn, bool own) {
  bool open = false;
  for (const Part* part : turn.parts) {
    const auto* call = std::get_if<ToolCall>(&part->body);
    if (call == nullptr) continue;
    if (!open) json.key("tool_calls").begin_array();
    open = true;
    write_function_call(json, *part, call->id, own);
  }
  if (open) json.end_array();
}

}  // namespace

bool is_request_document(const Part& part, bool own) {
  const auto* document = std::get_if<Document>(&part.body);
  if (document == nullptr) return false;
  return own ? take::has_word(part.form, "documents") : is_plain_text(*document);
}

void write_document(JsonWriter& json, const Part& part) {
  if (const std::string* raw = find_extra(part.extra, "document")) {
    json.raw(*raw);
    return;
  }
  const auto& document = std::get<Document>(part.body);
  const std::string& title = document.title.empty() ? document.name : document.title;
  json.begin_object().key("data").begin_object();
  if (!title.empty()) json.field("title", title);
  json.field("text", document.text).end_object().end_object();
}

Result<void> write_part(JsonWriter& json, const Part& part, const WriteOptions& options,
                        std::vector<std::string>& dropped) {
  if (const auto* text = std::get_if<Text>(&part.body)) {
    write_text(json, "text", text->text, part, options.own);
  } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
    write_text(json, "text", declined->text, part, false);
  } else if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
    write_text(json, "thinking", thought->text, part, options.own);
  } else if (const auto* image = std::get_if<Image>(&part.body)) {
    if (!image->media.file_id.empty()) {
      return unsupported("messages",
                         "messages name a file of another provider, unknown to Cohere.");
    }
    write_image(json, part, *image, options.own);
  } else if (const auto* document = std::get_if<Document>(&part.body)) {
    if (!is_plain_text(*document) && !options.own) {
      return unsupported("messages", "messages hold a file, and Cohere takes text and pictures.");
    }
    json.begin_object().field("type", "document").key("document");
    write_document(json, part);
    json.end_object();
  } else if (std::holds_alternative<Audio>(part.body)) {
    return unsupported("messages", "messages hold sound, and Cohere takes text and pictures.");
  } else if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
    options.own ? void(json.raw(unknown->json)) : add_dropped(dropped, "messages.content");
  }
  return {};
}

Result<void> write_turn(JsonWriter& json, const Turn& turn, const WriteOptions& options,
                        std::vector<std::string>& dropped) {
  const Role role = turn.role == Role::developer ? Role::system : turn.role;
  json.field("role", to_string(role));
  if (turn.result != nullptr) json.field("tool_call_id", turn.result->call_id);
  for (const Part* part : turn.parts) {
    if (is_plan(*part)) json.field("tool_plan", std::get<Reasoning>(part->body).text);
  }
  if (Result<void> done = write_content(json, turn, options, dropped); !done) return done;
  write_calls(json, turn, options.own);
  if (options.own) take::write_extra(json, turn.message->extra);
  if (!options.own && !turn.message->name.empty()) add_dropped(dropped, "messages.name");
  return {};
}

}  // namespace wye::cohere
