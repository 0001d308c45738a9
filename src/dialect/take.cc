// Take: the parts that are not templates. Pure.
#include "dialect/take.h"

#include <fmt/format.h>

namespace wye::take {
namespace {

// The inner name when the member stood in `object`, else "".
std::string_view name_within(std::string_view name, std::string_view object) {
  const bool inside =
      name.size() > object.size() && name.starts_with(object) && name[object.size()] == within;
  return inside ? name.substr(object.size() + 1) : std::string_view();
}

}  // namespace

bool text(walk::Member& member, std::string& out) {
  const auto found = walk::string_if(member.value);
  if (found) out = *found;
  return found.has_value();
}

bool number(walk::Member& member, std::optional<double>& out) {
  out = walk::number_if(member.value);
  return out.has_value();
}

bool integer(walk::Member& member, std::optional<std::int64_t>& out) {
  out = walk::integer_if(member.value);
  return out.has_value();
}

bool flag(walk::Member& member, std::optional<bool>& out) {
  out = walk::boolean_if(member.value);
  return out.has_value();
}

bool texts(walk::Member& member, std::vector<std::string>& out) {
  bool plain = walk::is_array(member.value);
  std::vector<std::string> found;
  walk::elements_if(member.value, [&](JsonValue& each) {
    const auto one = walk::string_if(each);
    plain = plain && one.has_value();
    if (one) found.emplace_back(*one);
  });
  if (plain) out = std::move(found);
  return plain;
}

void keep_in(Extra& extra, std::string_view object, walk::Member& member) {
  extra.push_back(
      {fmt::format("{}{}{}", object, within, member.key), std::string(walk::raw(member.value))});
}

void write_extra(JsonWriter& json, const Extra& extra) {
  for (const ExtraMember& member : extra) {
    if (member.name.find(within) == std::string::npos) json.key(member.name).raw(member.json);
  }
}

void write_extra(JsonWriter& json, const Extra& extra, std::string_view object) {
  for (const ExtraMember& member : extra) {
    const std::string_view name = name_within(member.name, object);
    if (!name.empty()) json.key(name).raw(member.json);
  }
}

bool has_extra(const Extra& extra, std::string_view object) {
  for (const ExtraMember& member : extra) {
    if (!name_within(member.name, object).empty()) return true;
  }
  return false;
}

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

}  // namespace wye::take
