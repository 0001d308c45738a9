// Part forms: words, nested members and data: URLs. Pure.
#include "dialect/part_forms.h"

#include <fmt/format.h>

namespace wye::forms {
namespace {

// The name within the object, "" when the member stood elsewhere.
std::string_view name_in(const ExtraMember& member, std::string_view object) {
  const std::string_view name = member.name;
  const bool inside =
      name.size() > object.size() && name.starts_with(object) && name[object.size()] == nested_mark;
  return inside ? name.substr(object.size() + 1) : std::string_view();
}

}  // namespace

bool has_word(std::string_view form, std::string_view word) {
  std::size_t at = 0;
  while ((at = form.find(word, at)) != std::string_view::npos) {
    const std::size_t end = at + word.size();
    if ((at == 0 || form[at - 1] == ' ') && (end == form.size() || form[end] == ' ')) return true;
    at = end;
  }
  return false;
}

void add_word(std::string& form, std::string_view word) {
  if (!form.empty()) form += ' ';
  form += word;
}

bool take_text(walk::Member& member, std::string& out) {
  const auto text = walk::string_if(member.value);
  if (!text) return false;
  out = *text;
  return true;
}

void keep_in(Extra& extra, std::string_view object, walk::Member& member) {
  extra.push_back({fmt::format("{}{}{}", object, nested_mark, member.key),
                   std::string(walk::raw(member.value))});
}

void write_extra(JsonWriter& json, const Extra& extra) {
  for (const ExtraMember& member : extra) {
    if (member.name.find(nested_mark) == std::string::npos) json.key(member.name).raw(member.json);
  }
}

void write_extra(JsonWriter& json, const Extra& extra, std::string_view object) {
  for (const ExtraMember& member : extra) {
    const std::string_view name = name_in(member, object);
    if (!name.empty()) json.key(name).raw(member.json);
  }
}

bool has_extra(const Extra& extra, std::string_view object) {
  for (const ExtraMember& member : extra) {
    if (!name_in(member, object).empty()) return true;
  }
  return false;
}

void set_url(Media& media, std::string_view url) {
  constexpr std::string_view scheme = "data:", mark = ";base64,";
  constexpr std::size_t head_bytes_max = 200;  // a media type is short, and the data may be huge
  const std::size_t at = url.substr(0, head_bytes_max).find(mark);
  if (!url.starts_with(scheme) || at == std::string_view::npos) {
    media.url = url;
    return;
  }
  media.media_type = url.substr(scheme.size(), at - scheme.size());
  media.base64 = url.substr(at + mark.size());
}

std::string url_of(const Media& media) {
  if (media.base64.empty()) return media.url;
  if (media.media_type.empty()) return media.base64;
  return fmt::format("data:{};base64,{}", media.media_type, media.base64);
}

}  // namespace wye::forms
