#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "wire/json.h"

namespace wye {
namespace {

using namespace std::string_literals;

TEST(JsonWriter, PutsCommas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("a", 1)
      .key("b")
      .begin_array()
      .value("x")
      .null()
      .begin_array()
      .end_array()
      .begin_object()
      .end_object()
      .end_array()
      .key("c")
      .begin_object()
      .field("d", true)
      .field("e", "f"s)
      .end_object()
      .key("g")
      .raw("[1]")
      .field("h", 0.1)
      .end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",null,[],{}],"c":{"d":true,"e":"f"},"g":[1],"h":0.1})");
}

TEST(JsonWriter, WritesNumbersExactly) {
  std::string out;
  JsonWriter json(out);
  json.begin_array()
      .value(std::numeric_limits<std::int64_t>::min())
      .value(std::numeric_limits<std::uint64_t>::max())
      .value(1e300)
      .value(-0.25)
      .value(5.0)
      .value(std::nan(""))
      .value(std::numeric_limits<double>::infinity())
      .value(std::numeric_limits<double>::denorm_min())
      .end_array();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,1e+300,-0.25,5,null,null,5e-324]");
  EXPECT_TRUE(nlohmann::json::accept(out));
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonString, EscapesWhatMustBe) {
  EXPECT_EQ(json_string("a\"b\\c/\n\r\t\b\x1f\x7f"), R"("a\"b\\c/\n\r\t\u0008\u001f)"
                                                     "\x7f\"");
  EXPECT_EQ(json_string(std::string("\0", 1)), "\"\\u0000\"");
  EXPECT_EQ(json_string("caf\xc3\xa9 \xf0\x9f\x98\x80"), "\"caf\xc3\xa9 \xf0\x9f\x98\x80\"");
  EXPECT_EQ(json_string(""), "\"\"");
}

TEST(JsonString, ReplacesInvalidUtf8) {
  const std::string r = "\xef\xbf\xbd";
  EXPECT_EQ(json_string("a\xff"
                        "b"),
            "\"a" + r + "b\"");
  EXPECT_EQ(json_string("\xe2\x82"), "\"" + r + r + "\"");
  EXPECT_EQ(json_string("\xc3\xa9\xed\xa0\x80\""), "\"\xc3\xa9" + r + r + r + "\\\"\"");
  EXPECT_EQ(json_string("\xf4\x90\x80\x80"), "\"" + r + r + r + r + "\"");
}

TEST(JsonString, ComesBackAsItWas) {
  for (int size = 0; size < 40; ++size) {
    for (int byte = 0; byte < 128; ++byte) {
      const std::string text =
          std::string(static_cast<std::size_t>(size), 'x') + static_cast<char>(byte);
      std::string back;
      ASSERT_TRUE(append_unescaped(back, json_string(text)));
      ASSERT_EQ(back, text);
    }
  }
}

}  // namespace
}  // namespace wye
