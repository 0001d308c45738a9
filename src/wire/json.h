// JSON: reading over simdjson on-demand with everything checked that on-demand leaves out, and a
// writer that appends to a string.
//
// simdjson 3.0 on-demand does not look into values that are skipped (`tru`, `01x`, "\q"), delivers
// duplicate keys, and matches raw keys ("mod\u0065l" slips past "model"). JsonReader checks the
// whole text before anybody reads from it; for_each_field unescapes keys and refuses duplicates.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "wire/splice.h"

namespace wye {

using JsonValue = simdjson::ondemand::value;
using JsonObject = simdjson::ondemand::object;
using JsonArray = simdjson::ondemand::array;

inline constexpr int json_depth_max = 128;

// One per loop or thread; keeps its parser's buffers between documents.
class JsonReader {
 public:
  // Parses `text` whole and hands its root object to `on_object(JsonObject&)`, which returns
  // Result<void>: a Fault to stop. `text` must have simdjson::SIMDJSON_PADDING readable bytes after
  // its end (see pad()). Refused before `on_object` is called, wherever it stands: anything that is
  // not JSON, a root that is no object, more than json_depth_max levels, invalid UTF-8 (escaped
  // lone surrogates too), trailing bytes. So nothing needs to be checked, or even read, for its own
  // sake. Faults are bad_request with a sentence on what is wrong where.
  //
  // Views of strings hold until the next read_object and as long as `text`.
  template <class OnObject>
  Result<void> read_object(std::string_view text, OnObject&& on_object) {
    Result<JsonObject> root = open(text);
    if (!root) return tl::unexpected<Fault>(std::move(root.error()));
    return std::forward<OnObject>(on_object)(*root);
  }

  // The object that the last read_object, which went well, was given, once more from its beginning:
  // its text is not parsed and checked again. Views of strings from before hold only where they
  // point into the text.
  template <class OnObject>
  Result<void> read_again(OnObject&& on_object) {
    Result<JsonObject> root = reopen();
    if (!root) return tl::unexpected<Fault>(std::move(root.error()));
    return std::forward<OnObject>(on_object)(*root);
  }

 private:
  // A document made of an iterator over tokens that were checked already.
  struct Document : simdjson::ondemand::document {
    Document() = default;
    explicit Document(simdjson::ondemand::json_iterator&& tokens) : document(std::move(tokens)) {}
  };
  Result<JsonObject> open(std::string_view text);
  Result<JsonObject> reopen();
  Result<JsonObject> root_object();

  simdjson::ondemand::parser parser_;
  Document document_;
};

// Gives a string the slack that simdjson reads past the end; its size stays as it was.
void pad(std::string& text);

// Calls `on_field(std::string_view key, JsonValue& value)`, which returns Result<void>, for each
// member. Keys are unescaped. A key of `unique` (at most 64) that comes twice is refused, for
// whoever reads the body next might take the other one. `path` names the object in faults, "" for
// the root. The value need not be read.
template <class OnField>
Result<void> for_each_field(JsonObject& object, std::string_view path,
                            std::span<const std::string_view> unique, OnField&& on_field);

// Where a value stands in the text of its document, and where its member does, key included (only
// for values of objects). Neither consumes the value; containers cost a walk over their tokens.
JsonSpan value_span(std::string_view text, JsonValue value);
JsonSpan member_span(std::string_view text, JsonValue value);

// Typed reads with faults that name `path` ("messages[0].role must be a string").
// A string without escapes is a view into the text, and nothing is copied. Read each string once.
Result<std::string_view> read_string(JsonValue& value, std::string_view path);
Result<std::int64_t> read_int(JsonValue& value, std::string_view path);
Result<bool> read_bool(JsonValue& value, std::string_view path);
Result<double> read_double(JsonValue& value, std::string_view path);
// The fault of a value of the wrong type.
Fault wrong_type(std::string_view path, std::string_view wanted);

// Appends the content of a JSON string, given with its quotes, to `out`. False when it is no valid
// JSON string; `out` then is as it was.
bool append_unescaped(std::string& out, std::string_view quoted);

// The name of a member, for the writer. A literal is looked at by the compiler, any other name when
// it is written.
class JsonKey {
 public:
  template <std::size_t size>
  consteval JsonKey(const char (&literal)[size]) : name_(literal, size - 1), plain_(true) {
    for (const char c : name_)
      if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') plain_ = false;
  }
  JsonKey(std::string_view name);
  template <class Text>
  requires std::is_same_v<Text, const char*>  // one of several literals
  JsonKey(const Text& name) : JsonKey(std::string_view(name)) {}
  JsonKey(const std::string& name) : JsonKey(std::string_view(name)) {}

  std::string_view name() const { return name_; }
  bool plain() const { return plain_; }  // stands in JSON as it is

 private:
  std::string_view name_;
  bool plain_;
};

// Appends JSON to a string the caller owns. Commas are put by the writer.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }
  JsonWriter& key(JsonKey name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(double number);  // shortest exact form; NaN and infinities become null
  JsonWriter& value(bool flag) { return raw(flag ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json);  // already JSON

  // key and value in one; records are mostly these, hence the shorter ways for numbers and texts.
  template <class T>
  JsonWriter& field(JsonKey name, const T& v) {
    key(name);
    return value(v);
  }
  JsonWriter& field(JsonKey name, std::int64_t number);
  JsonWriter& field(JsonKey name, int number) {
    return field(name, static_cast<std::int64_t>(number));
  }
  JsonWriter& field(JsonKey name, std::string_view text);
  JsonWriter& field(JsonKey name, const char* text) { return field(name, std::string_view(text)); }
  JsonWriter& field(JsonKey name, const std::string& text) {
    return field(name, std::string_view(text));
  }

 private:
  // A comma is due after every value and every end, and before nothing else: a key and an opening
  // bracket cancel it. That needs no memory of what is open.
  void separate() {
    if (need_comma_) out_.push_back(',');
    need_comma_ = true;
  }
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);

  std::string& out_;
  bool need_comma_ = false;
};

// Appends `text` as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// From here on: what for_each_field is made of.
namespace json_detail {

// The content of the key at `raw`, which is the place after its opening quote; nothing when it was
// read so often that the parser's buffer is full.
std::optional<std::string_view> read_key(JsonObject& object, const char* raw);
// The place of `key` in `keys`, or keys.size().
std::size_t index_of(std::string_view key, std::span<const std::string_view> keys);
tl::unexpected<Fault> duplicate(std::string_view path, std::string_view key);
tl::unexpected<Fault> unreadable(std::string_view path);

}  // namespace json_detail

template <class OnField>
Result<void> for_each_field(JsonObject& object, std::string_view path,
                            std::span<const std::string_view> unique, OnField&& on_field) {
  std::uint64_t seen = 0;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return json_detail::unreadable(path);
    const auto key = json_detail::read_key(object, field.key().value_unsafe().raw());
    if (!key) return json_detail::unreadable(path);
    if (!unique.empty()) {
      const std::size_t index = json_detail::index_of(*key, unique);
      const std::uint64_t bit = index < unique.size() ? std::uint64_t{1} << (index & 63) : 0;
      if ((seen & bit) != 0) return json_detail::duplicate(path, *key);
      seen |= bit;
    }
    JsonValue value = field.value().value_unsafe();
    if (Result<void> done = on_field(*key, value); !done) return done;
  }
  return {};
}

}  // namespace wye
