#include "wire/json_schema.h"

#include <gtest/gtest.h>

#include <string>

namespace wye {
namespace {

std::string said(const Result<void>& result) { return result ? "good" : result.error().message; }

std::string refused(std::string_view schema) {
  const auto read = JsonSchema::read(schema);
  return read ? "read" : read.error().message;
}

TEST(JsonSchema, ChecksTexts) {
  const auto schema = JsonSchema::read(
      R"({"type":"object","properties":{"a":{"$ref":"#/definitions/n"}},"additionalProperties":false,
          "definitions":{"n":{"type":"number","minimum":1}}})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(said((*schema)->check(R"({"a":1.5})")), "good");
  EXPECT_NE(said((*schema)->check(R"({"a":0})")), "good");
  EXPECT_NE(said((*schema)->check(R"({"b":2})")), "good");
  EXPECT_NE(said((*schema)->check(R"([])")), "good");
  for (const char* broken : {"", " ", "{", "{\"a\":1}x", "nul", "\xff"}) {
    EXPECT_TRUE(said((*schema)->check(broken)).starts_with("the text is not JSON")) << broken;
  }
}

TEST(JsonSchema, RefusesWhatIsNoSchema) {
  EXPECT_TRUE(refused("not json").starts_with("the text is not JSON"));
  EXPECT_TRUE(refused("{\"type\":7}").starts_with("not a JSON Schema: "));
  EXPECT_EQ(refused(R"({"$ref":"http://example.com/schema.json"})"),
            "references to other documents are not followed");
  EXPECT_EQ(refused("{}"), "read");
}

TEST(JsonSchema, HostileTextIsRefusedAndNotTriedForEver) {
  const auto matching = JsonSchema::read(R"({"type":"string","pattern":"^(a+)*b$"})");
  ASSERT_TRUE(matching);
  EXPECT_NE(said((*matching)->check("\"" + std::string(1 << 20, 'a') + "\"")), "good");
  const auto any = JsonSchema::read("{}");
  ASSERT_TRUE(any);
  EXPECT_NE(said((*any)->check(std::string(100'000, '['))), "good");
  EXPECT_NE(said((*any)->check(std::string(1000, '[') + std::string(1000, ']'))), "good");
  EXPECT_EQ(said(check_json("\"text\"")), "good");
}

}  // namespace
}  // namespace wye
