// What is put right in a file, and what is left for its owner to decide.
#include "config/correct.h"

#include <gtest/gtest.h>

#include "config/test_support.h"

namespace wye::config {
namespace {

Correction correct_text(std::string_view text) {
  return correct(text, "wye.yaml", test_catalog(), usual_environment());
}

constexpr std::string_view good = R"(version: 1   # always
providers:
  sim: { kind: simulator }   # plays
deployments:
  a: { provider: sim, model: sim-fast }
  bigger: { provider: "sim", model: sim-smart }
routes:
  smart: { strategy: lowest_cost, deployments: [a, bigger] }
tasks:
  summarize:
    route: smart
    criticality: high
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text(good);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Correct, PutsSlipsRightAndKeepsTheRest) {
  ASSERT_TRUE(load_text(good).rules);
  for (const auto& [right, wrong] : {std::pair{"deployments:\n", "deploymnts:\n"},
                                     {"provider: sim", "provder: sim"},
                                     {"route: smart", "route: smrat"},
                                     {"\"sim\"", "\"simm\""},
                                     {"lowest_cost", "lowest_csot"},
                                     {"[a, bigger]", "[a, biger]"},
                                     {"criticality: high", "criticallity: hihg"},
                                     {"kind: simulator", "kind: simulater"}}) {
    const Correction made = correct_text(with(right, wrong));
    EXPECT_EQ(made.text, good) << wrong;
    EXPECT_GT(made.corrected, 0) << wrong;
    EXPECT_TRUE(made.after.rules) << wrong;
    EXPECT_FALSE(made.before.rules) << wrong;
  }
}

TEST(Correct, OneNameInManyPlacesAndManyNamesInOneLine) {
  std::string text = with("[a, bigger]", "[a, biggerr]");
  text += "    fallbacks: [ { too: biggr, aftr: [outage, timeuot] } ]\n";
  const Correction made = correct_text(text);
  EXPECT_EQ(made.corrected, 5);
  EXPECT_EQ(made.text,
            std::string(good) + "    fallbacks: [ { to: bigger, after: [outage, timeout] } ]\n");
}

TEST(Correct, LeavesWhatCanMeanSeveralThings) {
  std::string two = with("  bigger:", "  ab: { provider: sim, model: sim-fast }\n  bigger:");
  two.replace(two.find("[a, bigger]"), 11, "[ac, bigger]");
  for (const std::string& text :
       {two,                                             // a or ab
        with("route: smart", "route: nothing-like-it"),  // no candidate
        with("criticality: high", "criticality: 5"),     // no word
        with("    route: smart",
             "    route: smart\n    rout: a"),  // the right key is there already
        with("model: sim-fast", "mode: sim-fast, model: sim-fast"),
        std::string("version: 1\nproviders: ["), std::string(), std::string("\xff\xfe")}) {
    const Correction made = correct_text(text);
    EXPECT_EQ(made.text, text);
    EXPECT_EQ(made.corrected, 0);
    EXPECT_EQ(made.after.diagnostics.size(), made.before.diagnostics.size());
  }
}

TEST(Correct, NeverLeavesMoreErrorsThanThereWere) {
  // Put right, the section would be read, and all of it is wrong.
  std::string text(good);
  text += "ruls: [ {}, {}, {}, { when: { nobody: x, nothing: y, none: z } } ]\n";
  const Correction made = correct_text(text);
  EXPECT_EQ(made.text, text);
  EXPECT_EQ(made.corrected, 0);
}

TEST(Correct, AdviceWhosePlaceIsElsewhereIsLeft) {
  std::string text = "a: b\n";
  Diagnostic one;
  one.wrong = "b";
  one.right = "c";
  for (const Where where : {Where{0, 0}, Where{1, 1}, Where{2, 1}, Where{9, 9}, Where{1, 400}}) {
    one.where = where;
    EXPECT_EQ(apply_advice(std::span(&one, 1), text), 0);
  }
  one.where = {1, 4};
  const Diagnostic twice[]{one, one};
  EXPECT_EQ(apply_advice(twice, text), 1);
  EXPECT_EQ(text, "a: c\n");
}

TEST(Correct, ShowsWhatChanges) {
  EXPECT_EQ(diff_lines("a\nb\nc\n", "a\nx\nc\n", "wye.yaml"),
            "--- wye.yaml\n+++ wye.yaml\n@@ -2 +2 @@\n-b\n+x\n");
}

TEST(DiffLines, WritesOutWhatATerminalWouldObey) {
  EXPECT_EQ(diff_lines("thread: 1 # \x1b[2J\r\n", "threads: 1 # \x1b[2J\r\n", "wye.yaml"),
            "--- wye.yaml\n+++ wye.yaml\n@@ -1 +1 @@\n-thread: 1 # \\x1b[2J\n+threads: 1 # "
            "\\x1b[2J\n");
}

}  // namespace
}  // namespace wye::config
