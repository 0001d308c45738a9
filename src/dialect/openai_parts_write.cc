// OpenAI parts, writing. Pure.
#include <array>
#include <vector>

#include "dialect/openai_parts.h"

#include "core/signature.h"
#include "dialect/media_url.h"
#include "dialect/writing.h"

namespace wye::openai {
namespace {

void write_cache(JsonWriter& json, const CacheControl& cache) {
  json.key("cache_control").begin_object();
  json.field("type", "ephemeral");
  if (!cache.ttl.empty()) json.field("ttl", cache.ttl);
  write_extra(json, cache.extra);
  json.end_object();
}

void write_image(JsonWriter& json, const Part& part, const Image& image) {
  json.field("type", "image_url").key("image_url");
  if (has_word(part.form, "bare")) {
    json.value(url_of_media(image.media));
    return;
  }
  json.begin_object().field("url", url_of_media(image.media));
  if (!image.detail.empty()) json.field("detail", image.detail);
  write_extra(json, part.extra, "image_url");
  json.end_object();
}

void write_document(JsonWriter& json, const Part& part, const Document& document) {
  if (has_word(part.form, "document_url")) {
    json.field("type", "document_url").field("document_url", url_of_media(document.media));
    if (!document.name.empty()) json.field("document_name", document.name);
    return;
  }
  json.field("type", "file").key("file").begin_object();
  if (!document.media.file_id.empty()) json.field("file_id", document.media.file_id);
  const std::string data = url_of_media(document.media);
  if (!data.empty()) json.field("file_data", data);
  if (!document.name.empty()) json.field("filename", document.name);
  write_extra(json, part.extra, "file");
  json.end_object();
}

void write_audio(JsonWriter& json, const Part& part, const Audio& audio) {
  json.field("type", "input_audio").key("input_audio").begin_object();
  json.field("data", audio.media.base64);
  if (!audio.format.empty()) json.field("format", audio.format);
  write_extra(json, part.extra, "input_audio");
  json.end_object();
}

void write_thinking(JsonWriter& json, const Reasoning& reasoning) {
  json.field("type", "thinking").key("thinking").begin_array().begin_object();
  json.field("type", "text").field("text", reasoning.text);
  json.end_object().end_array();
}

void write_body(JsonWriter& json, const Part& part) {
  if (const auto* text = std::get_if<Text>(&part.body)) {
    json.field("type", "text").field("text", text->text);
  } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
    json.field("type", "refusal").field("refusal", declined->text);
  } else if (const auto* image = std::get_if<Image>(&part.body)) {
    write_image(json, part, *image);
  } else if (const auto* document = std::get_if<Document>(&part.body)) {
    if (is_plain_text(*document)) {
      json.field("type", "text").field("text", document->text);
    } else {
      write_document(json, part, *document);
    }
  } else if (const auto* audio = std::get_if<Audio>(&part.body)) {
    write_audio(json, part, *audio);
  } else if (const auto* reasoning = std::get_if<Reasoning>(&part.body)) {
    write_thinking(json, *reasoning);
  }
}

// Where a part of a message goes.
enum class Place {
  content,
  refusal,
  tool_calls,
  function_call,
  reasoning,
  detail,
  nowhere
};

Place place_of(const Part& part, const WriteOptions& options) {
  if (std::holds_alternative<ToolCall>(part.body)) {
    return has_word(part.form, "function_call") ? Place::function_call : Place::tool_calls;
  }
  if (std::holds_alternative<ToolResult>(part.body)) return Place::nowhere;  // a message of its own
  if (std::holds_alternative<Unknown>(part.body)) {
    if (!options.own) return Place::nowhere;
    return has_word(part.form, "tool_calls") ? Place::tool_calls : Place::content;
  }
  if (std::holds_alternative<Reasoning>(part.body)) {
    if (!options.reasoning) return Place::nowhere;
    if (has_word(part.form, "thinking")) return options.own ? Place::content : Place::nowhere;
    return has_word(part.form, "detail") ? Place::detail : Place::reasoning;
  }
  return Place::content;
}

class MessageWriter {
 public:
  MessageWriter(JsonWriter& json, const Message& message, const WriteOptions& options)
      : json_(json), message_(message), options_(options) {}

  void write(const std::vector<Part>& parts) {
    // A refusal is a member of its own unless it stood in a list.
    const bool listed = has_word(message_.form, "parts");
    for (const Part& part : parts) {
      Place place = place_of(part, options_);
      const bool declined = std::holds_alternative<Declined>(part.body);
      if (declined && !(listed && place == Place::content && in_list(part))) place = Place::refusal;
      by_place_[static_cast<std::size_t>(place)].push_back(&part);
    }
    write_content(at(Place::content), listed);
    write_refusal(at(Place::refusal));
    write_reasoning(at(Place::reasoning));
    options_.to_client && !options_.own ? write_signatures(parts)
                                        : write_details(at(Place::detail));
    write_calls(at(Place::tool_calls));
    for (const Part* part : at(Place::function_call)) write_function(*part, "function_call");
  }

 private:
  const std::vector<const Part*>& at(Place place) const {
    return by_place_[static_cast<std::size_t>(place)];
  }
  static bool in_list(const Part& part) { return part.form.empty(); }

