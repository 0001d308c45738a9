// Gemini schema. Pure.
#include "dialect/gemini_schema.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialect/gemini_fields.h"

namespace wye::gemini {
namespace {

// In the order of Gemini's enum, which begins at 1.
constexpr std::array<std::string_view, 7> types{"STRING", "NUMBER", "INTEGER", "BOOLEAN",
                                                "ARRAY",  "OBJECT", "NULL"};
constexpr std::array<std::string_view, 6> sizes{"maxItems",  "minItems",      "maxLength",
                                                "minLength", "maxProperties", "minProperties"};
// Said in the same words by both.
constexpr std::array<std::string_view, 8> shared{"title",   "description", "required", "minimum",
                                                 "maximum", "pattern",     "default",  "enum"};
// Formats that Gemini accepts; of any other it refuses the request.
constexpr std::array<std::string_view, 6> formats{"date-time", "enum",  "float",
                                                  "double",    "int32", "int64"};

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Writes one schema and those within it; `fits` says whether all of it could be said.
class SchemaWriter {
 public:
  explicit SchemaWriter(std::string& out) : json_(out) {}
  bool fits() const { return fits_; }

  void write(JsonObject object) {
    Seen seen;
    json_.begin_object();
    (void)walk::members(object, [&](walk::Member& member) -> Result<void> {
      write_member(member, seen);
      return {};
    });
    json_.end_object();
    // Gemini demands properties of an object, items of an array, and a type of everything.
    if (seen.type == "OBJECT" && !seen.properties) fits_ = false;
    if (seen.type == "ARRAY" && !seen.items) fits_ = false;
    if (seen.type.empty() && !seen.any_of) fits_ = false;
    if (seen.string_words && seen.type != "STRING") fits_ = false;
  }

 private:
  struct Seen {
    std::string type;
    bool properties = false, items = false, any_of = false, string_words = false;
  };

  void write_value(JsonValue& value) {
    if (walk::is_object(value)) return write(value.get_object().value_unsafe());
    fits_ = false;
    json_.null();
  }

  void write_member(walk::Member& member, Seen& seen) {
    const std::string_view key = member.key;
    JsonValue& value = member.value;
    if (key == "type") return write_type(value, seen);
    if (key == "properties") {
      seen.properties = write_properties(value);
    } else if (key == "items") {
      seen.items = true;
      json_.key(key);
      write_value(value);
    } else if (key == "anyOf") {
      seen.any_of = true;
      json_.key(key).begin_array();
      walk::elements_if(value, [&](JsonValue& each) { write_value(each); });
      json_.end_array();
    } else if (key == "format") {
      const auto format = walk::string_if(value);
      if (!format || !holds(formats, *format)) fits_ = false;
      json_.field(key, format.value_or(""));
    } else if (holds(shared, key) || holds(sizes, key)) {
      json_.key(key).raw(walk::raw(value));
      if (key == "enum") seen.string_words = only_strings(value);
    } else {
      fits_ = false;
    }
  }

  // "string", or ["string", "null"].
  void write_type(JsonValue& value, Seen& seen) {
    bool nullable = false;
    if (const auto name = walk::string_if(value)) {
      seen.type = to_upper(*name);
    } else {
      walk::elements_if(value, [&](JsonValue& each) {
        const auto one = walk::string_if(each);
        if (one == "null") {
          nullable = true;
        } else if (one && seen.type.empty()) {
          seen.type = to_upper(*one);
        } else {
          fits_ = false;
        }
      });
    }
    if (!holds(types, seen.type)) fits_ = false;
    json_.field("type", seen.type);
    if (nullable) json_.field("nullable", true);
  }

  bool write_properties(JsonValue& value) {
    bool any = false;
    json_.key("properties").begin_object();
    walk::members_if(value, [&](walk::Member& each) {
      any = true;
      json_.key(each.key);
      write_value(each.value);
    });
    json_.end_object();
    return any;
  }

  // Gemini's enum is a list of texts.
  bool only_strings(JsonValue& value) {
    bool only = walk::is_array(value);
    walk::elements_if(value, [&](JsonValue& each) { only = only && walk::is_string(each); });
    fits_ = fits_ && only;
    return true;
  }

  JsonWriter json_;
  bool fits_ = true;
};

std::string type_name(JsonValue& value) {
  if (const auto name = walk::string_if(value)) return to_lower(*name);
  const auto number = walk::integer_if(value);
  const bool known = number && *number >= 1 && *number <= static_cast<std::int64_t>(types.size());
  return known ? to_lower(types[static_cast<std::size_t>(*number - 1)]) : std::string();
}

std::string_view name_in(const auto& list, std::string_view key) {
  for (const std::string_view each : list) {
    if (is_field(key, each)) return each;
  }
  return {};
}

void write_json_schema(JsonWriter& json, JsonValue& value);

void write_json_member(JsonWriter& json, walk::Member& member) {
  const std::string_view key = member.key;
  JsonValue& value = member.value;
  if (walk::is_null(value)) return;
  if (const std::string_view name = name_in(sizes, key); !name.empty()) {
    // 64-bit integers may be texts to protocol buffers.
    if (const auto count = integer_of(value)) json.field(name, *count);
  } else if (key == "properties") {
    json.key(key).begin_object();
    walk::members_if(value, [&](walk::Member& each) {
      json.key(each.key);
      write_json_schema(json, each.value);
    });
    json.end_object();
  } else if (key == "items") {
    json.key(key);
    write_json_schema(json, value);
  } else if (is_field(key, "anyOf")) {
    json.key("anyOf").begin_array();
    walk::elements_if(value, [&](JsonValue& each) { write_json_schema(json, each); });
    json.end_array();
  } else if (key == "example") {
    json.key("examples").begin_array().raw(walk::raw(value)).end_array();
  } else if (key == "format") {
    // "enum" is no format to anybody else.
    if (walk::token(value) != "\"enum\"") json.key(key).raw(walk::raw(value));
  } else if (!is_field(key, "propertyOrdering")) {
    json.key(key).raw(walk::raw(value));
  }
}

// The type is written last, for `nullable` belongs to it and may come before or after.
void write_json_schema(JsonWriter& json, JsonValue& value) {
  std::string type;
  bool nullable = false;
  json.begin_object();
  walk::members_if(value, [&](walk::Member& member) {
    if (member.key == "type") {
      type = type_name(member.value);
    } else if (member.key == "nullable") {
      nullable = walk::token(member.value) == "true";
    } else {
      write_json_member(json, member);
    }
  });
  if (!type.empty() && nullable) {
    json.key("type").begin_array().value(type).value("null").end_array();
  } else if (!type.empty() && type != "type_unspecified") {
    json.field("type", type);
  }
  json.end_object();
}

}  // namespace

std::optional<std::string> to_gemini_schema(JsonReader& reader, std::string_view json_schema) {
  std::string text(json_schema), out;
  pad(text);
  SchemaWriter writer(out);
  const auto read = reader.read_object(text, [&](JsonObject& root) -> Result<void> {
    writer.write(root);
    return {};
  });
  if (!read || !writer.fits()) return std::nullopt;
  return out;
}

std::string to_json_schema(JsonValue& schema) {
  std::string out;
  JsonWriter json(out);
  write_json_schema(json, schema);
  return out;
}

}  // namespace wye::gemini
