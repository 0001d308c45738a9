#include "wire/json.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wye {
namespace {

using namespace std::string_literals;

Result<void> nothing(JsonObject&) { return {}; }

// What a reader says of `text` without reading a single value.
Result<void> check(JsonReader& reader, std::string text) {
  pad(text);
  return reader.read_object(text, nothing);
}

bool accepts(const std::string& text) {
  JsonReader reader;
  return check(reader, text).has_value();
}

std::string nested(int levels, char open, char close) {
  return "{\"a\":" + std::string(static_cast<std::size_t>(levels), open) +
         std::string(static_cast<std::size_t>(levels), close) + "}";
}

TEST(JsonReader, TakesWhatIsJson) {
  for (const std::string& text :
       {"{}"s, " \t\r\n{ } \n"s, "{\"\":\"\"}"s,
        "{\"a\":[1,-0,0.5,1e9,1E+9,-1.25e-3,12345678901234567890123]}"s,
        "{\"a\":[true,false,null,[],{},[[]],\"x\"]}"s, "{\"a\":1e400}"s,
        R"({"a":"\"\\\/\b\f\n\r\t\u0041\ud83d\ude00\u0000"})"s, R"({"\u0061":1})"s,
        "{\"a\":\"\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"}"s, "{\"a\" : 1 , \"b\" : [ 1 , 2 ] }"s,
        nested(json_depth_max - 1, '[', ']')}) {
    EXPECT_TRUE(accepts(text)) << text;
    EXPECT_TRUE(nlohmann::json::accept(text) || text.find("e400") != std::string::npos) << text;
  }
}

TEST(JsonReader, RefusesWhatIsNotWhereverItStands) {
  for (const std::string& text :
       {// Nothing, or no value.
        ""s, " "s, "x"s, "\0"s, "\xef\xbb\xbf{}"s,
        // Truncated.
        "{"s, "{\"a"s, "{\"a\""s, "{\"a\":"s, "{\"a\":1"s, "{\"a\":1,"s, "{\"a\":[1}"s,
        "{\"a\":[1"s, "{\"a\":{}"s, "{\"a\":tru"s, "{\"a\":\"\\"s, "{\"a\":1,}"s, "{\"a\":[1,]}"s,
        "{\"a\":-"s,
        // Trailing.
        "{}x"s, "{}{}"s, "{},"s, "{}}"s, "{}]"s, "{} \0"s, "{}\"\""s, "{}1"s, "{}}{"s,
        "{\"a\":1}}"s,
        // Punctuation.
        "{,}"s, "{\"a\"}"s, "{\"a\" 1}"s, "{\"a\":1 \"b\":2}"s, "{\"a\":1\"b\":2}"s, "{\"a\":,}"s,
        "{\"a\"::1}"s, "{1:1}"s, "{a:1}"s, "{\"a\":[1 2]}"s, "{\"a\":[,1]}"s, "{\"a\":[1,,2]}"s,
        "{\"a\":}"s, "{\"a\":[}]}"s, "{[]}"s, "{\"a\":1;}"s, "{\"a\":(1)}"s, "{'a':1}"s,
        "{\"a\":1/**/}"s, "{null:1}"s, "{\"a\":]}"s, "{\"a\"::}"s,
        // Literals.
        "{\"a\":tru}"s, "{\"a\":truex}"s, "{\"a\":True}"s, "{\"a\":nul}"s, "{\"a\":falsefalse}"s,
        "{\"a\":NaN}"s, "{\"a\":Infinity}"s, "{\"a\":undefined}"s, "{\"a\":true\"\"}"s,
        "{\"a\":null\\}"s, "{\"a\":t}"s,
        // Numbers.
        "{\"a\":01}"s, "{\"a\":-01}"s, "{\"a\":+1}"s, "{\"a\":1.}"s, "{\"a\":.5}"s, "{\"a\":1.e5}"s,
        "{\"a\":1e}"s, "{\"a\":1e+}"s, "{\"a\":-}"s, "{\"a\":--1}"s, "{\"a\":0x1}"s, "{\"a\":1_0}"s,
        "{\"a\":1a}"s, "{\"a\":1.2.3}"s, "{\"a\":-Infinity}"s, "{\"a\":1\\}"s, "{\"a\":1\0}"s,
        "{\"a\":00}"s, "{\"a\":1 2}"s,
        // Strings.
        "{\"a\":\"\\q\"}"s, "{\"a\":\"\\u12\"}"s, "{\"a\":\"\\u12g4\"}"s, "{\"a\":\"\\ud800\"}"s,
        "{\"a\":\"\\udc00\"}"s, "{\"a\":\"\\ud800\\u0041\"}"s, "{\"a\":\"\\ud800x\"}"s,
        "{\"a\":\"\\ud800\\ud800\"}"s, "{\"a\":\"\\U0041\"}"s, "{\"a\":\"\n\"}"s, "{\"a\":\"\0\"}"s,
        "{\"a\":\"\x1f\"}"s, "{\"a\":\"\\\0\"}"s, "{\"\\q\":1}"s, "{\"a\":\"x}"s, "{\"a\":\"b\"c}"s,
        "{\"a\":\"b\"\\}"s, "{\"a\":\"b\"\"c\"}"s, "{\"a\":\"\\\"}"s, "{\"a\":\\\"b\"}"s,
        // Encoding.
        "{\"a\":\"\xff\"}"s, "{\"a\":\"\xc0\x80\"}"s, "{\"a\":\"\xed\xa0\x80\"}"s,
        "{\"a\":\"\xe2\x82\"}"s, "{\"a\":\"\xf4\x90\x80\x80\"}"s, "{\"a\":\xff}"s, "{\"\x80\":1}"s,
        // Depth.
        nested(json_depth_max, '[', ']'), nested(100000, '[', ']'), std::string(1000, '{')}) {
    EXPECT_FALSE(accepts(text)) << text;
    EXPECT_FALSE(accepts("{\"skipped\":[1,{\"x\":" + text + "}]}")) << text;
  }
}

