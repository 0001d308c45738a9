// What the ratio of counted to estimated tokens learns, what it does not believe, where it is used,
// and how far it brings estimates to the counts of real providers.
#include "policy/token_correction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "policy/decide.h"
#include "policy/estimate.h"
#include "policy/learn.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

DeploymentFacts facts_with(std::int32_t input_tokens_ppm) {
  DeploymentFacts facts;
  facts.input_tokens_ppm = input_tokens_ppm;
  return facts;
}

std::int32_t after(int prompts, std::int64_t estimated, std::int64_t reported) {
  TokenCorrection correction;
  for (int i = 0; i < prompts; ++i) learn_tokens(correction, estimated, reported);
  return correction_ppm(correction);
}

TEST(TokenCorrection, BeginsAtOneAndComesNearTheRatio) {
  EXPECT_EQ(after(0, 1'000, 1'300), 1'000'000);
  EXPECT_EQ(after(1, 1'024, 1'536), 1'333'333);
  EXPECT_NEAR(after(100, 1'000, 1'300), 1'300'000, 6'000);
  EXPECT_NEAR(after(100, 100'000, 80'000), 800'000, 2'000);
}

TEST(TokenCorrection, ShortPromptsAndNonsenseTeachNothing) {
  for (const auto& [estimated, reported] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {255, 2'000}, {0, 5}, {-1, 5}, {1'000, 0}, {1'000, -7}, {largest, largest}}) {
    EXPECT_EQ(after(50, estimated, reported), 1'000'000) << estimated;
  }
}

TEST(TokenCorrection, NoReportPullsItBeyondItsBounds) {
  for (const std::int64_t reported : {std::int64_t{1}, largest}) {
    for (const std::int64_t estimated :
         {std::int64_t{256}, std::int64_t{257}, tokens_believed_max}) {
      const std::int32_t ratio = after(1'000, estimated, reported);
      EXPECT_GE(ratio, 500'000);
      EXPECT_LE(ratio, 2'000'000);
    }
  }
}

TEST(TokenCorrection, OneOddReportMovesItLittle) {
  TokenCorrection correction;
  for (int i = 0; i < 100; ++i) learn_tokens(correction, 2'000, 2'000);
  learn_tokens(correction, 900'000, 90'000'000);
  EXPECT_LT(correction_ppm(correction), 1'070'000);
}

TEST(CorrectedTokens, RoundUpAndKeepWhatWasNeverCorrected) {
  EXPECT_EQ(corrected_tokens(1'234'567, unseen_deployment), 1'234'567);
  EXPECT_EQ(corrected_tokens(1'000, facts_with(1'250'000)), 1'250);
  EXPECT_EQ(corrected_tokens(3, facts_with(1'100'000)), 4);
  EXPECT_EQ(corrected_tokens(0, facts_with(2'000'000)), 0);
  EXPECT_EQ(corrected_tokens(-5, facts_with(2'000'000)), 0);
  EXPECT_EQ(corrected_tokens(largest, facts_with(2'000'000)), 2 * tokens_believed_max);
  EXPECT_EQ(corrected_tokens(1'000, facts_with(-1)), 500) << "a record of nonsense";
  EXPECT_EQ(corrected_tokens(1'000, facts_with(2'000'000'000)), 2'000);
}

// --- in learn and decide ---

TEST(TokenCorrection, IsLearntFromUsageThatTheProviderReports) {
  Health health;
  Outcome outcome;
  outcome.status = 200;
  outcome.input_estimated = 1'024;
  outcome.usage.input = 1'536;
  for (const auto source : {UsageSource::none, UsageSource::counted, UsageSource::estimated}) {
    outcome.usage.source = source;
    learn(health, Reliability{}, outcome, noon);
    EXPECT_EQ(health.facts.input_tokens_ppm, 1'000'000);
  }
  outcome.usage.source = UsageSource::provider;
  outcome.fault = fault(FaultKind::cut, "");
  learn(health, Reliability{}, outcome, noon);
  EXPECT_EQ(health.facts.input_tokens_ppm, 1'000'000);
  outcome.fault.reset();
  learn(health, Reliability{}, outcome, noon);
  EXPECT_EQ(health.facts.input_tokens_ppm, 1'333'333);
}

struct TwoDeployments {
  TwoDeployments() {
    first = build.deployment("first");
    second = build.deployment("second");
    build.task("extract", build.route("fast", {first, second}));
    build.build();
    facts = healthy(build.rules);
    ask = ask_for("task/extract");
    facts.deployments[0].input_tokens_ppm = 1'500'000;
  }
  RulesBuilder build;
  int first, second;
  Facts facts;
  AskFacts ask;
};

TEST(TokenCorrection, DecidesWhichWindowAPromptFits) {
  TwoDeployments scene;
  scene.ask.input_tokens = 80'000;  // the windows hold 100'000
  const Plan plan = decide(scene.build.rules, scene.ask, scene.facts);
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].deployment, scene.second);
  ASSERT_EQ(plan.refusals.size(), 1u);
  EXPECT_EQ(plan.refusals[0].reason, RefusalReason::context_window);
  EXPECT_EQ(plan.refusals[0].wanted, 120'000);
}

TEST(TokenCorrection, IsPartOfWhatARequestWillCost) {
  TwoDeployments scene;
  scene.ask.endpoint = Endpoint::embeddings;
  const Deployment& deployment = scene.build.at(scene.first);
  const NanoUsd plain = estimate_cost(scene.ask, deployment);
  EXPECT_EQ(estimate_cost(scene.ask, deployment, scene.facts.of(0)), plain * 3 / 2);
  EXPECT_EQ(worst_cost(scene.ask, deployment, scene.facts.of(0)),
            worst_cost(scene.ask, deployment) * 3 / 2);
}

TEST(TokenCorrection, CountsAgainstTheTokensOfAMinute) {
  TwoDeployments scene;
  scene.ask.input_tokens = 1'000;
  for (const int deployment : {scene.first, scene.second}) {
    scene.build.at(deployment).limits.tokens_per_minute = 2'000;
    scene.facts.deployments[static_cast<std::size_t>(deployment)].minute_tokens = 300;
  }
  const Plan plan = decide(scene.build.rules, scene.ask, scene.facts);
  ASSERT_EQ(plan.refusals.size(), 1u);
  EXPECT_EQ(plan.refusals[0].deployment, scene.first);
  EXPECT_EQ(plan.refusals[0].reason, RefusalReason::tokens_per_minute);
}

// --- the corpus: usage that real providers reported ---

struct UsagePair {
  std::string deployment;
  std::int64_t estimated = 0, reported = 0;
};

// provider,api,"model",tools,actual,o200k,o200k_tools,chars,bytes_text,bytes_tools,messages
std::vector<UsagePair> usage_pairs() {
  const char* corpus = std::getenv("WYE_CORPUS");
  std::ifstream in(std::string(corpus != nullptr ? corpus : "../shared/wire") +
                   "/tokens/usage_pairs.open.csv");
  std::vector<UsagePair> pairs;
  std::string line;
  for (std::getline(in, line); std::getline(in, line);) {
    const std::size_t name_end = line.rfind('"');
    std::vector<std::int64_t> numbers;
    for (std::size_t at = name_end + 2; at < line.size(); at = line.find(',', at) + 1) {
      std::from_chars(line.data() + at, line.data() + line.size(), numbers.emplace_back(0));
      if (line.find(',', at) == line.npos) break;
    }
    if (numbers.size() != 8) continue;
    // As the hot path estimates it.
    const std::int64_t bytes = (numbers[5] + 3) / 4 + (numbers[6] + 3) / 4;
    pairs.push_back({line.substr(0, name_end), 3 + 4 * numbers[7] + bytes, numbers[1]});
  }
  return pairs;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

TEST(TokenCorrection, BringsLongPromptsNearerToWhatProvidersCount) {
  const std::vector<UsagePair> pairs = usage_pairs();
  if (pairs.empty()) GTEST_SKIP() << "no corpus: set WYE_CORPUS";
  std::map<std::string, TokenCorrection> learnt;
  std::vector<double> plain, corrected;
  for (const UsagePair& pair : pairs) {
    TokenCorrection& correction = learnt[pair.deployment];
    const auto off_by = [&](std::int64_t tokens) {
      return std::abs(static_cast<double>(tokens - pair.reported)) /
             static_cast<double>(pair.reported);
    };
    if (pair.estimated >= 1'000 && pair.reported > 0) {
      plain.push_back(off_by(pair.estimated));
      corrected.push_back(
          off_by(corrected_tokens(pair.estimated, facts_with(correction_ppm(correction)))));
    }
    learn_tokens(correction, pair.estimated, pair.reported);
  }
  ASSERT_GE(plain.size(), 200u);
  RecordProperty("plain_percent", std::to_string(100 * median(plain)));
  RecordProperty("corrected_percent", std::to_string(100 * median(corrected)));
  EXPECT_LT(median(corrected), 0.07) << "without it: " << median(plain);
  EXPECT_GT(median(plain), 0.30);
}

}  // namespace
}  // namespace wye::test
