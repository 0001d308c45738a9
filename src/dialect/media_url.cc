// Media url. Pure.
#include "dialect/media_url.h"

#include <utility>

#include <fmt/format.h>

namespace wye {
namespace {

// The first bytes of a file, in base64, are the same for all files of its type.
constexpr std::pair<std::string_view, std::string_view> image_starts[]{
    {"iVBORw0KGgo", "image/png"},
    {"/9j/", "image/jpeg"},
    {"R0lGOD", "image/gif"},
    {"UklGR", "image/webp"},
};

}  // namespace

void set_url(Media& media, std::string_view url) {
  constexpr std::string_view scheme = "data:", mark = ";base64,";
  // The type is short; the bytes behind it need not be searched.
  const std::size_t at = url.substr(0, 200).find(mark);
  if (!url.starts_with(scheme) || at == std::string_view::npos) {
    media.url = url;
    return;
  }
  media.media_type = url.substr(scheme.size(), at - scheme.size());
  media.base64 = url.substr(at + mark.size());
}

Media media_from_url(std::string_view url) {
  Media media;
  set_url(media, url);
  return media;
}

std::string url_of_media(const Media& media) {
  if (media.base64.empty()) return media.url;
  const std::string_view type =
      media.media_type.empty() ? image_type_of(media.base64) : std::string_view(media.media_type);
  if (type.empty()) return media.base64;
  return fmt::format("data:{};base64,{}", type, media.base64);
}

std::string_view image_type_of(std::string_view base64) {
  for (const auto& [start, type] : image_starts) {
    if (base64.starts_with(start)) return type;
  }
  return {};
}

}  // namespace wye
