// Walks a document along its shape; see check_shape.h.
#include "config/check_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "config/foreign.h"
#include "config/values.h"
#include "core/rules.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

// Where the walk is, as said in messages: `"latency" of task "extract"`.
struct Spot {
  const Spot* outer = nullptr;
  std::string name;  // key, or name within a map
  std::string noun;  // of the map that it is in; "" for a plain key
  Where where;       // of the key
  std::size_t length = 1;
  bool item = false;  // one of the list of that name
};

std::string describe_place(const Spot& place) {
  if (place.outer == nullptr) return {};
  if (!place.noun.empty()) return fmt::format("{} \"{}\"", place.noun, place.name);
  const std::string outer = describe_place(*place.outer);
  return outer.empty() ? fmt::format("\"{}\"", place.name)
                       : fmt::format("\"{}\" of {}", place.name, outer);
}

std::string in_place(const Spot& place) {
  const std::string text = describe_place(place);
  return text.empty() ? " at the top level" : " in " + text;
}

// `"rpm" in "limits" of deployment "x"`, the subject of most messages.
std::string subject(const Spot& place) {
  if (place.outer == nullptr) return "the file";
  if (!place.noun.empty()) return describe_place(place);
  const std::string outer = describe_place(*place.outer);
  return outer.empty() ? fmt::format("\"{}\"", place.name)
                       : fmt::format("\"{}\" in {}", place.name, outer);
}

Code code_of(Kind kind) {
  switch (kind) {
    case Kind::version: return Code::bad_version;
    case Kind::secret: return Code::bad_reference;
    case Kind::duration: return Code::bad_duration;
    case Kind::duration_range: return Code::bad_range;
    case Kind::money: return Code::bad_money;
    case Kind::price: return Code::bad_price;
    case Kind::count: return Code::bad_count;
    case Kind::bytes: return Code::bad_bytes;
    case Kind::percent: return Code::bad_percent;
    case Kind::rate: return Code::bad_rate;
    case Kind::address: return Code::bad_address;
    case Kind::url: return Code::bad_url;
    case Kind::comparison: return Code::bad_comparison;
    case Kind::time_window: return Code::bad_time_window;
    case Kind::date: return Code::bad_date;
    case Kind::hash: return Code::bad_hash;
    case Kind::commit: return Code::bad_commit;
    default: return Code::wrong_type;
  }
}

// Whether the scalar has the form of its kind; for kinds with a smallest value, that value.
struct Form {
  bool good = false;
  std::optional<std::int64_t> value;
};

template <class T>
Form form(const std::optional<T>& value) {
  return {value.has_value(), std::nullopt};
}
Form sized(const std::optional<std::int64_t>& value) { return {value.has_value(), value}; }

Form form_of(Kind kind, const Node& node) {
  switch (kind) {
    case Kind::version: return form(read_integer(&node) == 1 ? read_integer(&node) : std::nullopt);
    case Kind::flag: return form(read_flag(&node));
    case Kind::integer: return sized(read_integer(&node));
    case Kind::duration: return sized(read_duration(&node));
    case Kind::duration_range: return form(read_duration_range(&node));
    case Kind::money: return form(read_money(&node));
    case Kind::price: return form(read_price(&node));
    case Kind::count: return sized(read_count(&node));
    case Kind::bytes: return sized(read_bytes(&node));
    case Kind::percent: return form(read_percent_ppm(&node));
    case Kind::rate: return form(read_rate(&node));
    case Kind::address: return form(read_address(&node));
    case Kind::url: return form(read_url(&node));
    case Kind::comparison: return form(read_comparison(&node));
    case Kind::time_window: return form(read_time_window(&node));
    case Kind::date: return form(read_date(&node));
    case Kind::hash: return form(read_hash(&node));
    case Kind::commit: return form(read_commit(&node));
    default: return {true, std::nullopt};
  }
}

// The key that was perhaps meant: the nearest, or else one that begins alike ("fallback_model" for
// "fallbacks").
std::string_view suggest(std::string_view word, const std::vector<std::string_view>& names) {
  constexpr std::size_t shared_min = 5;
  const std::string_view near = nearest(word, names);
  if (!near.empty()) return near;
  std::string_view best;
  std::size_t best_shared = shared_min - 1;
  for (const std::string_view name : names) {
    const auto end = std::mismatch(word.begin(), word.end(), name.begin(), name.end()).first;
    const auto shared = static_cast<std::size_t>(end - word.begin());
    if (shared <= best_shared) continue;
    best_shared = shared;
    best = name;
  }
  return best;
}

