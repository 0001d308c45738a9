// Stories of what is accounted for: tokens, cost and limits of answers that were put aside, broke
// on their way, or only counted.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stories/story.h"

namespace wye::story {
namespace {

// `first` is what else is said of the deployment, `task` what else of the task.
std::string policy(std::string_view kind, std::string_view first, std::string_view task) {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: {}, base_url: "http://acme.sim/v1", api_key: "${{env:APP_KEY}}" }}
  backup: {{ kind: openai_compatible, base_url: "http://backup.sim/v1" }}
deployments:
  first:      {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }}{} }}
  answer-two: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }} }}
tasks:
  chat:
    route: first
{}
reliability:
  retries: {{ max: 0 }}
baseline: {{ single: answer-two }}
)",
                     kind, first, task);
}

Usage usage_of_row(Story& story) {
  const StoredRecord row = story.store().records().rbegin()->second;
  Usage usage;
  usage.input = row.input_tokens;
  usage.output = row.output_tokens;
  return usage;
}

TEST(MoneyStory, AnAnswerThatWasPutAsideIsAccountedForWhenItIsTakenAfterAll) {
  Story story(policy("openai_compatible", "",
                     "    fallbacks: [ { to: answer-two, after: [outage, refusal] } ]"));
  ASSERT_TRUE(story.strike("acme", R"("refusal")"));
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  const Told told = story.ask();
  EXPECT_EQ(told.header("x-wye-deployment"), "first");
  const Replay record = story.why().record;
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_GT(record.usage.output, 0);
  EXPECT_EQ(record.usage, record.outcomes[0].usage);
  EXPECT_EQ(usage_of_row(story).output, record.usage.output);
  EXPECT_EQ(record.baseline_cost_nanousd, 3 * record.cost_nanousd) << "the same tokens there";
}

TEST(MoneyStory, WhoBrokeAfterTheCommitPointIsAccountedForAndNotWhoCouldNotGoOn) {
  Story story(policy("openai_compatible", "",
                     "    fallbacks: [ { to: answer-two, after: [cut, outage] } ]"));
  ASSERT_TRUE(story.provider("acme").change(
      R"({"words_min":60,"tokens_per_second":100,"faults":[{"kind":"cut","after_tokens":40}]})"));
  ASSERT_TRUE(story.strike("backup", R"("status_500")"));
  Wish wish;
  wish.stream = true;
  EXPECT_FALSE(story.ask(wish).looks_whole());
  const Replay record = story.why().record;
  EXPECT_EQ(record.served_by, "first");
  ASSERT_EQ(record.outcomes.size(), 2U);
  EXPECT_GT(record.usage.output, 20);
  EXPECT_EQ(record.usage, record.outcomes[0].usage);
}

}  // namespace
}  // namespace wye::story
