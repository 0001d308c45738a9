// Fuzzes the JSON reader, writer and edits against nlohmann::json: the same texts are taken, the
// same values are read, what is written or edited is the same value again.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "wire/json.h"
#include "wire/splice.h"

namespace {

using namespace wye;
using nlohmann::json;

void require(bool holds) {
  if (!holds) std::abort();
}

// What nlohmann makes of the text. It has no numbers beyond double, which the grammar allows.
struct Reference {
  json value;
  bool accepted = false;
  bool overflow = false;
};

Reference reference(std::string_view text) {
  Reference out;
  try {
    out.value = json::parse(text);
    out.accepted = true;
  } catch (const json::out_of_range&) {
    out.overflow = true;
  } catch (const json::parse_error&) {
  }
  return out;
}

void compare(std::string_view text, JsonValue value, const json& expected);

void compare_object(std::string_view text, JsonObject object, const json& expected) {
  std::set<std::string> seen;
  const auto read =
      for_each_field(object, "", {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
        const std::string name(key);
        require(expected.contains(name));
        const json member = json::parse("{" + std::string(member_span(text, value).in(text)) + "}");
        require(member.size() == 1 && member.contains(name));
        // Of members that come twice nlohmann keeps the last.
        if (seen.insert(name).second && member[name] == expected[name])
          compare(text, value, expected[name]);
        return {};
      });
  require(read.has_value());
  require(seen.size() == expected.size());
}

void compare(std::string_view text, JsonValue value, const json& expected) {
  require(json::parse(value_span(text, value).in(text)) == expected);
  if (expected.is_object()) {
    compare_object(text, value.get_object().value(), expected);
  } else if (expected.is_array()) {
    std::size_t index = 0;
    JsonArray array =
        value.get_array().value();  // a range-for over value() would outlive its array
    for (auto element : array) compare(text, element.value(), expected[index++]);
    require(index == expected.size());
  } else if (expected.is_string()) {
    const auto read = read_string(value, "");
    require(read && *read == expected.get<std::string>());
    std::string unescaped;
    require(append_unescaped(unescaped, value_span(text, value).in(text)) && unescaped == *read);
  } else if (expected.is_boolean()) {
    require(read_bool(value, "").value() == expected.get<bool>());
  } else if (expected.is_number_integer() && !expected.is_number_unsigned()) {
    require(read_int(value, "").value() == expected.get<std::int64_t>());
  } else if (expected.is_number_float()) {
    require(read_double(value, "").value() == expected.get<double>());
  }
}

void write(JsonWriter& writer, const json& value) {
  if (value.is_object()) {
    writer.begin_object();
    for (const auto& [key, member] : value.items()) write(writer.key(key), member);
    writer.end_object();
  } else if (value.is_array()) {
    writer.begin_array();
    for (const json& element : value) write(writer, element);
    writer.end_array();
  } else if (value.is_string()) {
    writer.value(value.get<std::string>());
  } else if (value.is_number_unsigned()) {
    writer.value(value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    writer.value(value.get<std::int64_t>());
  } else {
    writer.raw(value.dump());
  }
}

void check_writer(const json& value) {
  std::string out;
  JsonWriter writer(out);
  write(writer, value);
  require(json::parse(out) == value);
}

// Removes some members of the root, replaces others, puts one in.
void check_edits(std::string_view text, JsonObject& root, json expected, std::uint64_t choice) {
  Edits edits;
  std::set<std::string> seen;
  bool twice = false;
  const auto read =
      for_each_field(root, "", {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
        const std::string name(key);
        twice = twice || !seen.insert(name).second;
        if ((choice & 3) == 1) {
          edits.replace(value_span(text, value), "[]");
          expected[name] = json::array();
        } else if ((choice & 3) > 1) {
          edits.remove_member(member_span(text, value));
          expected.erase(name);
        }
        choice = choice >> 2 | choice << 62;
        return {};
      });
  require(read.has_value());
  if (twice || seen.contains("\x01new")) return;
  if ((choice & 4) != 0) {
    edits.insert_member(text.find('{'), "\x01new", "{}");
    expected["\x01new"] = json::object();
  }
  require(json::parse(edits.apply(text)) == expected);
}

// Any bytes become a valid JSON string, valid UTF-8 the same one.
void check_string(std::string_view bytes) {
  std::string out;
  append_json_string(out, bytes);
  const json back = json::parse(out);
  if (simdjson::validate_utf8(bytes)) require(back.get<std::string>() == bytes);
  std::string unescaped;
  if (append_unescaped(unescaped, bytes) && simdjson::validate_utf8(bytes))
    require(json::parse(bytes).get<std::string>() == unescaped);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  std::uint64_t choice;
  std::memcpy(&choice, data, 8);
  // Exactly the padding that is promised, filled with something harmful.
  const std::size_t length = size - 8;
  const auto memory = std::make_unique<char[]>(length + simdjson::SIMDJSON_PADDING);
  std::memcpy(memory.get(), data + 8, length);
  std::memset(memory.get() + length, "\"\\}1"[choice & 3], simdjson::SIMDJSON_PADDING);
  const std::string_view text(memory.get(), length);
  check_string(text);

  const Reference expected = reference(text);
  static JsonReader reader;
  const auto read = reader.read_object(text, [&](JsonObject& root) -> Result<void> {
    require(expected.overflow || (expected.accepted && expected.value.is_object()));
    if (expected.accepted) compare_object(text, root, expected.value);
    return {};
  });
  if (read && expected.accepted) {
    check_writer(expected.value);
    require(reader
                .read_object(text,
                             [&](JsonObject& root) -> Result<void> {
                               check_edits(text, root, expected.value, choice);
                               return {};
                             })
                .has_value());
  }
  if (read) return 0;
  // nlohmann skips a byte order mark, ends at a NUL and has no limit of depth.
  const bool differs = text.starts_with("\xef\xbb\xbf") ||
                       text.find('\0') != std::string_view::npos ||
                       read.error().message.find("nested") != std::string::npos;
  require(differs || !expected.accepted || !expected.value.is_object());
  return 0;
}