TEST(JsonReader, RefusesARootThatIsNoObject) {
  for (const char* text : {"[]", "[{}]", "1", "\"a\"", "\"}\"", "null", "true"})
    EXPECT_FALSE(accepts(text)) << text;
}

TEST(JsonReader, RefusesEveryPrefix) {
  const std::string text = R"({"a":[1,-2.5e3,true,null,"x\u0041\n"],"b":{"c":{}}})";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(accepts(text.substr(0, size))) << size;
}

// What follows the text in memory is none of its business.
TEST(JsonReader, DoesNotReadOnIntoThePadding) {
  const std::string memory =
      "{\"a\":1}{\"b\":22222222222222222222222222222222222222222222222222222222}" +
      std::string(64, '2');
  JsonReader reader;
  EXPECT_TRUE(reader.read_object(std::string_view(memory).substr(0, 7), nothing));
  EXPECT_FALSE(reader.read_object(std::string_view(memory).substr(0, 6), nothing));
  EXPECT_FALSE(reader.read_object(std::string_view(memory).substr(0, 20), nothing));
}

TEST(JsonReader, SaysWhatIsWrongWhere) {
  JsonReader reader;
  const auto refused = check(reader, "{\"a\": tru}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::bad_request);
  EXPECT_EQ(refused.error().message, "malformed JSON: a value was expected at byte 6");
  EXPECT_EQ(check(reader, "{\"a\":\"\xff\"}").error().message,
            "malformed JSON: it is not valid UTF-8");
  EXPECT_EQ(check(reader, "{\"a\":1,").error().message,
            "malformed JSON: it ends too early, or something follows its end at byte 6");
}

TEST(JsonReader, CanBeUsedAgainAfterAFault) {
  JsonReader reader;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(check(reader, "{\"a\":[}"));
    EXPECT_TRUE(check(reader, "{\"a\":[]}"));
    EXPECT_TRUE(check(reader, "{\"a\":\"" + std::string(10000, 'x') + "\"}"));
  }
}

