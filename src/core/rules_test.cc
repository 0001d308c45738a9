// Names to indices, names of enums both ways, price tiers.
#include "core/rules.h"

#include <gtest/gtest.h>

#include "core/facts.h"
#include "core/outcome.h"
#include "core/plan.h"

namespace wye {
namespace {

template <class Enum, class From>
void expect_round_trip(int count, From from) {
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    ASSERT_FALSE(to_string(value).empty());
    EXPECT_EQ(from(to_string(value)), value) << to_string(value);
  }
  EXPECT_FALSE(from("no such name"));
}

TEST(Names, EveryEnumGoesBothWays) {
  expect_round_trip<Ability>(ability_count, ability_from);
  expect_round_trip<Endpoint>(endpoint_count, endpoint_from);
  expect_round_trip<TaskSource>(5, task_source_from);
  expect_round_trip<DialectId>(8, dialect_from);
  expect_round_trip<Auth>(7, auth_from);
  expect_round_trip<StreamUsage>(3, stream_usage_from);
  expect_round_trip<LimitHeaders>(8, limit_headers_from);
  expect_round_trip<OutputLimit>(3, output_limit_from);
  expect_round_trip<BreakerState>(3, breaker_state_from);
  expect_round_trip<UsageSource>(4, usage_source_from);
  expect_round_trip<FinishReason>(7, finish_reason_from);
  expect_round_trip<RefusalReason>(refusal_reason_count, refusal_reason_from);
  expect_round_trip<Strategy>(6, strategy_from);
  expect_round_trip<Sticky>(3, sticky_from);
  expect_round_trip<Criticality>(4, criticality_from);
}

Deployment deployment(std::string name, int provider, std::string model) {
  Deployment one;
  one.name = std::move(name);
  one.provider = provider;
  one.model = std::move(model);
  return one;
}

TEST(Rules, NamesAreIndexed) {
  Rules rules;
  Provider openrouter;
  openrouter.name = "router";
  openrouter.kind = "openrouter";
  Provider openai;
  openai.name = openai.kind = "openai";
  rules.providers = {openrouter, openai};
  rules.deployments = {deployment("aggregated", 0, "openai/gpt-5-mini"),
                       deployment("mini", 1, "gpt-5-mini"), deployment("mini-2", 1, "gpt-5-mini")};
  rules.routes.resize(1);
  rules.routes[0].name = "fast";
  rules.tasks.resize(1);
  rules.tasks[0].name = "extract";
  rules.keys.resize(1);
  rules.keys[0].name = "search";
  rules.keys[0].hash.fill(7);
  rules.index_names();

  EXPECT_EQ(find_index(rules.deployment_by_name, "mini-2"), 2);
  EXPECT_EQ(find_index(rules.deployment_by_name, "mini-3"), -1);
  EXPECT_EQ(find_index(rules.route_by_name, "fast"), 0);
  EXPECT_EQ(find_index(rules.task_by_name, "extract"), 0);
  EXPECT_EQ(find_index(rules.key_by_name, "search"), 0);
  EXPECT_EQ(find_index(rules.key_by_hash, std::string(32, '\7')), 0);
  EXPECT_EQ(find_index(rules.deployment_by_model, "gpt-5-mini"), 1) << "the first of a model";
  EXPECT_EQ(find_index(rules.deployment_by_model, "openai/gpt-5-mini"), 1)
      << "the provider itself comes before an aggregator's spelling";
  EXPECT_EQ(find_index(rules.deployment_by_model, "router/openai/gpt-5-mini"), 0);
  EXPECT_EQ(find_index(rules.deployment_by_model, "openrouter/openai/gpt-5-mini"), 0);
  EXPECT_NE(rules.deployments[0].name_hash, rules.deployments[1].name_hash);

  rules.deployments.pop_back();
  rules.index_names();  // again, after a change
  EXPECT_EQ(find_index(rules.deployment_by_name, "mini-2"), -1);
}

}  // namespace
}  // namespace wye
