#include "wire/splice.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wye {
namespace {

// The span of `part`, which stands in `body` once.
JsonSpan span_of(std::string_view body, std::string_view part) {
  return {body.find(part), part.size()};
}

// `body` without the members that `parts` spell.
std::string without(std::string_view body, std::initializer_list<std::string_view> parts) {
  Edits edits;
  for (const std::string_view part : parts) edits.remove_member(span_of(body, part));
  return edits.apply(body);
}

TEST(Edits, NoneLeaveTheBodyAsItIs) {
  Edits edits;
  EXPECT_TRUE(edits.empty());
  EXPECT_EQ(edits.apply("{\"a\":1}"), "{\"a\":1}");
}

TEST(Edits, ReplaceValuesInAnyOrder) {
  const std::string_view body = R"({"model":"gpt","n":1,"stream":true})";
  Edits edits;
  edits.replace(span_of(body, "true"), "false");
  edits.replace(span_of(body, "\"gpt\""), "\"a much longer name\"");
  EXPECT_EQ(edits.apply(body), R"({"model":"a much longer name","n":1,"stream":false})");
  edits.clear();
  EXPECT_EQ(edits.apply(body), body);
}

TEST(Edits, RemoveMembersWithTheirCommas) {
  const std::string_view body = R"({"a":1,"b":[2],"c":3})";
  EXPECT_EQ(without(body, {"\"a\":1"}), R"({"b":[2],"c":3})");
  EXPECT_EQ(without(body, {"\"b\":[2]"}), R"({"a":1,"c":3})");
  EXPECT_EQ(without(body, {"\"c\":3"}), R"({"a":1,"b":[2]})");
  EXPECT_EQ(without(body, {"\"a\":1", "\"b\":[2]"}), R"({"c":3})");
  EXPECT_EQ(without(body, {"\"c\":3", "\"b\":[2]"}), R"({"a":1})");
  EXPECT_EQ(without(body, {"\"c\":3", "\"a\":1"}), R"({"b":[2]})");
  EXPECT_EQ(without(body, {"\"a\":1", "\"c\":3", "\"b\":[2]"}), R"({})");
  EXPECT_EQ(without(body, {"\"a\":1", "\"a\":1"}), R"({"b":[2],"c":3})");
}

TEST(Edits, RemoveMembersAmongWhiteSpace) {
  const std::string_view body = "{ \"a\" : 1 ,\n  \"b\" : 2 ,\n  \"c\" : 3 }";
  EXPECT_EQ(without(body, {"\"a\" : 1"}), "{ \"b\" : 2 ,\n  \"c\" : 3 }");
  EXPECT_EQ(without(body, {"\"b\" : 2"}), "{ \"a\" : 1  ,\n  \"c\" : 3 }");
  EXPECT_EQ(without(body, {"\"c\" : 3"}), "{ \"a\" : 1 ,\n  \"b\" : 2  }");
  EXPECT_EQ(without(body, {"\"a\" : 1", "\"b\" : 2", "\"c\" : 3"}), "{  }");
}

TEST(Edits, InsertMembersAtTheStart) {
  Edits edits;
  edits.insert_member(0, "x", "1");
  edits.insert_member(0, "y\"", "[2]");
  EXPECT_EQ(edits.apply("{\"a\":1}"), R"({"x":1,"y\"":[2],"a":1})");
  EXPECT_EQ(edits.apply("{}"), R"({"x":1,"y\"":[2]})");
  EXPECT_EQ(edits.apply("{ }"), R"({"x":1,"y\"":[2] })");
}

TEST(Edits, InsertWhereAllOthersGo) {
  for (const std::string_view body : {R"({"a":1,"b":2})", R"({ "a":1 , "b":2 })"}) {
    Edits edits;
    edits.remove_member(span_of(body, "\"a\":1"));
    edits.insert_member(0, "x", "0");
    EXPECT_EQ(nlohmann::json::parse(edits.apply(body)).dump(), R"({"b":2,"x":0})") << body;
    edits.remove_member(span_of(body, "\"b\":2"));
    EXPECT_EQ(nlohmann::json::parse(edits.apply(body)).dump(), R"({"x":0})") << body;
  }
}

TEST(Edits, WorkInNestedObjects) {
  const std::string_view body = R"({"a":{"b":1,"c":{"d":2}},"e":3})";
  Edits edits;
  edits.remove_member(span_of(body, "\"c\":{\"d\":2}"));
  edits.replace(span_of(body, "2"), "9");  // within what goes
  edits.insert_member(body.find("{\"b\""), "x", "7");
  edits.replace(span_of(body, "3"), "4");
  EXPECT_EQ(edits.apply(body), R"({"a":{"x":7,"b":1},"e":4})");
}

TEST(Edits, OuterRemovalSwallowsInnerEdits) {
  const std::string_view body = R"({"a":{"b":1,"c":2},"e":3})";
  Edits edits;
  edits.remove_member(span_of(body, "\"b\":1"));
  edits.insert_member(body.find("{\"b\""), "x", "7");
  edits.remove_member(span_of(body, "\"a\":{\"b\":1,\"c\":2}"));
  EXPECT_EQ(edits.apply(body), R"({"e":3})");
}

// Every subset of the members of an object goes, with and without a new member, and the rest is
// what a JSON library says it should be.
TEST(Edits, AgreeWithARebuiltObject) {
  const std::string_view keys[] = {"a", "b", "c", "d", "e"};
  for (const std::string_view gap : {"", " "}) {
    std::string body = "{";
    std::vector<JsonSpan> members;
    for (const std::string_view key : keys) {
      if (!members.empty()) body += std::string(gap) + "," + std::string(gap);
      const std::string member = "\"" + std::string(key) + "\":{\"" + std::string(key) + "\":0}";
      members.push_back({body.size(), member.size()});
      body += member;
    }
    body += "}";
    for (unsigned subset = 0; subset < 64; ++subset) {
      Edits edits;
      nlohmann::json expected = nlohmann::json::parse(body);
      for (std::size_t i = 0; i < members.size(); ++i) {
        if ((subset >> i & 1) == 0) continue;
        edits.remove_member(members[members.size() - 1 - i]);
        expected.erase(std::string(keys[members.size() - 1 - i]));
      }
      if ((subset & 32) != 0) {
        edits.insert_member(0, "new", "1");
        expected["new"] = 1;
      }
      const std::string got = edits.apply(body);
      ASSERT_TRUE(nlohmann::json::accept(got)) << got;
      EXPECT_EQ(nlohmann::json::parse(got), expected) << got;
    }
  }
}

}  // namespace
}  // namespace wye
