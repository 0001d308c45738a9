// Sim schema: one function for each sort of value. See sim_schema.h.
#include "lab/sim_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/sim_words.h"
#include "wire/json.h"

namespace wye {
namespace {

using dom::Element;

// Beyond it only what is required is made, so that schemas that refer to themselves come to an end.
constexpr int optional_depth_max = 3;
constexpr int depth_max = 12;
constexpr int references_max = 16;

class Maker {
 public:
  Maker(std::string& out, const Element& root, const std::vector<std::string_view>& topics,
        Dice& dice)
      : out_(out), root_(root), topics_(topics), dice_(dice) {}

  void value(Element schema, int depth) {
    schema = resolved(schema);
    if (const auto only = dom::get(schema, "const")) return raw(*only);
    if (const auto choices = dom::array(schema, "enum"); choices && choices->size() > 0)
      return raw(choices->at(dice_.below(choices->size())).value_unsafe());
    for (const char* key : {"anyOf", "oneOf"})
      if (const auto choices = dom::array(schema, key); choices && choices->size() > 0)
        return value(branch(*choices, depth), depth + 1);
    const std::string_view type = type_of(schema, depth);
    if (const auto parts = dom::array(schema, "allOf"); parts && type != "object")
      return value(narrowest(*parts), depth + 1);
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "integer") return number(schema, true);
    if (type == "number") return number(schema, false);
    if (type == "boolean") return word(dice_.below(2) != 0 ? "true" : "false");
    if (type == "null") return word("null");
    string(schema);
  }

 private:
  void word(std::string_view json) { out_ += json; }
  void raw(const Element& json) { out_ += simdjson::minify(json); }

  // Follows $ref, which points into the root ("#/$defs/node", or "#" itself).
  Element resolved(Element schema) const {
    for (int i = 0; i < references_max; ++i) {
      const auto reference = dom::text(schema, "$ref");
      if (!reference || !reference->starts_with('#')) return schema;
      if (*reference == "#") return root_;
      Element target;
      if (root_.at_pointer(reference->substr(1)).get(target) != simdjson::SUCCESS) return schema;
      schema = target;
    }
    return schema;
  }

  // Deep down, "null" or the alternative that ends soonest: a scalar.
  Element branch(const simdjson::dom::array& choices, int depth) {
    const Element drawn = choices.at(dice_.below(choices.size())).value_unsafe();
    if (depth < optional_depth_max) return drawn;
    for (const Element choice : choices) {
      const std::string_view type = type_of(resolved(choice), depth);
      if (type != "object" && type != "array") return choice;
    }
    return drawn;
  }

  // Of conditions that hold together on a scalar, the one that names its values.
  Element narrowest(const simdjson::dom::array& parts) const {
    Element first;
    bool any = false;
    for (const Element part : parts) {
      const Element meant = resolved(part);
      if (dom::get(meant, "enum") || dom::get(meant, "const")) return meant;
      if (!std::exchange(any, true)) first = meant;
    }
    return first;
  }

  std::string_view type_without_word(const Element& schema, int depth) const {
    if (dom::get(schema, "properties")) return "object";
    if (dom::get(schema, "items") || dom::get(schema, "prefixItems")) return "array";
    if (const auto parts = dom::array(schema, "allOf"); parts && depth < depth_max)
      for (const Element part : *parts)
        if (type_of(resolved(part), depth + 1) == "object") return "object";
    return "string";
  }

  std::string_view type_of(const Element& schema, int depth) const {
    const auto type = dom::get(schema, "type");
    if (!type) return type_without_word(schema, depth);
    if (const auto one = dom::text(*type)) return *one;
    const auto several = dom::array(*type);
    if (!several) return "string";
    std::string_view first;
    for (const Element element : *several) {
      const std::string_view name = dom::text(element).value_or("");
      if (name == "null" && depth >= optional_depth_max) return name;
      if (first.empty() && name != "null") first = name;
    }
    return first.empty() ? "null" : first;
  }

  // The properties of an object schema and of all that allOf adds to it.
  void collect(const Element& schema, std::vector<std::pair<std::string_view, Element>>& properties,
               std::vector<std::string_view>& required) const {
    if (const auto fields = dom::object(schema, "properties"))
      for (const auto [name, of] : *fields) properties.emplace_back(name, of);
    if (const auto names = dom::array(schema, "required"))
      for (const Element name : *names) required.push_back(dom::text(name).value_or(""));
    if (const auto parts = dom::array(schema, "allOf"))
      for (const Element part : *parts) collect(resolved(part), properties, required);
  }

  void object(const Element& schema, int depth) {
    std::vector<std::pair<std::string_view, Element>> properties;
    std::vector<std::string_view> required;
    collect(schema, properties, required);
    out_ += '{';
    bool first = true;
    for (const auto& [name, of] : properties) {
      const bool must = std::find(required.begin(), required.end(), name) != required.end();
      if (!must && (depth >= optional_depth_max || dice_.below(2) == 0)) continue;
      if (!std::exchange(first, false)) out_ += ',';
      append_json_string(out_, name);
      out_ += ':';
      if (depth < depth_max)
        value(of, depth + 1);
      else
        word("null");
    }
    // What is required and described nowhere may be anything.
    for (const std::string_view name : required) {
      const auto same = [&](const auto& property) { return property.first == name; };
      if (std::any_of(properties.begin(), properties.end(), same)) continue;
      if (!std::exchange(first, false)) out_ += ',';
      append_json_string(out_, name);
      out_ += ':';
      append_json_string(out_, phrase(topics_, 1, dice_));
    }
    out_ += '}';
  }

