// Bedrock parts: content blocks. Pure.
#include "dialect/bedrock_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "dialect/bedrock_media.h"

namespace wye::bedrock {
namespace {

// Claude refuses blocks of thought that another made, or that nobody signed.
bool is_own_thought(const Part& part) {
  return !part.signature.empty() && part.signature.maker == to_string(DialectId::bedrock);
}

bool is_allowed_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view("_.:-").find(c) != std::string_view::npos;
  });
}

std::string replaced_id(std::string_view id) { return fmt::format("call_{:016x}", hash64(id)); }

// Bytes inline or an address in S3; Converse fetches nothing else.
Result<void> write_source(JsonWriter& json, const Media& media, std::string_view what) {
  json.key("source").begin_object();
  if (!media.base64.empty()) {
    json.field("bytes", media.base64);
  } else if (media.url.starts_with("s3://")) {
    json.key("s3Location").begin_object().field("uri", media.url).end_object();
  } else {
    return fail(unsupported(what, media.file_id.empty()
                                      ? "is given by an address, and Bedrock fetches none but s3://"
                                      : "is given by an id, which is another provider's"));
  }
  json.end_object();
  return {};
}

void write_thought(JsonWriter& json, const Part& part, const Reasoning& thought) {
  json.key("reasoningContent").begin_object();
  if (thought.encrypted) {
    json.field("redactedContent", part.signature.data);
  } else {
    json.key("reasoningText").begin_object();
    json.field("text", thought.text).field("signature", part.signature.data).end_object();
  }
  json.end_object();
}

}  // namespace

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

std::string CallIds::of_call(const ToolCall& call) {
  std::string id = is_allowed_id(call.id) ? call.id
                   : call.id.empty()      ? fmt::format("call_{}", ++made_)
                                          : replaced_id(call.id);
  calls_.add(id, call.name);
  return id;
}

std::string CallIds::of_result(const ToolResult& result) {
  std::string id = is_allowed_id(result.call_id) || result.call_id.empty()
                       ? result.call_id
                       : replaced_id(result.call_id);
  OpenCalls::Call* call = id.empty() ? calls_.oldest_by_name(result.name) : calls_.oldest_by_id(id);
  if (id.empty() && call == nullptr) call = calls_.oldest();
  if (call == nullptr) return id.empty() ? fmt::format("call_{}", ++made_) : id;
  call->open = false;
  return call->id;
}

// What is left out: empty texts, thoughts of others, and parts of an assistant's earlier turns that
// only its own provider understands (searches that it made, say).
bool PartWriter::has_place(const Part& part, bool assistant) const {
  if (const auto* text = std::get_if<Text>(&part.body)) return !is_blank(text->text);
  if (const auto* declined = std::get_if<Declined>(&part.body)) return !is_blank(declined->text);
  if (std::holds_alternative<Reasoning>(part.body)) return is_own_thought(part);
  if (const auto* unknown = std::get_if<Unknown>(&part.body); unknown != nullptr && assistant) {
    writing_.drop(unknown->type);
    return false;
  }
  return true;
}

Result<void> PartWriter::write_block(const Part& part, bool assistant, std::string& blocks) {
  if (!has_place(part, assistant)) return {};
  std::string block;
  if (Result<void> done = write_body(part, assistant, block); !done) return done;
  if (!blocks.empty()) blocks += ',';
  blocks += block;
  return {};
}

Result<void> PartWriter::write(const Part& part, bool assistant, std::string& blocks) {
  if (Result<void> done = write_block(part, assistant, blocks); !done) return done;
  if (!part.cache || blocks.empty()) return {};
  if (!writing_.traits.cache_points) {
    writing_.drop("cache_control");
    return {};
  }
  blocks += ',';
  JsonWriter json(blocks);
  write_cache_point(json, writing_, *part.cache);
  return {};
}

