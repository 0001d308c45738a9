// Building shapes, and what their kinds are called; see shape.h.
#include "config/shape.h"

#include <array>
#include <utility>

namespace wye::config {
namespace {

using Kind = Shape::Kind;

struct KindInfo {
  Kind kind;
  std::string_view description;
  std::string_view pattern;
};

constexpr auto kinds = std::to_array<KindInfo>({
    {Kind::any, "anything", ""},
    {Kind::version, "the number 1", ""},
    {Kind::object, "a map", ""},
    {Kind::map, "a map", ""},
    {Kind::list, "a list", ""},
    {Kind::either, "one of several forms", ""},
    {Kind::flag, "true or false", ""},
    {Kind::integer, "a whole number", ""},
    {Kind::text, "text", ""},
    {Kind::word, "a word", ""},
    {Kind::name, "a name", ""},
    {Kind::secret, "a reference such as ${env:NAME} or ${file:PATH}",
     R"(^\$\{(env:[A-Za-z_][A-Za-z0-9_]*|file:[^}]+)\}$)"},
    {Kind::duration, "a duration such as 250ms, 2s, 10m or 1h",
     R"(^(0|[0-9_]+(\.[0-9]+)? ?(ms|s|m|h|d))$)"},
    {Kind::duration_range, "a range of durations such as 500ms..5s",
     R"(^[0-9_]+(\.[0-9]+)?(ms|s|m|h|d) ?\.\. ?[0-9_]+(\.[0-9]+)?(ms|s|m|h|d)$)"},
    {Kind::money, "an amount such as $0.25",
     R"(^(\$[0-9_]+(\.[0-9]+)?|[0-9_]+(\.[0-9]+)? ?(usd|USD))$)"},
    {Kind::price, "a price such as $0.88/M (a million tokens) or $0.00088/k",
     R"(^\$[0-9_]+(\.[0-9]+)? ?/[Mk]$)"},
    {Kind::count, "a count such as 900, 200k or 1.5M", R"(^[0-9_]+(\.[0-9]+)? ?[kKM]?$)"},
    {Kind::bytes, "a size such as 64KiB or 32MB", R"(^[0-9_]+(\.[0-9]+)? ?(([KMG]i?)?B)?$)"},
    {Kind::percent, "a share such as 10%", R"(^[0-9_]+(\.[0-9]+)? ?%$)"},
    {Kind::rate, "a rate such as 3/s", R"(^[0-9_]+/s$)"},
    {Kind::address, "host:port", R"(^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$)"},
    {Kind::url, "a URL such as https://api.example.com/v1", R"(^https?://[^@?#]+$)"},
    {Kind::comparison, "a comparison such as \"< 500\"",
     R"(^(<|<=|>|>=|==|!=) ?[0-9_]+(\.[0-9]+)?[kKM]?$)"},
    {Kind::time_window, "a daily window such as \"18:00-08:00 Europe/Paris\"",
     R"(^[0-2]?[0-9]:[0-5][0-9] ?- ?[0-2]?[0-9]:[0-5][0-9] +[A-Za-z0-9_+/-]+$)"},
    {Kind::date, "a date such as 2026-12-31 or 2026-12-31T18:00:00Z",
     R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$)"},
    {Kind::hash, "the 64 hexadecimal digits of a SHA-256", R"(^[0-9a-fA-F]{64}$)"},
    {Kind::commit, "first_token, validated, or a window such as \"window(32tok,400ms)\"",
     R"(^(first_token|validated|window\( ?[0-9_]+ ?tok ?, ?[0-9_]+(\.[0-9]+)? ?(ms|s) ?\))$)"},
});

const KindInfo& info_of(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }

}  // namespace

bool stands_for(std::string_view name, std::string_view text) {
  if (!name.ends_with('*')) return name == text;
  name.remove_suffix(1);
  return text.size() > name.size() && text.starts_with(name);
}

std::string_view describe(Kind kind) { return info_of(kind).description; }
std::string_view pattern(Kind kind) { return info_of(kind).pattern; }

ShapePtr simple(Kind kind) { return std::make_shared<const Shape>(Shape{.kind = kind}); }
ShapePtr integer(std::int64_t min, std::int64_t max) {
  return std::make_shared<const Shape>(Shape{.kind = Kind::integer, .min = min, .max = max});
}
ShapePtr at_least(Kind kind, std::int64_t min) {
  return std::make_shared<const Shape>(Shape{.kind = kind, .min = min});
}
ShapePtr name_of(std::string noun) {
  return std::make_shared<const Shape>(Shape{.kind = Kind::name, .noun = std::move(noun)});
}
ShapePtr words(std::vector<Word> list) {
  return std::make_shared<const Shape>(Shape{.kind = Kind::word, .words = std::move(list)});
}
ShapePtr object(std::vector<Field> fields) {
  return std::make_shared<const Shape>(Shape{.kind = Kind::object, .fields = std::move(fields)});
}
ShapePtr map_of(std::string noun, ShapePtr item) {
  return std::make_shared<const Shape>(
      Shape{.kind = Kind::map, .item = std::move(item), .noun = std::move(noun)});
}
ShapePtr list_of(ShapePtr item, bool or_single) {
  return std::make_shared<const Shape>(
      Shape{.kind = Kind::list, .item = std::move(item), .or_single = or_single});
}
ShapePtr either(std::vector<ShapePtr> options) {
  return std::make_shared<const Shape>(Shape{.kind = Kind::either, .options = std::move(options)});
}
ShapePtr nonempty(const ShapePtr& list_or_map) {
  Shape copy = *list_or_map;
  copy.nonempty = true;
  return std::make_shared<const Shape>(std::move(copy));
}

Field later(std::string key, std::string help, std::string meanwhile) {
  return {.key = std::move(key),
          .shape = simple(Kind::any),
          .help = std::move(help),
          .later = std::move(meanwhile)};
}

}  // namespace wye::config
