#include "gateway/seam.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

// What comes out behind the seam when `pieces` are said one after the other and then the end.
std::string joined(std::string_view sent, Resume how, const std::vector<std::string>& pieces) {
  Seam seam{std::string(sent), how};
  std::vector<Delta> out;
  std::vector<Delta> in;
  in.push_back({0, StartDelta{"id", "model", 1}});
  in.push_back({0, ReasoningDelta{"hm", {}}});
  for (const std::string& piece : pieces) in.push_back({0, TextDelta{piece}});
  in.push_back({0, FinishDelta{FinishReason::stop, {}, {}}});
  for (Delta& delta : in) {
    if (const Result<void> taken = seam.take(std::move(delta), out); !taken) {
      EXPECT_EQ(taken.error().kind, FaultKind::no_candidate);
      return "differs";  // or adds nothing
    }
  }
  std::string text;
  EXPECT_FALSE(out.empty());
  EXPECT_TRUE(std::holds_alternative<FinishDelta>(out.back().body));
  for (const Delta& delta : out) {
    if (const auto* one = std::get_if<TextDelta>(&delta.body)) text += one->text;
    EXPECT_FALSE(std::holds_alternative<StartDelta>(delta.body));
    EXPECT_FALSE(std::holds_alternative<ReasoningDelta>(delta.body));
  }
  return text;
}

// The same whatever the pieces are.
std::string joined_anyhow(std::string_view sent, Resume how, const std::string& said) {
  std::string whole = joined(sent, how, {said});
  std::vector<std::string> bytes;
  for (const char byte : said) bytes.emplace_back(1, byte);
  EXPECT_EQ(joined(sent, how, bytes), whole) << said;
  return whole;
}

TEST(Seam, WhoSaysTheSameAgainGoesOnWhereItStopped) {
  for (const Resume how : {Resume::again, Resume::prefix}) {
    EXPECT_EQ(joined_anyhow("The cat sat on the", how, "The cat sat on the mat."), " mat.");
    EXPECT_EQ(joined_anyhow("", how, "All of it."), "All of it.");
    EXPECT_EQ(joined_anyhow("All of it.", how, "All of it."), "");
  }
}

TEST(Seam, WhoSaysSomethingElseFromTheBeginningCannotGoOn) {
  EXPECT_EQ(joined_anyhow("The cat sat on the", Resume::again, "The cat lay there."), "differs");
  EXPECT_EQ(joined_anyhow("The cat sat on the", Resume::again, "A dog."), "differs");
  EXPECT_EQ(joined_anyhow("The cat sat on the", Resume::again, "The cat"), "differs");
  EXPECT_EQ(joined_anyhow("The cat", Resume::again, ""), "differs");
}

TEST(Seam, AModelThatWasGivenTheBeginningContinuesIt) {
  EXPECT_EQ(joined_anyhow("The cat sat on the", Resume::prefix, " mat."), " mat.");
  EXPECT_EQ(joined_anyhow("I think that", Resume::prefix, " I was wrong."), " I was wrong.");
  EXPECT_EQ(joined_anyhow("I think that", Resume::prefix, "I"), "I") << "as the answer begins";
}

TEST(Seam, WhoAddsNothingDoesNotEndTheAnswer) {
  EXPECT_EQ(joined_anyhow("The cat sat", Resume::prefix, ""), "differs");
  EXPECT_EQ(joined_anyhow("The cat sat ", Resume::prefix, " "), "differs");
  EXPECT_EQ(joined_anyhow("The cat sat", Resume::prefix, " \n"), "differs");
  EXPECT_EQ(joined_anyhow("The cat sat", Resume::prefix, "\n\ndown"), "\n\ndown");

  std::vector<Delta> out;
  Seam refused("The cat sat", Resume::prefix);
  EXPECT_FALSE(refused.take({0, RefusalDelta{"I'm sorry"}}, out));
  EXPECT_TRUE(out.empty());

  Seam seam("I look it up", Resume::prefix);
  EXPECT_TRUE(seam.take({0, ToolCallDelta{0, "call", "look", {}}}, out)) << "a call is no end";
  EXPECT_TRUE(seam.take({0, FinishDelta{FinishReason::tool_calls, {}, {}}}, out));
}

