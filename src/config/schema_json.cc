// The table of keys as JSON Schema, draft 7, for editors; see schema.h.
#include "config/schema.h"
#include "wire/json.h"

namespace wye::config {
namespace {

using Kind = Shape::Kind;

void write_shape(JsonWriter& json, const Shape& shape);

void write_values(JsonWriter& json, const Shape& shape, std::string_view help,
                  std::string_view default_text) {
  json.begin_object();
  if (!help.empty()) json.field("description", help);
  if (!default_text.empty()) json.field("default", default_text);
  write_shape(json, shape);
  json.end_object();
}

// Keys that this version refuses are left out, so that an editor marks them.
void write_object(JsonWriter& json, const Shape& shape) {
  json.field("type", "object")
      .field("additionalProperties", false)
      .key("properties")
      .begin_object();
  for (const Field& field : shape.fields) {
    if (!field.later.empty() || field.key.ends_with('*')) continue;
    json.key(field.key);
    write_values(json, *field.shape, field.help, field.default_text);
  }
  json.end_object();
  json.key("patternProperties").begin_object();
  for (const Field& field : shape.fields) {
    if (!field.key.ends_with('*')) continue;
    std::string stem = "^";
    for (const char c : field.key.substr(0, field.key.size() - 1)) {
      if (c == '.') stem.push_back('\\');
      stem.push_back(c);
    }
    json.key(stem);
    write_values(json, *field.shape, field.help, {});
  }
  json.end_object();
  json.key("required").begin_array();
  for (const Field& field : shape.fields) {
    if (field.required) json.value(field.key);
  }
  json.end_array();
}

void write_list(JsonWriter& json, const Shape& shape) {
  const auto list = [&] {
    json.field("type", "array");
    if (shape.nonempty) json.field("minItems", 1);
    json.key("items");
    write_values(json, *shape.item, {}, {});
  };
  if (!shape.or_single) return list();
  json.key("anyOf").begin_array();
  json.begin_object();
  list();
  json.end_object();
  write_values(json, *shape.item, {}, {});
  json.end_array();
}

void write_words(JsonWriter& json, const Shape& shape) {
  json.key("enum").begin_array();
  for (const Word& word : shape.words) {
    if (word.later.empty()) json.value(word.name);
  }
  json.end_array();
}

void write_pattern(JsonWriter& json, const Shape& shape) {
  // A bare number is a number in YAML, and some forms may be bare.
  const bool number_too =
      shape.kind == Kind::count || shape.kind == Kind::bytes || shape.kind == Kind::duration;
  if (!number_too) {
    json.field("type", "string").field("pattern", pattern(shape.kind));
    return;
  }
  json.key("anyOf").begin_array();
  json.begin_object().field("type", "string").field("pattern", pattern(shape.kind)).end_object();
  json.begin_object();
  if (shape.kind == Kind::duration) {
    json.field("const", 0);
  } else {
    json.field("type", "integer").field("minimum", shape.min);
  }
  json.end_object().end_array();
}

void write_shape(JsonWriter& json, const Shape& shape) {
  switch (shape.kind) {
    case Kind::any: return;
    case Kind::version: json.field("const", 1); return;
    case Kind::object: return write_object(json, shape);
    case Kind::list: return write_list(json, shape);
    case Kind::word: return write_words(json, shape);
    case Kind::flag: json.field("type", "boolean"); return;
    case Kind::map:
      json.field("type", "object");
      if (shape.nonempty) json.field("minProperties", 1);
      json.key("additionalProperties");
      return write_values(json, *shape.item, {}, {});
    case Kind::either:
      json.key("anyOf").begin_array();
      for (const ShapePtr& option : shape.options) write_values(json, *option, {}, {});
      json.end_array();
      return;
    case Kind::integer:
      json.field("type", "integer").field("minimum", shape.min).field("maximum", shape.max);
      return;
    case Kind::text:
    case Kind::name: json.field("type", "string").field("minLength", 1); return;
    default: return write_pattern(json, shape);
  }
}

}  // namespace

std::string json_schema() {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("$schema", "http://json-schema.org/draft-07/schema#");
  json.field("title", "wye configuration")
      .field("description", "Configuration of the wye gateway, version 1.");
  write_shape(json, file_shape());
  json.end_object();
  out.push_back('\n');
  return out;
}

}  // namespace wye::config