TEST(JsonReader, GivesTheSameAgainFromItsBeginning) {
  JsonReader reader;
  std::string text = R"({"a":"x\ny","b":{"c":[1,2]}})";
  pad(text);
  std::vector<std::string> seen;
  const auto note = [&](JsonObject& root) {
    return for_each_field(root, "", {}, [&](std::string_view key, JsonValue& value) {
      std::string_view content;
      if (value.get_string().get(content) != simdjson::SUCCESS) content = "an object";
      seen.push_back(std::string(key) + "=" + std::string(content));
      return Result<void>{};
    });
  };
  ASSERT_TRUE(reader.read_object(text, note));
  ASSERT_TRUE(reader.read_again(note));
  // Also when the first one read nothing, or went deep.
  ASSERT_TRUE(reader.read_object(text, nothing));
  ASSERT_TRUE(reader.read_again(note));
  EXPECT_EQ(seen, (std::vector<std::string>{"a=x\ny", "b=an object", "a=x\ny", "b=an object",
                                            "a=x\ny", "b=an object"}));
}

TEST(JsonReader, GivesHugeBuffersBack) {
  JsonReader reader;
  EXPECT_TRUE(check(reader, "{\"a\":\"" + std::string(5 << 20, 'x') + "\"}"));
  EXPECT_TRUE(check(reader, "{\"a\":1}"));
}

TEST(JsonReader, PassesTheFaultOfItsCallback) {
  JsonReader reader;
  std::string text = "{}";
  pad(text);
  const auto refused = reader.read_object(
      text, [](JsonObject&) -> Result<void> { return fail(FaultKind::budget, "no"); });
  EXPECT_EQ(refused.error().kind, FaultKind::budget);
}

// Reads the members of the root and hands each to `on_field`.
template <class OnField>
Result<void> each_field(const std::string& text, std::vector<std::string_view> unique,
                        OnField&& on_field) {
  static JsonReader reader;
  return reader.read_object(
      text, [&](JsonObject& root) { return for_each_field(root, "", unique, on_field); });
}

TEST(ForEachField, UnescapesKeysAndSkipsValues) {
  std::string text = R"({"mod\u0065l":"m","x":{"a":[1,{}]},"\n\"":[1,2],"":true})";
  pad(text);
  std::vector<std::string> keys;
  ASSERT_TRUE(each_field(text, {"model"}, [&](std::string_view key, JsonValue&) -> Result<void> {
    keys.emplace_back(key);
    return {};
  }));
  EXPECT_EQ(keys, (std::vector<std::string>{"model", "x", "\n\"", ""}));
}

TEST(ForEachField, RefusesKeysThatComeTwice) {
  const auto ignore = [](std::string_view, JsonValue&) -> Result<void> { return {}; };
  std::string text = R"({"model":1,"x":1,"x":2,"mod\u0065l":2})";
  pad(text);
  const auto refused = each_field(text, {"stream", "model"}, ignore);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "model is given twice");
  EXPECT_EQ(refused.error().param, "model");
  EXPECT_TRUE(each_field(text, {"stream"}, ignore));
}

TEST(ForEachField, NestsAndNamesThePath) {
  std::string text = R"({"a":{"b":1,"b":2}})";
  pad(text);
  const std::string_view unique[] = {"b"};
  const auto refused =
      each_field(text, {}, [&](std::string_view, JsonValue& value) -> Result<void> {
        JsonObject inner = value.get_object().value();
        return for_each_field(inner, "a", unique,
                              [](std::string_view, JsonValue&) -> Result<void> { return {}; });
      });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().param, "a.b");
}

TEST(TypedReads, ReadOrNameThePath) {
  std::string text =
      R"({"s":"plain","e":"a\n\u00e9\ud83d\ude00","i":-12,"d":0.5,"b":true,"n":null,"big":9223372036854775808})";
  pad(text);
  std::map<std::string, std::string> faults;
  std::vector<std::string> strings;
  ASSERT_TRUE(each_field(text, {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
    const std::string path = "x." + std::string(key);
    const auto fault_of = [](const auto& read) { return read ? "" : read.error().message + ";"; };
    if (key == "n") {
      faults["n"] = fault_of(read_string(value, path)) + fault_of(read_bool(value, path)) +
                    fault_of(read_double(value, path));
    } else if (key == "big") {
      faults["big"] = fault_of(read_int(value, path));
    } else if (key == "i") {
      EXPECT_EQ(read_int(value, path).value(), -12);
    } else if (key == "d") {
      EXPECT_EQ(read_double(value, path).value(), 0.5);
    } else if (key == "b") {
      EXPECT_TRUE(read_bool(value, path).value());
    } else {
      strings.emplace_back(read_string(value, path).value());
    }
    return {};
  }));
  EXPECT_EQ(strings, (std::vector<std::string>{"plain", "a\n\xc3\xa9\xf0\x9f\x98\x80"}));
  EXPECT_EQ(faults["n"], "x.n must be a string;x.n must be true or false;x.n must be a number;");
  EXPECT_EQ(faults["big"], "x.big must be an integer;");
}