TEST(Seam, AModelThatBeginsAnewAndDiffersIsNotContinuingAnything) {
  const std::string sent = "The quick brown fox jumps over the lazy dog";
  EXPECT_EQ(joined_anyhow(sent, Resume::prefix, "The quick brown fox jumps under it."), "differs");
  EXPECT_EQ(joined_anyhow(sent, Resume::prefix, "The quick brown fox jumps over"), "differs");
}

TEST(Seam, TheSpaceThatWasWithheldIsNotWrittenTwice) {
  EXPECT_EQ(prefix_to_continue("The cat sat \n"), "The cat sat");
  EXPECT_EQ(joined_anyhow("The cat sat ", Resume::prefix, " down."), "down.");
  EXPECT_EQ(joined_anyhow("The cat sat ", Resume::prefix, "down."), "down.");
}

TEST(Seam, ACharacterThatWasCutIsWrittenOnce) {
  const std::string cut = "caf\xC3";
  EXPECT_EQ(prefix_to_continue(cut), "caf");
  EXPECT_EQ(joined_anyhow(cut, Resume::prefix, "\xC3\xA9 noir"), "\xA9 noir");
  EXPECT_EQ(prefix_to_continue("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(prefix_to_continue("\xF0\x9F\x98"), "");
  EXPECT_EQ(prefix_to_continue(""), "");
}

TEST(Seam, AnEndWithoutAReasonIsAnEndAsWell) {
  for (const Resume how : {Resume::again, Resume::prefix}) {
    std::vector<Delta> out;
    Seam early("The cat sat", how);
    EXPECT_TRUE(early.take({0, TextDelta{"The cat"}}, out));
    EXPECT_EQ(early.end(out).has_value(), how == Resume::prefix) << "it may have said that again";
    Seam mute("The cat sat", how);
    EXPECT_FALSE(mute.end(out));
    out.clear();
    Seam whole("The cat sat", how);
    EXPECT_TRUE(whole.take({0, TextDelta{"The cat sat down"}}, out));
    EXPECT_TRUE(whole.end(out));
    EXPECT_EQ(out.size(), 1U);
  }
}

TEST(Seam, OnlyTextOfOneChoiceCanBeGoneOnWith) {
  AnswerFold text;
  text.add({0, StartDelta{"id", "model", 1}});
  EXPECT_TRUE(can_go_on(text.answer())) << "nothing was said yet";
  text.add({0, ReasoningDelta{"hm", {}}});
  text.add({0, TextDelta{"The cat"}});
  EXPECT_TRUE(can_go_on(text.answer()));

  AnswerFold tool = text;
  tool.add({0, ToolCallDelta{0, "call", "look", {}}});
  EXPECT_FALSE(can_go_on(tool.answer()));
  AnswerFold two = text;
  two.add({1, TextDelta{"The dog"}});
  EXPECT_FALSE(can_go_on(two.answer()));
  AnswerFold declined = text;
  declined.add({0, RefusalDelta{"No."}});
  EXPECT_FALSE(can_go_on(declined.answer()));
  AnswerFold over = text;
  over.add({0, FinishDelta{FinishReason::stop, {}, {}}});
  EXPECT_FALSE(can_go_on(over.answer()));
}

TEST(Seam, WhatWasSentIsSpelledAgain) {
  AnswerFold sent;
  sent.add({0, StartDelta{"id", "model", 7}});
  sent.add({0, ReasoningDelta{"hm", {}}});
  sent.add({0, SignatureDelta{{"sig", "anthropic"}, false}});
  sent.add({0, PartEndDelta{}});
  sent.add({0, TextDelta{"The cat"}});
  AnswerFold again;
  for (const Delta& delta : deltas_of(sent.answer())) again.add(delta);
  EXPECT_EQ(again.answer().id, "id");
  EXPECT_EQ(again.answer().created, 7);
  EXPECT_EQ(again.answer().choices, sent.answer().choices);
}

}  // namespace
}  // namespace wye
