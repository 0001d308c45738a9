// Anthropic parts, writing. Pure.
#include <array>

#include "core/signature.h"
#include "dialect/anthropic_parts.h"

namespace wye::anthropic {
namespace {

bool is_own(const Signature& signature) {
  return signature.maker.empty() || signature.maker == own_name;
}

// What images begin with, in base64.
struct Magic {
  std::string_view start, media_type;
};
constexpr std::array<Magic, 4> magics{{
    {"/9j/", "image/jpeg"},
    {"iVBOR", "image/png"},
    {"R0lGOD", "image/gif"},
    {"UklGR", "image/webp"},
}};

std::string_view image_type(const Media& media) {
  if (!media.media_type.empty()) return media.media_type;
  for (const Magic& magic : magics) {
    if (media.base64.starts_with(magic.start)) return magic.media_type;
  }
  return "image/png";
}

class BlockWriter {
 public:
  BlockWriter(JsonWriter& json, const Part& part, const WriteOptions& options)
      : json_(json), part_(part), options_(options) {}

  void write() {
    json_.begin_object();
    std::visit([&](const auto& body) { write_body(body); }, part_.body);
    if (part_.cache) write_cache(json_, *part_.cache);
    if (options_.own) write_extra(json_, part_.extra);
    json_.end_object();
  }

 private:
  void write_body(const Text& text) { json_.field("type", "text").field("text", text.text); }
  void write_body(const Declined& no) { json_.field("type", "text").field("text", no.text); }

  void write_body(const Image& image) {
    json_.field("type", "image");
    write_source(image.media, image_type(image.media));
  }

  void write_body(const Document& document) {
    json_.field("type", "document");
    const std::string& title = document.title.empty() ? document.name : document.title;
    if (!title.empty()) json_.field("title", title);
    if (options_.own && find_extra(part_.extra, "source") != nullptr) return;
    if (document.text.empty()) {
      const std::string& type = document.media.media_type;
      return write_source(document.media, type.empty() ? "application/pdf" : type);
    }
    json_.key("source").begin_object().field("type", "text").field("media_type", "text/plain");
    json_.field("data", document.text);
    end_source();
  }

  void write_source(const Media& media, std::string_view media_type) {
    json_.key("source").begin_object();
    if (!media.file_id.empty()) {
      json_.field("type", "file").field("file_id", media.file_id);
    } else if (!media.url.empty()) {
      json_.field("type", "url").field("url", media.url);
    } else {
      json_.field("type", "base64").field("media_type", media_type).field("data", media.base64);
    }
    end_source();
  }
  void end_source() {
    if (options_.own) write_extra(json_, part_.extra, "source");
    json_.end_object();
  }

  void write_body(const ToolCall& call) {
    json_.field("type", "tool_use");
    const bool carry = options_.to == Receiver::client && !is_own(part_.signature);
    json_.field("id", carry ? id_with(call.id, part_.signature) : call.id);
    json_.field("name", call.name);
    json_.key("input").raw(object_of(call.arguments));
  }

  void write_body(const ToolResult& result) {
    json_.field("type", "tool_result").field("tool_use_id", result.call_id);
    write_result_content(result);
    if (result.is_error || has_word(part_.form, "error")) json_.field("is_error", result.is_error);
  }

  void write_result_content(const ToolResult& result) {
    const bool listed = has_word(part_.form, "parts");
    const auto* text =
        result.parts.size() == 1 ? std::get_if<Text>(&result.parts.front().body) : nullptr;
    if (!listed && text != nullptr && !result.parts.front().cache) {
      json_.field("content", text->text);
      return;
    }
    if (result.parts.empty() && !listed) return;
    json_.key("content").begin_array();
    for (const Part& part : result.parts) {
      if (is_writable(part, options_)) write_block(json_, part, options_);
    }
    json_.end_array();
  }

  void write_body(const Reasoning& reasoning) {
    if (reasoning.encrypted) {
      json_.field("type", "redacted_thinking").field("data", signature());
      return;
    }
    json_.field("type", "thinking").field("thinking", reasoning.text);
    if (!options_.own || !has_word(part_.form, "unsigned")) json_.field("signature", signature());
  }

  std::string signature() const {
    if (options_.to == Receiver::provider) return part_.signature.data;
    if (!options_.own && part_.signature.empty()) return mark_of_unsigned();
    return carried(part_.signature, own_name);
  }

  // Written whole by write_block(), or not at all.
  void write_body(const Audio&) {}
  void write_body(const Unknown&) {}

  JsonWriter& json_;
  const Part& part_;
  const WriteOptions& options_;
};

bool is_thought_for_provider(const Part& part, const WriteOptions& options) {
  if (!is_own(part.signature)) return false;
  return options.own || !part.signature.empty();
}

}  // namespace

bool is_writable(const Part& part, const WriteOptions& options) {
  if (std::holds_alternative<Audio>(part.body)) return false;
  if (std::holds_alternative<Unknown>(part.body)) return options.own;
  if (const auto* reasoning = std::get_if<Reasoning>(&part.body)) {
    if (options.to == Receiver::provider) return is_thought_for_provider(part, options);
    return options.own || !reasoning->text.empty() || !part.signature.empty();
  }
  if (options.own) return true;
  // Empty texts are refused.
  if (const auto* text = std::get_if<Text>(&part.body)) return !text->text.empty();
  if (const auto* declined = std::get_if<Declined>(&part.body)) return !declined->text.empty();
  return true;
}

void write_block(JsonWriter& json, const Part& part, const WriteOptions& options) {
  if (const auto* unknown = std::get_if<Unknown>(&part.body)) {
    json.raw(unknown->json);
    return;
  }
  BlockWriter(json, part, options).write();
}

void write_cache(JsonWriter& json, const CacheControl& cache) {
  json.key("cache_control").begin_object();
  json.field("type", "ephemeral");
  if (!cache.ttl.empty()) json.field("ttl", cache.ttl);
  write_extra(json, cache.extra);
  json.end_object();
}

std::string mark_of_unsigned() { return carried({.data = {}, .maker = "none"}, own_name); }

std::string object_of(std::string_view arguments) {
  std::string out(arguments);
  if (out.find_first_not_of(" \t\r\n") == std::string::npos) return "{}";
  pad(out);
  JsonReader reader;
  if (reader.read_object(out, [](JsonObject&) -> Result<void> { return {}; })) return out;
  std::string wrapped;
  JsonWriter json(wrapped);
  json.begin_object().field("raw_arguments", arguments).end_object();
  return wrapped;
}

}  // namespace wye::anthropic
