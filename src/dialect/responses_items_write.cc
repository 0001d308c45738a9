// Responses items, writing, for providers. Pure.
#include <algorithm>

#include "dialect/media_url.h"
#include "dialect/responses.h"
#include "dialect/responses_items.h"
#include "dialect/take.h"
#include "dialect/writing.h"

namespace wye::responses {
namespace {

using take::has_word;

bool is_text(const Part& part) { return std::holds_alternative<Text>(part.body); }

void write_image(JsonWriter& json, const Image& image, bool own) {
  json.field("type", "input_image");
  const std::string url = url_of_media(image.media);
  if (!url.empty()) json.field("image_url", url);
  if (!image.media.file_id.empty()) json.field("file_id", image.media.file_id);
  // Demanded here, and left out by all others.
  if (!image.detail.empty() || !own) {
    json.field("detail", image.detail.empty() ? std::string_view("auto") : image.detail);
  }
}

// Inline files have a name here; a nameless PDF is refused.
std::string_view name_of(const Document& document) {
  if (!document.name.empty()) return document.name;
  if (!document.title.empty()) return document.title;
  return document.media.media_type == "application/pdf" ? "document.pdf" : "document";
}

void write_file(JsonWriter& json, const Document& document, bool own) {
  json.field("type", "input_file");
  const bool inline_bytes = !document.media.base64.empty();
  if (!document.media.file_id.empty()) json.field("file_id", document.media.file_id);
  if (inline_bytes) json.field("file_data", url_of_media(document.media));
  if (!document.media.url.empty()) json.field("file_url", document.media.url);
  if (!document.name.empty() || (inline_bytes && !own)) json.field("filename", name_of(document));
}

void write_text(JsonWriter& json, std::string_view type, std::string_view text) {
  json.field("type", type).field("text", text);
}

// The type that a text part was read with, or the usual one.
std::string_view type_of(const Part& part, bool assistant) {
  for (const std::string_view type :
       {"input_text", "output_text", "reasoning_text", "summary_text", "text"}) {
    if (has_word(part.form, type)) return type;
  }
  return assistant ? "output_text" : "input_text";
}

class ItemWriter {
 public:
  ItemWriter(JsonWriter& json, const Message& message, bool own)
      : json_(json), message_(message), own_(own), assistant_(message.role == Role::assistant) {}

  void write() {
    const std::vector<Part>& parts = message_.parts;
    for (std::size_t at = 0; at < parts.size();) {
      const Part& part = parts[at];
      if (is_content(part)) {
        const std::size_t end = end_of_item(at);
        write_message(at, end);
        at = end;
        continue;
      }
      write_other(part);
      ++at;
    }
    if (parts.empty() && own_ && message_.role != Role::assistant) write_message(0, 0);
  }

 private:
  // Whether it belongs into the content of a message item.
  bool is_content(const Part& part) const {
    if (is_text(part) || std::holds_alternative<Declined>(part.body)) return true;
    if (std::holds_alternative<Unknown>(part.body)) return own_ && in_list();
    if (assistant_) return false;  // models answer with text here
    return std::holds_alternative<Image>(part.body) || std::holds_alternative<Document>(part.body);
  }

  // Unknown parts of an assistant are items; of all others, elements of their content list.
  bool in_list() const { return !assistant_; }

  std::size_t end_of_item(std::size_t at) const {
    const std::vector<Part>& parts = message_.parts;
    std::size_t end = at + 1;
    while (end < parts.size() && is_content(parts[end]) && !has_word(parts[end].form, "item")) {
      ++end;
    }
    return end;
  }

  void write_message(std::size_t at, std::size_t end) {
    const std::vector<Part>& parts = message_.parts;
    const std::string& form = assistant_ ? parts[at].form : message_.form;
    json_.begin_object();
    if (has_word(form, "typed")) json_.field("type", "message");
    json_.field("role", to_string(message_.role == Role::tool ? Role::user : message_.role));
    json_.key("content");
    const bool bare = end == at + 1 && is_text(parts[at]) && !has_word(form, "list");
    if (bare) {
      json_.value(std::get<Text>(parts[at].body).text);
    } else {
      json_.begin_array();
      for (std::size_t i = at; i < end; ++i) write_part(parts[i]);
      json_.end_array();
    }
    if (own_ && assistant_) take::write_extra(json_, parts[at].extra, "item");
    if (own_ && !assistant_) take::write_extra(json_, message_.extra);
    json_.end_object();
  }