class Walk {
 public:
  explicit Walk(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void value(const Node& node, const Shape& shape, const Spot& place) {
    switch (shape.kind) {
      case Kind::any: return;
      case Kind::object: return object(node, shape, place);
      case Kind::map: return map(node, shape, place);
      case Kind::list: return list(node, shape, place);
      case Kind::either: return either(node, shape, place);
      case Kind::word: return word(node, shape, place);
      default: return scalar(node, shape, place);
    }
  }

 private:
  void wrong_type(const Node& node, std::string_view wanted, const Spot& place,
                  Advice advice = {}) {
    diagnostics_.add(Code::wrong_type, node.where, node.length(),
                     fmt::format("{}{} must be {}, not {}", place.item ? "an item of " : "",
                                 subject(place), wanted, shown(node)),
                     std::move(advice));
  }
  void empty(const Node& node, const Spot& place) {
    const bool keyed = node.is_null() && place.where.line > 0;
    diagnostics_.add(Code::empty_value, keyed ? place.where : node.where,
                     keyed ? place.length : node.length(),
                     fmt::format("{} is empty", subject(place)));
  }

  void object(const Node& node, const Shape& shape, const Spot& place) {
    if (!node.is_map() && !node.is_null()) {
      return wrong_type(node, "a map", place, advice_on_scalar(place.name, node));
    }
    for (const Entry& entry : node.entries) {
      const auto field =
          std::find_if(shape.fields.begin(), shape.fields.end(),
                       [&](const Field& one) { return stands_for(one.key, entry.key); });
      const Spot inner{&place, entry.key, "", entry.where, entry.key.size()};
      if (field == shape.fields.end()) {
        unknown_key(node, entry, shape, place);
      } else if (!field->later.empty()) {
        diagnostics_.add(Code::key_not_available, entry.where, entry.key.size(),
                         fmt::format("{} is not available yet", subject(inner)), field->later);
      } else {
        value(entry.value, *field->shape, inner);
      }
    }
    for (const Field& field : shape.fields) {
      if (!field.required || node.find(field.key) != nullptr) continue;
      diagnostics_.add(Code::missing_key, place.where.line > 0 ? place.where : node.where,
                       place.where.line > 0 ? place.length : 1,
                       fmt::format("\"{}\" is missing{}", field.key, in_place(place)));
    }
  }

  void unknown_key(const Node& node, const Entry& entry, const Shape& shape, const Spot& place) {
    std::vector<std::string_view> names;
    for (const Field& field : shape.fields) {
      if (!field.key.ends_with('*') && field.later.empty()) names.push_back(field.key);
    }
    const std::string_view within = place.noun.empty() ? place.name : place.noun;
    if (const std::string_view known = advice_on_key(within, entry.key); !known.empty()) {
      diagnostics_.add(Code::unknown_key, entry.where, entry.key.size(),
                       fmt::format("unknown key \"{}\"{}", entry.key, in_place(place)),
                       std::string(known));
      return;
    }
    Advice advice = did_you_mean(suggest(entry.key, names));
    // A key that is there already would be there twice.
    const std::string_view only = only_near(entry.key, names);
    if (!only.empty() && node.find(only) == nullptr) {
      advice.wrong = entry.key;
      advice.right = only;
    }
    diagnostics_.add(Code::unknown_key, entry.where, entry.key.size(),
                     fmt::format("unknown key \"{}\"{}", entry.key, in_place(place)),
                     std::move(advice));
  }

  void map(const Node& node, const Shape& shape, const Spot& place) {
    if (!node.is_map() && !node.is_null()) {
      return wrong_type(node, fmt::format("a map of names to {}s", shape.noun), place);
    }
    if (node.is_null() || (shape.nonempty && node.entries.empty())) empty(node, place);
    const bool names_things = shape.item->kind != Kind::integer;
    for (const Entry& entry : node.entries) {
      if (names_things && !is_usable_name(entry.key)) {
        diagnostics_.add(Code::bad_name, entry.where, entry.key.size(),
                         fmt::format("\"{}\" cannot be the name of a {}", entry.key, shape.noun),
                         "use letters, digits and . _ - / : @ +");
      }
      if (outdented(node, entry, *shape.item, shape.noun)) continue;
      value(entry.value, *shape.item,
            {&place, entry.key, shape.noun, entry.where, entry.key.size()});
    }
  }

  // A key of one of the map's values that stands one level too high, where names are. Its value is
  // not shown: it may be a secret.
  bool outdented(const Node& map, const Entry& entry, const Shape& item, std::string_view noun) {
    if (item.kind != Kind::object || entry.value.is_map() || entry.value.is_null()) return false;
    const bool known = std::any_of(item.fields.begin(), item.fields.end(),
                                   [&](const Field& one) { return one.key == entry.key; });
    if (!known) return false;
    std::string_view above;
    for (const Entry& other : map.entries) {
      if (&other == &entry) break;
      if (other.value.is_map() || other.value.is_null()) above = other.key;
    }
    diagnostics_.add(
        Code::wrong_type, entry.where, entry.key.size(),
        fmt::format("\"{}\" is a key of a {}, and stands where the name of one is wanted",
                    entry.key, noun),
        above.empty()
            ? fmt::format("write it under the name of a {}", noun)
            : fmt::format("is it meant to be under {} \"{}\"? Then indent it", noun, above));
    return true;
  }

  void list(const Node& node, const Shape& shape, const Spot& place) {
    if (shape.or_single && (node.is_scalar() || node.is_map()))
      return value(node, *shape.item, place);
    if (!node.is_list()) {
      if (node.is_null()) return empty(node, place);
      return wrong_type(node, "a list", place);
    }
    if (shape.nonempty && node.items.empty()) empty(node, place);
    for (const Node& item : node.items) {
      Spot inner = place;
      inner.where = item.where;  // the items of a list have no key to point at
      inner.length = item.length();
      inner.item = true;
      value(item, *shape.item, inner);
    }
  }

  void either(const Node& node, const Shape& shape, const Spot& place) {
    std::string wanted;
    for (const ShapePtr& option : shape.options) {
      const bool is_map = option->kind == Kind::object || option->kind == Kind::map;
      const bool is_list = option->kind == Kind::list;
      const bool fits = is_map ? node.is_map() : is_list ? node.is_list() : node.is_scalar();
      if (fits) return value(node, *option, place);
      wanted += fmt::format("{}{}", wanted.empty() ? "" : " or ", describe(option->kind));
    }
    if (node.is_null()) return empty(node, place);
    wrong_type(node, wanted, place);
  }

  void word(const Node& node, const Shape& shape, const Spot& place) {
    if (node.is_null()) return empty(node, place);
    if (!node.is_scalar()) return wrong_type(node, "a word", place);
    const auto found = std::find_if(shape.words.begin(), shape.words.end(), [&](const Word& one) {
      return stands_for(one.name, node.text);
    });
    if (found == shape.words.end()) {
      std::vector<std::string_view> names;
      for (const Word& one : shape.words) {
        if (one.later.empty()) names.push_back(one.name);
      }
      Advice advice = did_you_mean(node.text, names);
      if (advice.text.empty()) advice = fmt::format("one of {}", fmt::join(names, ", "));
      diagnostics_.add(Code::unknown_word, node.where, node.length(),
                       fmt::format("{} is not a value of {}", shown(node), subject(place)),
                       std::move(advice));
    } else if (!found->later.empty()) {
      diagnostics_.add(Code::value_not_available, node.where, node.length(),
                       fmt::format("{} in {} is not available yet", shown(node), subject(place)),
                       found->later);
    }
  }

  void scalar(const Node& node, const Shape& shape, const Spot& place) {
    if (node.is_null()) return empty(node, place);
    if (!node.is_scalar()) return wrong_type(node, describe(shape.kind), place);
    if (shape.kind == Kind::secret) return secret(node, place);
    if (shape.kind == Kind::text || shape.kind == Kind::name) {
      if (node.text.empty()) empty(node, place);
      return;
    }
    const Form checked = form_of(shape.kind, node);
    if (!checked.good) return bad_form(node, shape, place);
    if (!checked.value) return;
    const bool bounded_above = shape.max > shape.min;
    if (*checked.value < shape.min || (bounded_above && *checked.value > shape.max))
      out_of_range(node, shape, place);
  }

  void secret(const Node& node, const Spot& place) {
    if (read_reference(&node)) return;
    if (const std::string_view name = variable_meant(node.text); !name.empty()) {
      diagnostics_.add(Code::bad_reference, node.where, node.length(),
                       fmt::format("{} must be {}", subject(place), describe(Kind::secret)),
                       fmt::format("write \"${{env:{}}}\"", name));
      return;
    }
    // A text without a dollar sign is the secret itself, and it is not repeated in any message.
    if (node.text.find('$') == std::string::npos) {
      diagnostics_.add(Code::clear_secret, node.where, node.length(),
                       fmt::format("{} is written in clear", subject(place)),
                       "keep it in the environment and write \"${env:NAME}\"");
      return;
    }
    diagnostics_.add(Code::bad_reference, node.where, node.length(),
                     fmt::format("{} must be {}", subject(place), describe(Kind::secret)));
  }

  void bad_form(const Node& node, const Shape& shape, const Spot& place) {
    std::string suggestion;
    const bool bare =
        !node.text.empty() && node.text.find_first_not_of("0123456789.") == std::string::npos;
    if (bare && shape.kind == Kind::duration) {
      suggestion = fmt::format("add a unit: {0}s or {0}ms", node.text);
    } else if (bare && shape.kind == Kind::percent) {
      suggestion = percent_suggestion(node.text);
    } else if (bare && shape.kind == Kind::money) {
      suggestion = fmt::format("add the currency: ${}", node.text);
    } else if (bare && shape.kind == Kind::price) {
      suggestion = fmt::format("add currency and amount: ${}/M for a million tokens", node.text);
    } else if (shape.kind == Kind::flag && is_old_bool(node.text)) {
      suggestion = "write true or false";
    } else {
      suggestion = advice_on_value(shape.kind, node);
    }
    // A URL may hold a password, so it is not repeated.
    const bool hidden = shape.kind == Kind::url && node.text.find('@') != std::string::npos;
    const std::string given = hidden ? "one with a user or password" : shown(node);
    diagnostics_.add(
        code_of(shape.kind), node.where, node.length(),
        fmt::format("{} must be {}, not {}", subject(place), describe(shape.kind), given),
        std::move(suggestion));
  }

  // A fraction is a share of one: who writes 0.2 means 20%.
  static std::string percent_suggestion(const std::string& bare) {
    double share = 0;
    const auto [end, problem] = std::from_chars(bare.data(), bare.data() + bare.size(), share);
    const bool fraction =
        problem == std::errc{} && end == bare.data() + bare.size() && share > 0 && share < 1;
    return fraction ? fmt::format("as a share of a hundred: {:.6g}%", share * 100)
                    : fmt::format("add the sign: {}%", bare);
  }

  static bool is_old_bool(std::string_view text) {
    for (const std::string_view word : {"yes", "no", "on", "off", "y", "n", "true", "false"}) {
      if (equal_ignoring_case(text, word)) return true;
    }
    return false;
  }

  void out_of_range(const Node& node, const Shape& shape, const Spot& place) {
    std::string range = shape.max > shape.min ? fmt::format("from {} to {}", shape.min, shape.max)
                                              : fmt::format("at least {}", shape.min);
    if (shape.kind == Kind::duration)
      range = fmt::format("at least {}", format_duration_ms(shape.min));
    diagnostics_.add(Code::out_of_range, node.where, node.length(),
                     fmt::format("{} must be {}, not {}", subject(place), range, shown(node)));
  }

  Diagnostics& diagnostics_;
};

}  // namespace

bool is_usable_name(std::string_view name) {
  if (name.empty() || name.size() > 128 || !is_alphanumeric(name.front()) ||
      name.starts_with(task_prefix)) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view("._-/:@+").find(c) != std::string_view::npos;
  });
}

std::string shown(const Node& node) {
  if (node.is_list()) return "a list";
  if (node.is_map()) return "a map";
  if (node.is_null()) return "nothing";
  constexpr std::size_t shown_max = 60;
  if (node.text.size() <= shown_max) return fmt::format("\"{}\"", node.text);
  std::size_t end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(node.text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("\"{}…\"", std::string_view(node.text).substr(0, end));
}

void check_shape(const Node& root, const Shape& shape, Diagnostics& diagnostics) {
  Walk(diagnostics).value(root, shape, Spot{});
}

}  // namespace wye::config
