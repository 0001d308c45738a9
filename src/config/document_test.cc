// What the reader of YAML makes of good texts and of hostile ones.
#include "config/document.h"

#include <gtest/gtest.h>

#include <chrono>

namespace wye::config {
namespace {

struct Parsed {
  std::optional<Node> root;
  Diagnostics diagnostics;
  // The code of the only diagnostic, or nothing.
  std::optional<Code> code() const {
    if (diagnostics.all().size() != 1) return std::nullopt;
    return diagnostics.all()[0].code;
  }
};

Parsed parse(std::string_view text) {
  Parsed out;
  out.root = parse_document(text, out.diagnostics);
  return out;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Document, KnowsWhereThingsStand) {
  const Parsed parsed = parse("# c\nversion: 1\nmap: { a: \"x\", b: [1, ~] }\nlist:\n  - k: v\n");
  ASSERT_TRUE(parsed.root);
  const Node& map = *parsed.root->find("map");
  EXPECT_EQ(map.where.line, 3);
  EXPECT_EQ(map.where.column, 6);
  EXPECT_EQ(map.entries[0].where.column, 8);
  EXPECT_EQ(map.find("a")->where.column, 11);
  EXPECT_FALSE(map.find("a")->plain);
  EXPECT_EQ(map.find("a")->length(), 3u);
  EXPECT_TRUE(map.find("b")->items[1].is_null());
  EXPECT_EQ(parsed.root->find("list")->items[0].find("k")->where.line, 5);
  EXPECT_EQ(parsed.root->find("none"), nullptr);
}

TEST(Document, ExpandsAliasesAndMerges) {
  const Parsed parsed =
      parse("x-a: &a { p: 1, q: 2 }\nb: *a\nc: { <<: *a, q: 3 }\nd: { <<: [*a, { r: 4 }] }\n");
  ASSERT_TRUE(parsed.root);
  EXPECT_EQ(parsed.root->find("b")->find("p")->text, "1");
  EXPECT_EQ(parsed.root->find("c")->find("q")->text, "3");
  EXPECT_EQ(parsed.root->find("c")->find("p")->text, "1");
  EXPECT_EQ(parsed.root->find("d")->find("r")->text, "4");
  EXPECT_EQ(parse("a: { <<: 1 }\n").code(), Code::yaml_feature);
  EXPECT_EQ(parse("a: &a [*a]\n").code(), Code::yaml_feature);
}

TEST(Document, RefusesWhatIsNotText) {
  EXPECT_EQ(parse("a: \xff\n").code(), Code::encoding);
  EXPECT_EQ(parse(std::string_view("a: \0b\n", 6)).code(), Code::encoding);
  EXPECT_EQ(parse("\x7f\x45LF\x02\x01").code(), Code::encoding);
  EXPECT_EQ(parse("\xff\xfe"
                  "a\0")
                .code(),
            Code::encoding);
  EXPECT_EQ(parse("\xed\xa0\x80").code(), Code::encoding);  // a lone surrogate
  EXPECT_TRUE(parse("\xef\xbb\xbf"
                    "a: 1\n")
                  .root);  // a byte order mark is fine
  EXPECT_TRUE(parse("a: 1\r\nb: 2\r\n").root);
}

TEST(Document, SaysWhereATextStopsToBeUtf8) {
  const Where bad = parse("a: 1\nb: \xc3\xa4 \xe4\n").diagnostics.all().at(0).where;
  EXPECT_EQ(bad.line, 2);
  EXPECT_EQ(bad.column, 7);
  const Where cut = parse("a: \xe2\x82\nb: 1\n").diagnostics.all().at(0).where;
  EXPECT_EQ(cut.line, 1);
  EXPECT_EQ(cut.column, 4);
}

TEST(Document, PointsAtTheTab) {
  const Where tab = parse("a:\n  \tb: 1\n").diagnostics.all().at(0).where;
  EXPECT_EQ(tab.line, 2);
  EXPECT_EQ(tab.column, 3);
}

TEST(Document, RefusesNothing) {
  for (const std::string_view text : {"", "\n", "# c\n", "---\n", "~\n", "null"}) {
    EXPECT_EQ(parse(text).code(), Code::empty) << text;
  }
}

TEST(Document, RefusesBrokenSyntax) {
  for (const std::string_view text : {"a:\n\tb: 1\n",
                                      "a: {",
                                      "a: [1, 2\n",
                                      "a: \"x\n",
                                      "a: 'x\nb: y\n",
                                      "a: b: c\n",
                                      "a: 1\n  b: 2\n",
                                      "a: @x\n",
                                      "a: *x\n",
                                      "a: %x\n",
                                      "]",
                                      "}\n",
                                      "a: 1\n- b\n",
                                      "\"",
                                      "'",
                                      "&",
                                      "*",
                                      "!",
                                      "|x",
                                      "a: \"\\q\"\n",
                                      "{a: &b"}) {
    const Parsed parsed = parse(text);
    EXPECT_FALSE(parsed.root) << text;
    EXPECT_TRUE(parsed.diagnostics.has_errors()) << text;
  }
  EXPECT_TRUE(parse("a: 'it''s'\n").root);
  EXPECT_TRUE(parse("a: \"\\\"\"\n").root);
}

TEST(Document, RefusesSecondDocumentsTagsAndOddKeys) {
  EXPECT_EQ(parse("a: 1\n---\nb: 2\n").code(), Code::many_documents);
  EXPECT_EQ(parse("a: !x 1\n").code(), Code::yaml_feature);
  EXPECT_EQ(parse("? [a]\n: b\n").code(), Code::yaml_feature);
  EXPECT_TRUE(parse("a: !!str 1\n").root);
}

TEST(Document, KeepsTheFirstOfDuplicateKeys) {
  const Parsed parsed = parse("a: 1\nb: 2\na: 3\n");
  ASSERT_TRUE(parsed.root);
  EXPECT_EQ(parsed.code(), Code::duplicate_key);
  EXPECT_EQ(parsed.diagnostics.all()[0].where.line, 3);
  EXPECT_EQ(parsed.root->find("a")->text, "1");
}

// Each of these would take very long, or the stack, if it were not bounded.
TEST(Document, BoundsHostileTexts) {
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'n'; ++c) {
    laughs += std::string(1, c) + ": &" + c + " [" +
              repeated(std::string("*") + static_cast<char>(c - 1) + ",", 9) + "]\n";
  }
  EXPECT_EQ(parse(laughs).code(), Code::too_many_nodes);
  EXPECT_EQ(parse(std::string(5 << 20, 'a')).code(), Code::too_large);
  EXPECT_EQ(parse("a: " + repeated("{a: ", 40) + repeated("}", 40)).code(), Code::too_deep);
  EXPECT_EQ(parse(repeated("- ", 100'000)).code(), Code::too_deep);
  EXPECT_EQ(parse("a: [" + repeated("x,", 300'000) + "]").code(), Code::too_many_nodes);
  for (const std::string& text :
       {repeated("[", 100'000), repeated("{", 100'000), repeated("? ", 100'000),
        repeated("&a ", 100'000), repeated("{a: [", 50'000), repeated("*", 100'000)}) {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_TRUE(parse(text).diagnostics.has_errors()) << text.substr(0, 8);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20))
        << text.substr(0, 8);
  }
}

TEST(Document, ReadsPlainScalars) {
  const Parsed parsed =
      parse("a: true\nb: \"true\"\nc: 12\nd: 12x\ne: yes\nf: -3\ng: 99999999999999999999\n");
  ASSERT_TRUE(parsed.root);
  EXPECT_EQ(plain_bool(*parsed.root->find("a")), true);
  EXPECT_EQ(plain_bool(*parsed.root->find("b")), std::nullopt);
  EXPECT_EQ(plain_integer(*parsed.root->find("c")), 12);
  EXPECT_EQ(plain_integer(*parsed.root->find("d")), std::nullopt);
  EXPECT_EQ(plain_bool(*parsed.root->find("e")), std::nullopt);
  EXPECT_EQ(plain_integer(*parsed.root->find("f")), -3);
  EXPECT_EQ(plain_integer(*parsed.root->find("g")), std::nullopt);
}

}  // namespace
}  // namespace wye::config