Result<void> PartWriter::write_body(const Part& part, bool assistant, std::string& block) {
  JsonWriter json(block);
  json.begin_object();
  Result<void> done;
  if (const auto* text = std::get_if<Text>(&part.body)) {
    json.field("text", text->text);
  } else if (const auto* declined = std::get_if<Declined>(&part.body)) {
    json.field("text", declined->text);
  } else if (const auto* image = std::get_if<Image>(&part.body)) {
    done = write_image(json, image->media);
  } else if (const auto* document = std::get_if<Document>(&part.body)) {
    done = write_document(json, *document);
  } else if (const auto* audio = std::get_if<Audio>(&part.body)) {
    done = write_audio(json, *audio);
  } else if (const auto* thought = std::get_if<Reasoning>(&part.body)) {
    write_thought(json, part, *thought);
  } else if (const auto* call = std::get_if<ToolCall>(&part.body)) {
    write_call(json, *call);
  } else if (const auto* result = std::get_if<ToolResult>(&part.body)) {
    done = write_result(json, *result);
  } else {
    const auto& unknown = std::get<Unknown>(part.body);
    return fail(unsupported(assistant ? "assistant content" : "content",
                            fmt::format("of type {} is not known to Bedrock", unknown.type)));
  }
  json.end_object();
  return done;
}

Result<void> PartWriter::write_image(JsonWriter& json, const Media& media) {
  const std::string_view format = image_format(media);
  if (format.empty() && (!media.base64.empty() || media.url.starts_with("s3://"))) {
    return fail(unsupported("image", "must be PNG, JPEG, GIF or WebP"));
  }
  json.key("image").begin_object().field("format", format);
  Result<void> done = write_source(json, media, "image");
  json.end_object();
  return done;
}

std::string PartWriter::document_name(const Document& document) {
  std::string name = allowed_name(document.name.empty() ? document.title : document.name);
  if (name.empty()) name = "Document";
  // Two of one name are refused.
  std::string unique = name;
  int& number = numbers_[name];
  while (!names_.insert(unique).second) {
    number = std::max(number, 1) + 1;
    unique = fmt::format("{} ({})", name, number);
  }
  return unique;
}

Result<void> PartWriter::write_document(JsonWriter& json, const Document& document) {
  const bool plain =
      document.media.base64.empty() && document.media.url.empty() && document.media.file_id.empty();
  if (plain && is_blank(document.text)) return fail(unsupported("document", "is empty"));
  if (plain) {  // every model reads text; only some take documents of text
    json.field("text", document.text);
    return {};
  }
  const std::string_view format = document_format(document);
  if (format.empty() && document.media.file_id.empty()) {
    return fail(unsupported("document", "is of no type that Bedrock reads"));
  }
  json.key("document").begin_object();
  json.field("format", format).field("name", document_name(document));
  Result<void> done = write_source(json, document.media, "document");
  json.end_object();
  return done;
}

Result<void> PartWriter::write_audio(JsonWriter& json, const Audio& audio) {
  const std::string_view format = audio_format(audio);
  if (!writing_.audio || format.empty()) {
    return fail(unsupported("input_audio", "is not understood by this model"));
  }
  json.key("audio").begin_object().field("format", format);
  Result<void> done = write_source(json, audio.media, "input_audio");
  json.end_object();
  return done;
}

bool PartWriter::is_object(std::string_view text) {
  std::string copy(text);
  pad(copy);
  return reader_.read_object(copy, [](JsonObject&) -> Result<void> { return {}; }).has_value();
}

void PartWriter::write_call(JsonWriter& json, const ToolCall& call) {
  json.key("toolUse").begin_object();
  json.field("toolUseId", ids_.of_call(call)).field("name", call.name).key("input");
  if (is_blank(call.arguments) || call.arguments == "null") {
    json.raw("{}");
  } else if (is_object(call.arguments)) {
    json.raw(call.arguments);
  } else {
    // A model that wrote no JSON will be told so by the tool's result; the text must not go
    // missing, or the result makes no sense.
    json.begin_object().field("text", call.arguments).end_object();
  }
  json.end_object();
}

Result<void> PartWriter::write_result(JsonWriter& json, const ToolResult& result) {
  std::string blocks;
  for (const Part& part : result.parts) {  // marks of the cache may not stand in here
    if (Result<void> done = write_block(part, false, blocks); !done) return done;
  }
  if (blocks.empty()) blocks = R"({"text":"no output"})";  // a blank text is refused
  json.key("toolResult").begin_object().field("toolUseId", ids_.of_result(result));
  json.key("content").raw("[" + blocks + "]");
  if (result.is_error) json.field("status", "error");
  json.end_object();
  return {};
}

}  // namespace wye::bedrock
