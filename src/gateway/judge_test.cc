#include "gateway/judge.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

Answer says(std::string text, FinishReason finish = FinishReason::stop) {
  Answer answer;
  Choice& choice = answer.choices.emplace_back();
  if (!text.empty()) choice.parts.push_back(Part{Text{std::move(text)}, {}, {}, {}, {}});
  choice.finish = finish;
  return answer;
}

Answer calls(std::string arguments) {
  Answer answer = says("");
  answer.choices[0].parts.push_back(
      Part{ToolCall{"id", "look", std::move(arguments)}, {}, {}, {}, {}});
  return answer;
}

Answer declines() {
  Answer answer = says("");
  answer.choices[0].parts.push_back(Part{Declined{"No."}, {}, {}, {}, {}});
  return answer;
}

Task with_fallback(Triggers after) {
  Task task;
  task.fallbacks.emplace_back().after = after;
  return task;
}

Task with_schema(std::string_view schema) {
  Task task;
  task.output.json = true;
  auto read = JsonSchema::read(schema);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  if (read) task.output.schema = *read;
  return task;
}

std::string verdict(const Task& task, const Answer& answer) {
  const std::optional<Fault> found = judge(task, answer);
  return found ? std::string(to_string(found->kind)) + ": " + found->message : "good";
}

TEST(Judge, ATaskThatAsksForNothingTakesEverything) {
  const Task task = with_fallback({FaultKind::outage});
  EXPECT_FALSE(is_judged(&task));
  EXPECT_FALSE(is_judged(nullptr));
  EXPECT_EQ(verdict(task, says("")), "good");
  EXPECT_EQ(verdict(task, declines()), "good");
  EXPECT_EQ(verdict(task, calls("{\"a\":")), "good");
}

TEST(Judge, WhatAFallbackListsIsLookedFor) {
  const Task task = with_fallback({FaultKind::refusal, FaultKind::invalid_output});
  EXPECT_TRUE(is_judged(&task));
  EXPECT_EQ(verdict(task, says("fine")), "good");
  EXPECT_EQ(verdict(task, declines()), "refusal: the model declined to answer");
  EXPECT_EQ(verdict(task, says("", FinishReason::content_filter)),
            "refusal: the model declined to answer");
  EXPECT_EQ(verdict(task, says("")), "invalid_output: the answer is empty");
  EXPECT_EQ(verdict(task, calls("{\"a\":")),
            "invalid_output: the arguments of its call of look are not JSON");
  EXPECT_EQ(verdict(task, calls("{\"a\":1}")), "good");
  EXPECT_EQ(verdict(task, calls("")), "good") << "a call without arguments";
  EXPECT_EQ(verdict(with_fallback({FaultKind::content_filter}),
                    says("so far", FinishReason::content_filter)),
            "content_filter: the provider filtered the answer");
}

TEST(Judge, AContractHoldsForTheText) {
  const Task task = with_schema(
      R"({"type":"object","required":["total"],"properties":{"total":{"type":"integer"}}})");
  EXPECT_EQ(verdict(task, says(R"({"total": 3})")), "good");
  EXPECT_TRUE(verdict(task, says(R"({"total": "3"})")).starts_with("invalid_output: "));
  EXPECT_TRUE(verdict(task, says("{}")).starts_with("invalid_output: "));
  EXPECT_EQ(verdict(task, says(R"({"total": )")),
            "invalid_output: the text is not JSON (it breaks at byte 11 of 10)");
  EXPECT_EQ(verdict(task, says(R"({"total": 3})", FinishReason::length)),
            "invalid_output: the answer was cut at its limit of tokens");
  EXPECT_EQ(verdict(task, calls("{}")), "good") << "there is no text yet";
  EXPECT_TRUE(verdict(task, Answer()).starts_with("invalid_output: "));
}

TEST(Judge, EmbeddingsHaveNoText) {
  Answer answer;
  answer.endpoint = Endpoint::embeddings;
  EXPECT_EQ(verdict(with_schema("{}"), answer), "good");
}

}  // namespace
}  // namespace wye
