// Bedrock media: the tables. Pure.
#include "dialect/bedrock_media.h"

#include <utility>

#include "base/text.h"

namespace wye::bedrock {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr Row image_types[]{{"image/png", "png"},
                            {"image/jpeg", "jpeg"},
                            {"image/jpg", "jpeg"},
                            {"image/gif", "gif"},
                            {"image/webp", "webp"}};
// First bytes, in base64.
constexpr Row image_starts[]{
    {"iVBOR", "png"}, {"/9j/", "jpeg"}, {"R0lGOD", "gif"}, {"UklGR", "webp"}};

constexpr Row document_types[]{
    {"application/pdf", "pdf"},
    {"text/csv", "csv"},
    {"application/csv", "csv"},
    {"application/msword", "doc"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    {"text/html", "html"},
    {"text/plain", "txt"},
    {"text/markdown", "md"},
};
constexpr std::string_view document_formats[]{"pdf",  "csv",  "doc", "docx", "xls",
                                              "xlsx", "html", "txt", "md"};
constexpr std::string_view pdf_start = "JVBERi";

constexpr std::string_view audio_formats[]{"mp3", "opus", "wav",  "aac", "flac",
                                           "mp4", "ogg",  "mkv",  "mka", "x-aac",
                                           "m4a", "mpeg", "mpga", "pcm", "webm"};

template <std::size_t size>
std::string_view find(const Row (&rows)[size], std::string_view type) {
  // "text/plain; charset=utf-8"
  const std::string bare = to_lower(trim(type.substr(0, type.find(';'))));
  for (const auto& [name, format] : rows) {
    if (name == bare) return format;
  }
  return {};
}

template <std::size_t size>
std::string_view find(const std::string_view (&formats)[size], std::string_view word) {
  const std::string lower = to_lower(word);
  for (const std::string_view format : formats) {
    if (format == lower) return format;
  }
  return {};
}

// What is behind the last dot or slash.
std::string_view ending(std::string_view name) {
  const std::size_t mark = name.find_last_of("./");
  return mark == std::string_view::npos ? std::string_view() : name.substr(mark + 1);
}

}  // namespace

std::string_view image_format(const Media& media) {
  if (const std::string_view format = find(image_types, media.media_type); !format.empty()) {
    return format;
  }
  for (const auto& [start, format] : image_starts) {
    if (media.base64.starts_with(start)) return format;
  }
  // An address in S3 may say it.
  const std::string_view named = ending(media.url);
  return find(image_types, "image/" + std::string(named));
}

std::string_view document_format(const Document& document) {
  if (const auto format = find(document_types, document.media.media_type); !format.empty()) {
    return format;
  }
  if (const auto format = find(document_formats, ending(document.name)); !format.empty()) {
    return format;
  }
  if (document.media.base64.starts_with(pdf_start)) return "pdf";
  return find(document_formats, ending(document.media.url));
}

std::string_view audio_format(const Audio& audio) {
  if (const auto format = find(audio_formats, audio.format); !format.empty()) return format;
  return find(audio_formats, ending(audio.media.media_type));
}

std::string allowed_name(std::string_view name) {
  constexpr std::size_t bytes_max = 180;
  std::string out;
  for (const char c : name.substr(0, bytes_max)) {
    const bool kept =
        is_alphanumeric(c) || std::string_view("-()[]").find(c) != std::string_view::npos;
    if (kept) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace wye::bedrock
