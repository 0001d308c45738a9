// Shape: what a value of the configuration may look like. The one table of shapes (schema.cc)
// drives the check for unknown keys, types and units, the JSON Schema of `wye schema`, and the
// reference in docs/configuration.md; there is no second list of keys.
//
// Built once, immutable, any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wye::config {

struct Shape;
using ShapePtr = std::shared_ptr<const Shape>;

// One key of an object. A key that ends with '*' stands for every key with that beginning.
struct Field {
  std::string key;
  ShapePtr shape;
  std::string help;            // a sentence
  std::string default_text{};  // as it would be written; "" when there is none
  bool required = false;
  std::string later{};  // not empty: not in this version; says what to do meanwhile
};

// One word of an enumeration. One that ends with '*' stands for every word with that beginning.
struct Word {
  std::string name;
  std::string help{};
  std::string later{};  // not empty: not in this version; says what to do meanwhile
};

struct Shape {
  enum class Kind : std::uint8_t {
    any,      // not looked into
    version,  // the number 1
    object,   // known keys
    map,      // names of the user's to values
    list,
    either,  // one of `options`, told apart by YAML type
    flag,
    integer,
    text,
    word,
    name,
    secret,
    duration,
    duration_range,
    money,
    price,
    count,
    bytes,
    percent,
    rate,
    address,
    url,
    comparison,
    time_window,
    date,
    hash,
    commit,
  };
  Kind kind = Kind::any;
  std::vector<Field> fields{};      // object
  ShapePtr item{};                  // list and map
  std::string noun{};               // map: what one value is, "task"; name: what is named
  bool or_single = false;           // list: a single value stands for a list of one
  bool nonempty = false;            // list, map: at least one
  std::vector<ShapePtr> options{};  // either
  std::vector<Word> words{};        // word
  std::int64_t min = 0, max = 0;    // integer; also the smallest duration in ms, count or size
};

// Does a key of a Field or the name of a Word, perhaps with its '*', stand for `text`?
bool stands_for(std::string_view name, std::string_view text);

// What the kind is called in messages and in the reference: "a duration such as 2s".
std::string_view describe(Shape::Kind kind);
// A regular expression of the text form for the JSON Schema, "" when any text will do.
std::string_view pattern(Shape::Kind kind);

ShapePtr simple(Shape::Kind kind);
ShapePtr integer(std::int64_t min, std::int64_t max);
ShapePtr at_least(Shape::Kind kind, std::int64_t min);
ShapePtr name_of(std::string noun);
ShapePtr words(std::vector<Word> list);
ShapePtr object(std::vector<Field> fields);
ShapePtr map_of(std::string noun, ShapePtr item);
ShapePtr list_of(ShapePtr item, bool or_single = false);
ShapePtr either(std::vector<ShapePtr> options);
ShapePtr nonempty(const ShapePtr& list_or_map);
// A key that is known and not available yet; `meanwhile` says what to do until then.
Field later(std::string key, std::string help, std::string meanwhile);

}  // namespace wye::config
