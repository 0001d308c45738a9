// Gemini parts, what requests and answers write alike. Pure.
#include <array>
#include <utility>

#include "base/text.h"
#include "dialect/gemini_fields.h"
#include "dialect/gemini_parts.h"

namespace wye::gemini {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> endings{{
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".gif", "image/gif"},
    {".heic", "image/heic"},
    {".pdf", "application/pdf"},
    {".txt", "text/plain"},
    {".html", "text/html"},
    {".csv", "text/csv"},
    {".md", "text/markdown"},
    {".mp3", "audio/mp3"},
    {".wav", "audio/wav"},
    {".mp4", "video/mp4"},
}};

// By the ending of the file in an address, its query left out.
std::string_view type_of_address(std::string_view address) {
  const std::string path = to_lower(address.substr(0, address.find_first_of("?#")));
  for (const auto& [ending, type] : endings) {
    if (std::string_view(path).ends_with(ending)) return type;
  }
  return {};
}

}  // namespace

const Media* media_of(const Part& part) {
  if (const auto* image = std::get_if<Image>(&part.body)) return &image->media;
  if (const auto* audio = std::get_if<Audio>(&part.body)) return &audio->media;
  if (const auto* document = std::get_if<Document>(&part.body)) return &document->media;
  return nullptr;
}

std::string media_type_of(const Part& part) {
  const Media* media = media_of(part);
  if (media == nullptr || !media->media_type.empty()) return media ? media->media_type : "";
  if (const auto* audio = std::get_if<Audio>(&part.body); audio && !audio->format.empty()) {
    return "audio/" + audio->format;
  }
  const auto* document = std::get_if<Document>(&part.body);
  for (const std::string_view name :
       {std::string_view(media->url), document ? std::string_view(document->name) : ""}) {
    const std::string_view type = type_of_address(name);
    if (!type.empty()) return std::string(type);
  }
  if (std::holds_alternative<Image>(part.body)) return "image/jpeg";
  return document != nullptr ? "application/pdf" : "audio/wav";
}

void write_media(JsonWriter& json, const Media& media, const Extra& extra) {
  const bool file = media.base64.empty() && !(media.url.empty() && media.file_id.empty());
  const std::string_view name = file ? "fileData" : "inlineData";
  json.key(name).begin_object();
  if (!media.media_type.empty()) json.field("mimeType", media.media_type);
  if (file) {
    json.field("fileUri", media.file_id.empty() ? media.url : media.file_id);
  } else {
    json.field("data", media.base64);
  }
  write_extra(json, extra, name);
  json.end_object();
}

void write_arguments(JsonWriter& json, JsonReader& reader, std::string_view arguments) {
  if (arguments.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    json.raw("{}");
  } else if (is_json_object(reader, arguments)) {
    json.raw(arguments);
  } else {
    json.begin_object().field("arguments", arguments).end_object();
  }
}

}  // namespace wye::gemini