  void write_content(const std::vector<const Part*>& parts, bool listed) {
    if (parts.empty() && !listed) {
      if (!has_word(message_.form, "absent")) json_.key("content").null();
      return;
    }
    json_.key("content");
    if (!listed && is_one_text(parts)) {
      json_.value(std::get<Text>(parts.front()->body).text);
      return;
    }
    json_.begin_array();
    for (const Part* part : parts) write_part(json_, *part, options_);
    json_.end_array();
  }

  bool is_one_text(const std::vector<const Part*>& parts) const {
    if (parts.size() != 1 || !std::holds_alternative<Text>(parts.front()->body)) return false;
    return !(options_.cache_control && parts.front()->cache);
  }

  void write_refusal(const std::vector<const Part*>& parts) {
    if (parts.empty()) return;
    std::string text;
    for (const Part* part : parts) text += std::get<Declined>(part->body).text;
    json_.field("refusal", text);
  }

  void write_reasoning(const std::vector<const Part*>& parts) {
    std::string text;
    std::string_view name = "reasoning_content";
    for (const Part* part : parts) {
      text += std::get<Reasoning>(part->body).text;
      if (part->form == "reasoning") name = part->form;  // other dialects have words of their own
    }
    if (!parts.empty() && (!text.empty() || options_.own)) json_.field(name, text);
  }

  void write_details(const std::vector<const Part*>& parts) {
    if (parts.empty()) return;
    json_.key("reasoning_details").begin_array();
    for (const Part* part : parts) write_detail(*part);
    json_.end_array();
  }

  // Calls carry theirs in their ids. Those of thoughts are lost: they hold for the very words,
  // which clients' libraries put together from a stream each in a way of its own, or not at all.
  void write_signatures(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      if (!std::holds_alternative<Text>(part.body) || part.signature.empty()) continue;
      json_.key("reasoning_details").begin_array();
      write_carried(json_, part.signature);
      json_.end_array();
      return;  // all text is one here
    }
  }

  void write_detail(const Part& part) {
    json_.begin_object();
    write_extra(json_, part.extra);
    const std::string& text = std::get<Reasoning>(part.body).text;
    if (has_word(part.form, "text")) json_.field("text", text);
    if (has_word(part.form, "summary")) json_.field("summary", text);
    if (has_word(part.form, "signature")) json_.field("signature", part.signature.data);
    if (has_word(part.form, "data")) json_.field("data", part.signature.data);
    if (!part.signature.maker.empty()) json_.field("format", part.signature.maker);
    json_.end_object();
  }

  void write_calls(const std::vector<const Part*>& parts) {
    if (parts.empty()) return;
    json_.key("tool_calls").begin_array();
    for (const Part* part : parts) {
      if (const auto* unknown = std::get_if<Unknown>(&part->body)) {
        json_.raw(unknown->json);
        continue;
      }
      const auto& call = std::get<ToolCall>(part->body);
      json_.begin_object();
      if (!call.id.empty()) {
        json_.field("id", options_.to_client ? id_with(call.id, part->signature) : call.id);
      }
      if (!has_word(part->form, "untyped")) json_.field("type", "function");
      write_function(*part, "function");
      if (options_.own) write_extra(json_, part->extra);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_function(const Part& part, std::string_view name) {
    const auto& call = std::get<ToolCall>(part.body);
    json_.key(name).begin_object();
    if (!call.name.empty()) json_.field("name", call.name);
    if (has_word(part.form, "object")) {
      json_.key("arguments").raw(call.arguments);
    } else if (!has_word(part.form, "no_arguments")) {
      // A call without arguments is an empty text to some and an empty object here.
      const bool none = !options_.own && call.arguments.empty();
      json_.field("arguments", none ? std::string_view("{}") : std::string_view(call.arguments));
    }
    if (options_.own) write_extra(json_, part.extra, "function");
    json_.end_object();
  }

  JsonWriter& json_;
  const Message& message_;
  const WriteOptions& options_;
  std::array<std::vector<const Part*>, 7> by_place_;
};

}  // namespace

void write_carried(JsonWriter& json, const Signature& signature) {
  json.begin_object().field("type", "reasoning.encrypted");
  json.field("data", carried(signature, "openai")).field("format", carried_format).end_object();
}

void write_part(JsonWriter& json, const Part& part, const WriteOptions& options) {
  if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
    json.raw(unknown->json);
    return;
  }
  json.begin_object();
  write_body(json, part);
  if (part.cache && options.cache_control) write_cache(json, *part.cache);
  if (options.own) write_extra(json, part.extra);
  json.end_object();
}

void write_message(JsonWriter& json, const Message& message, const WriteOptions& options) {
  const ToolResult* result = nullptr;
  if (message.role == Role::tool && message.parts.size() == 1) {
    result = std::get_if<ToolResult>(&message.parts.front().body);
  }
  const bool old_role = has_word(message.form, "function");
  const bool own_role = find_extra(message.extra, "role") != nullptr && options.own;
  if (!own_role)
    json.field("role", old_role ? std::string_view("function") : to_string(message.role));
  if (result == nullptr) {
    if (!message.name.empty()) json.field("name", message.name);
    MessageWriter(json, message, options).write(message.parts);
  } else {
    if (!result->name.empty()) json.field("name", result->name);
    if (!result->call_id.empty()) json.field("tool_call_id", result->call_id);
    MessageWriter(json, message, options).write(result->parts);
  }
  if (options.own) write_extra(json, message.extra);
}

}  // namespace wye::openai