  std::int64_t draw_length(const Element& schema, std::int64_t least, int depth) {
    const std::int64_t most = std::max(
        least, dom::integer(schema, "maxItems").value_or(std::max<std::int64_t>(3, least)));
    if (depth >= optional_depth_max || most == 0) return least;
    const std::int64_t wanted = std::clamp<std::int64_t>(3, least, most);
    return std::max(least,
                    1 + static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(wanted))));
  }

  void array(const Element& schema, int depth) {
    const auto first_items = dom::array(schema, "prefixItems");
    const std::size_t fixed = first_items ? first_items->size() : 0;
    const std::int64_t least =
        std::max(static_cast<std::int64_t>(fixed), dom::integer(schema, "minItems").value_or(0));
    const std::int64_t count = draw_length(schema, least, depth);
    const bool unique = dom::flag(schema, "uniqueItems").value_or(false);
    const auto items = dom::get(schema, "items");
    std::vector<std::string> seen;
    out_ += '[';
    for (std::int64_t i = 0; i < count; ++i) {
      const std::size_t before = out_.size();
      if (i != 0) out_ += ',';
      const std::size_t start = out_.size();
      const auto at = static_cast<std::size_t>(i);
      item(at < fixed ? std::optional<Element>(first_items->at(at).value_unsafe()) : items, depth);
      if (!unique) continue;
      std::string made = out_.substr(start);
      const bool twice = std::find(seen.begin(), seen.end(), made) != seen.end();
      if (twice && i >= least)
        out_.resize(before);
      else
        seen.push_back(std::move(made));
    }
    out_ += ']';
  }

  void item(const std::optional<Element>& schema, int depth) {
    if (schema && schema->is_object() && depth < depth_max)
      value(*schema, depth + 1);
    else
      append_json_string(out_, phrase(topics_, 1, dice_));
  }

  void number(const Element& schema, bool whole) {
    const double step = dom::number(schema, "multipleOf").value_or(whole ? 1 : 0.5);
    double least = dom::number(schema, "minimum").value_or(-HUGE_VAL);
    double most = dom::number(schema, "maximum").value_or(HUGE_VAL);
    if (const auto over = dom::number(schema, "exclusiveMinimum"))
      least = std::max(least, *over + step);
    if (const auto under = dom::number(schema, "exclusiveMaximum"))
      most = std::min(most, *under - step);
    if (least == -HUGE_VAL) least = most == HUGE_VAL ? 0 : std::min(0.0, most - 100 * step);
    if (most == HUGE_VAL) most = least + 100 * step;
    const double steps = std::max(0.0, std::floor(most / step) - std::ceil(least / step));
    const double drawn = std::floor(dice_.unit() * (std::min(steps, 1e6) + 1));
    double result = (std::ceil(least / step) + drawn) * step;
    if (result > most || result < least) result = whole ? std::ceil(least) : (least + most) / 2;
    if (whole)
      out_ += fmt::format("{}", static_cast<std::int64_t>(std::llround(result)));
    else
      JsonWriter(out_).value(result);
  }

  void string(const Element& schema) {
    const std::string_view format = dom::text(schema, "format").value_or("");
    std::string text = formatted(format);
    if (text.empty()) text = phrase(topics_, 1 + static_cast<int>(dice_.below(3)), dice_);
    const auto least = static_cast<std::size_t>(
        std::clamp<std::int64_t>(dom::integer(schema, "minLength").value_or(0), 0, 100'000));
    const auto most = static_cast<std::size_t>(
        std::max<std::int64_t>(0, dom::integer(schema, "maxLength").value_or(1'000'000)));
    while (text.size() < least) text += ' ' + phrase(topics_, 1, dice_);
    if (text.size() > most) text.resize(most);
    append_json_string(out_, text);
  }

  std::string formatted(std::string_view format) {
    const auto draw = [&](std::uint64_t bound) { return dice_.below(bound); };
    if (format == "date") return fmt::format("2026-{:02}-{:02}", 1 + draw(12), 1 + draw(28));
    if (format == "time") return fmt::format("{:02}:{:02}:00Z", draw(24), draw(60));
    if (format == "date-time")
      return fmt::format("2026-{:02}-{:02}T{:02}:{:02}:00Z", 1 + draw(12), 1 + draw(28), draw(24),
                         draw(60));
    if (format == "email") return fmt::format("{}@example.com", phrase({}, 1, dice_));
    if (format == "uri" || format == "url")
      return fmt::format("https://example.com/{}", phrase({}, 1, dice_));
    if (format == "hostname") return fmt::format("{}.example.com", phrase({}, 1, dice_));
    if (format == "ipv4") return fmt::format("192.0.2.{}", draw(256));
    if (format == "ipv6") return fmt::format("2001:db8::{:x}", 1 + draw(65'000));
    if (format == "duration") return fmt::format("PT{}M", 1 + draw(90));
    if (format == "uuid")
      return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", draw(1ULL << 32), draw(1 << 16),
                         draw(1 << 12), draw(1 << 12), draw(1ULL << 48));
    return {};
  }

  std::string& out_;
  Element root_;
  const std::vector<std::string_view>& topics_;
  Dice& dice_;
};

}  // namespace

void append_instance(std::string& out, const dom::Element& schema,
                     const std::vector<std::string_view>& topics, Dice& dice) {
  Maker(out, schema, topics, dice).value(schema, 0);
}

}  // namespace wye