  void write_part(const Part& part) {
    if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
      json_.raw(unknown->json);
      return;
    }
    json_.begin_object();
    if (const auto* text = std::get_if<Text>(&part.body)) {
      write_text(json_, type_of(part, assistant_), text->text);
    } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
      json_.field("type", "refusal").field("refusal", declined->text);
    } else if (const auto* image = std::get_if<Image>(&part.body)) {
      write_image(json_, *image, own_);
    } else if (const auto* document = std::get_if<Document>(&part.body)) {
      if (is_plain_text(*document)) {
        write_text(json_, "input_text", document->text);
      } else {
        write_file(json_, *document, own_);
      }
    }
    if (own_) take::write_extra(json_, part.extra);
    json_.end_object();
  }

  void write_other(const Part& part) {
    if (const auto* call = std::get_if<ToolCall>(&part.body)) return write_call(part, *call);
    if (const auto* result = std::get_if<ToolResult>(&part.body)) return write_result(*result);
    if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
      return write_reasoning(part, *thought);
    }
    const auto* unknown = std::get_if<Unknown>(&part.body);
    if (unknown != nullptr && own_) json_.raw(unknown->json);
  }

  void write_call(const Part& part, const ToolCall& call) {
    json_.begin_object().field("type", "function_call");
    json_.field("call_id", call.id).field("name", call.name);
    // A call without arguments is an empty text to some and an empty object here.
    const bool none = !own_ && call.arguments.empty();
    json_.field("arguments", none ? std::string_view("{}") : std::string_view(call.arguments));
    if (own_) take::write_extra(json_, part.extra);
    json_.end_object();
  }

  void write_result(const ToolResult& result) {
    json_.begin_object().field("type", "function_call_output").field("call_id", result.call_id);
    json_.key("output");
    const bool text_only = std::all_of(result.parts.begin(), result.parts.end(), is_text);
    if (text_only && !has_word(message_.form, "list")) {
      json_.value(text_of(result.parts));
    } else {
      json_.begin_array();
      for (const Part& part : result.parts) {
        if (is_result_content(part)) write_part(part);
      }
      json_.end_array();
    }
    if (own_) take::write_extra(json_, message_.extra);
    json_.end_object();
  }

  bool is_result_content(const Part& part) const {
    if (std::holds_alternative<Unknown>(part.body)) return own_;
    return is_text(part) || std::holds_alternative<Image>(part.body) ||
           std::holds_alternative<Document>(part.body);
  }

  // Thoughts are only worth something to who can prove that they are its own.
  void write_reasoning(const Part& part, const Reasoning& reasoning) {
    const bool foreign = !part.signature.empty() && part.signature.maker != own_name;
    const bool unproven = part.signature.empty() && (!own_ || is_made(part));
    if (foreign || unproven) return;
    json_.begin_object().field("type", "reasoning");
    if (!part.signature.empty()) json_.field("encrypted_content", part.signature.data);
    if (own_) {
      take::write_extra(json_, part.extra);
    } else {
      write_summary(reasoning);
    }
    json_.end_object();
  }

  void write_summary(const Reasoning& reasoning) {
    json_.key("summary").begin_array();
    if (!reasoning.text.empty()) {
      json_.begin_object();
      write_text(json_, "summary_text", reasoning.text);
      json_.end_object();
    }
    json_.end_array();
  }

  // Whether the gateway gave it its id, so that no provider knows it.
  static bool is_made(const Part& part) {
    const std::string* id = find_extra(part.extra, "id");
    return id != nullptr && std::string_view(*id).substr(1).starts_with(made_reasoning);
  }

  JsonWriter& json_;
  const Message& message_;
  bool own_;
  bool assistant_;
};

}  // namespace

void write_items(JsonWriter& json, const Message& message, bool own) {
  ItemWriter(json, message, own).write();
}

}  // namespace wye::responses
