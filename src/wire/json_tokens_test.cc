#include "wire/json_tokens.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wye {
namespace {

using Lines = std::vector<std::string>;

// Writes down every value below the one here, one line each.
void list(JsonTokens& tokens, Lines& out) {
  std::string room;
  if (tokens.is_object()) {
    EXPECT_TRUE(tokens.members(room, [&](std::string_view key) {
      out.push_back("key " + std::string(key));
      list(tokens, out);
      return true;
    }));
  } else if (tokens.is_array()) {
    EXPECT_TRUE(tokens.elements([&](std::size_t index) {
      out.push_back("at " + std::to_string(index));
      list(tokens, out);
      return true;
    }));
  } else {
    out.push_back(std::string(tokens.scalar()));
    tokens.skip();
  }
}

// Walks the member "walked" of `text` and reads the members after it in the usual way.
template <class Walk>
Lines walk(std::string text, Walk on_tokens) {
  pad(text);
  Lines out;
  JsonReader reader;
  const Result<void> done = reader.read_object(text, [&](JsonObject& root) {
    return for_each_field(root, "", {},
                          [&](std::string_view key, JsonValue& value) -> Result<void> {
                            if (key == "walked") {
                              JsonTokens tokens(value);
                              on_tokens(tokens, out);
                              tokens.finish(value);
                              return {};
                            }
                            auto number = read_int(value, key);
                            if (!number) return fail(number.error());
                            out.push_back(std::string(key) + "=" + std::to_string(*number));
                            return {};
                          });
  });
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  return out;
}

TEST(JsonTokens, SeesWhatIsThereAndLeavesTheRestToItsDocument) {
  EXPECT_EQ(
      walk(R"({"before":1,"walked":{"a" : [ 1 , {"b":null} , "x" ] ,"c":{}, "d":[]},"z":2})", list),
      (Lines{"before=1", "key a", "at 0", "1", "at 1", "key b", "null", "at 2", "\"x\"", "key c",
             "key d", "z=2"}));
}

TEST(JsonTokens, TakesAScalarAsTheWholeValue) {
  for (const std::string scalar : {"1", "\"a b \"", "null", "true", "-1.5e3", "\"\xc3\xa4\""}) {
    EXPECT_EQ(walk(R"({"walked":)" + scalar + " \n,\"z\":2}", list), (Lines{scalar, "z=2"}));
    EXPECT_EQ(walk(R"({"walked": )" + scalar + "\t}", list), Lines{scalar});
  }
}

TEST(JsonTokens, StringsAreUnescapedWhenTheyMustBe) {
  const auto strings = [](JsonTokens& tokens, Lines& out) {
    std::string room;
    tokens.members(room, [&](std::string_view key) {
      out.push_back(std::string(key));
      std::string other;
      out.push_back(std::string(tokens.string(other)));
      tokens.skip();
      return true;
    });
  };
  EXPECT_EQ(walk(R"({"walked":{"r\u006fle":"us\u0065r","":"","a\"b":"\\\n"},"z":1})", strings),
            (Lines{"role", "user", "", "", "a\"b", "\\\n", "z=1"}));
}

TEST(JsonTokens, SkipsWholeValuesAndSaysWhereTheyEnd) {
  const auto places = [](JsonTokens& tokens, Lines& out) {
    std::string room;
    tokens.members(room, [&](std::string_view key) {
      const char* const begin = tokens.place();
      tokens.skip();
      if (key != "skipped") out.emplace_back(begin, tokens.place());
      return true;
    });
  };
  EXPECT_EQ(
      walk(R"({"walked":{"skipped":[[{"a":"]}"}]],"b":{"c":[1, 2]} ,"d": "e" } ,"z":3})", places),
      (Lines{R"({"c":[1, 2]} )", "\"e\" ", "z=3"}));
}

TEST(JsonTokens, StopsWhereItIsTold) {
  std::string text = R"({"walked":[1,2,3]})";
  pad(text);
  JsonReader reader;
  std::size_t last = 0;
  const Result<void> done = reader.read_object(text, [&](JsonObject& root) {
    return for_each_field(root, "", {}, [&](std::string_view, JsonValue& value) -> Result<void> {
      JsonTokens tokens(value);
      EXPECT_FALSE(tokens.elements([&](std::size_t index) {
        last = index;
        tokens.skip();
        return index < 1;
      }));
      return fail(FaultKind::bad_request, "stopped");
    });
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(last, 1u);
}

TEST(JsonTokens, GoesToTheDepthThatTheReaderAllows) {
  std::string deep = "{\"walked\":";
  for (int i = 1; i < json_depth_max; ++i) deep += '[';
  for (int i = 1; i < json_depth_max; ++i) deep += ']';
  deep += ",\"z\":1}";
  const Lines seen = walk(deep, list);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(json_depth_max) - 1);
  EXPECT_EQ(seen.back(), "z=1");
}

}  // namespace
}  // namespace wye