TEST(TypedReads, PlainStringsAreViewsIntoTheText) {
  std::string text = R"({"s" : "plain"  , "t":"\\"})";
  pad(text);
  ASSERT_TRUE(each_field(text, {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
    const auto read = read_string(value, "").value();
    EXPECT_EQ(read.data() == text.data() + 8, key == "s");
    return {};
  }));
}

// On-demand alone would write over the end of its buffer.
TEST(TypedReads, ReadingAStringTooOftenIsAFaultNotAnOverflow) {
  std::string text = "{\"s\":\"\\n" + std::string(1000, 'x') + "\"}";
  pad(text);
  int fine = 0;
  ASSERT_TRUE(each_field(text, {}, [&](std::string_view, JsonValue& value) -> Result<void> {
    for (int i = 0; i < 10; ++i) fine += read_string(value, "s").has_value() ? 1 : 0;
    return {};
  }));
  EXPECT_EQ(fine, 1);
}

TEST(Spans, AreTheBytesOfValuesAndMembers) {
  std::string text =
      " { \"a\" : 12 , \"b\":[1, {\"x\":\"]\"} ] ,\"c\": {\"d\" :\"s\" }\n, \"e\":null } ";
  pad(text);
  std::map<std::string, std::string> values;
  std::map<std::string, std::string> members;
  ASSERT_TRUE(each_field(text, {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
    values[std::string(key)] = value_span(text, value).in(text);
    members[std::string(key)] = member_span(text, value).in(text);
    return {};
  }));
  EXPECT_EQ(values["a"], "12");
  EXPECT_EQ(values["b"], "[1, {\"x\":\"]\"} ]");
  EXPECT_EQ(values["c"], "{\"d\" :\"s\" }");
  EXPECT_EQ(values["e"], "null");
  EXPECT_EQ(members["a"], "\"a\" : 12");
  EXPECT_EQ(members["b"], "\"b\":[1, {\"x\":\"]\"} ]");
  EXPECT_EQ(members["c"], "\"c\": {\"d\" :\"s\" }");
  EXPECT_EQ(members["e"], "\"e\":null");
}

TEST(Spans, DoNotConsumeTheValue) {
  std::string text = R"({"a":{"b":[1,2]},"c":3})";
  pad(text);
  std::vector<std::string> seen;
  ASSERT_TRUE(each_field(text, {}, [&](std::string_view key, JsonValue& value) -> Result<void> {
    seen.emplace_back(key);
    EXPECT_GT(value_span(text, value).length, 0u);
    if (key != "a") return {};
    JsonObject inner = value.get_object().value();
    return for_each_field(inner, "", {},
                          [&](std::string_view name, JsonValue& list) -> Result<void> {
                            seen.emplace_back(name);
                            JsonArray array = list.get_array().value();
                            for (auto element : array)
                              seen.push_back(std::to_string(element.get_int64().value()));
                            return {};
                          });
  }));
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b", "1", "2", "c"}));
}

TEST(AppendUnescaped, GivesTheContent) {
  std::string out = ">";
  EXPECT_TRUE(append_unescaped(out, R"("a\"\\\/\b\f\n\r\t\u20ac\ud83d\ude00")"));
  EXPECT_EQ(out, ">a\"\\/\b\f\n\r\t\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_TRUE(append_unescaped(out, "\"\""));
}

TEST(AppendUnescaped, RefusesTheRest) {
  std::string out = ">";
  for (const char* quoted :
       {"", "\"", "a", "\"a", "a\"", "\"\\\"", "\"\\q\"", "\"a\"b\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud83d\\ude\"", "\"\n\"", "\"\\\\\\\""})
    EXPECT_FALSE(append_unescaped(out, quoted)) << quoted;
  EXPECT_EQ(out, ">");
}

}  // namespace
}  // namespace wye
