// Money: exact, rounded once, never overflowing.
#include "policy/cost.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/hash.h"
#include "policy/estimate.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

TEST(Cost, CachedTokensAreTakenOutOfTheInput) {
  PriceList prices;
  prices.base = price_of(3, 15);
  prices.base.cache_read = per_million(0.3);
  prices.base.cache_write = per_million(3.75);
  const Usage usage{1000, 600, 300, 100, 40, UsageSource::provider};
  // 100 x 3 + 600 x 0.3 + 300 x 3.75 + 100 x 15 micro-dollars
  EXPECT_EQ(cost_of(usage, prices), 3'105'000);
  const CostParts parts = cost_parts_of(usage, prices);
  EXPECT_EQ(parts.input, 300'000);
  EXPECT_EQ(parts.cache_read, 180'000);
  EXPECT_EQ(parts.cache_write, 1'125'000);
  EXPECT_EQ(parts.output, 1'500'000);
}

TEST(Cost, UnknownCachePricesAreThatOfTheInput) {
  PriceList prices;
  prices.base = price_of(3, 15);
  EXPECT_EQ(cost_of({1000, 600, 300, 0, 0, {}}, prices), 3'000'000);
}

TEST(Cost, UnknownOnlyWhenSuchTokensWereUsed) {
  PriceList prices;
  EXPECT_EQ(cost_of({}, prices), 0);
  EXPECT_EQ(cost_of({1, 0, 0, 0, 0, {}}, prices), -1);
  prices.base.input = 1'000'000;
  EXPECT_EQ(cost_of({1, 0, 0, 0, 0, {}}, prices), 1000);
  EXPECT_EQ(cost_of({1, 0, 0, 1, 0, {}}, prices), -1);
}

TEST(Cost, HalfANanoDollarIsRoundedUpOnce) {
  PriceList prices;
  prices.base.input = 1;
  prices.base.output = 1;
  EXPECT_EQ(cost_of({499, 0, 0, 0, 0, {}}, prices), 0);
  EXPECT_EQ(cost_of({500, 0, 0, 0, 0, {}}, prices), 1);
  // Rounded apart these would be 0 + 0.
  EXPECT_EQ(cost_of({250, 0, 0, 250, 0, {}}, prices), 1);
}

TEST(Cost, TheTierIsThatOfTheWholeInput) {
  PriceList prices;
  prices.base = price_of(1, 2);
  prices.tiers = {{100, price_of(10, 20)}, {200, price_of(100, 200)}};
  EXPECT_EQ(&prices.at(0), &prices.base);
  EXPECT_EQ(&prices.at(100), &prices.base);
  EXPECT_EQ(&prices.at(101), &prices.tiers[0].price);
  EXPECT_EQ(&prices.at(200), &prices.tiers[0].price);
  EXPECT_EQ(&prices.at(201), &prices.tiers[1].price);
  EXPECT_EQ(cost_of({201, 0, 0, 1, 0, {}}, prices), 201 * 100'000 + 200'000);
}

TEST(Cost, NonsenseFromAProviderIsBounded) {
  PriceList prices;
  prices.base = price_of(1, 2);
  EXPECT_EQ(cost_of({100, 500, 500, 0, 0, {}}, prices), 100'000);
  EXPECT_EQ(cost_of({-5, 3, 0, -7, 0, {}}, prices), 0);
}

// Over the whole range of 64 bits: no overflow, monotonic in tokens, parts add up to the total.
TEST(Cost, PropertyOfRandomUsage) {
  Dice dice(7);
  const auto any_size = [&] {
    return static_cast<std::int64_t>(dice.next() >> (1 + dice.below(63)));
  };
  for (int i = 0; i < 200'000; ++i) {
    PriceList prices;
    prices.base.input = any_size();
    prices.base.output = any_size();
    prices.base.cache_read = dice.below(2) == 0 ? -1 : any_size();
    prices.base.cache_write = dice.below(2) == 0 ? -1 : any_size();
    const Usage usage{any_size(), any_size(), any_size(), any_size(), 0, {}};
    const NanoUsd total = cost_of(usage, prices);
    ASSERT_GE(total, 0);
    const CostParts parts = cost_parts_of(usage, prices);
    const __int128 sum =
        static_cast<__int128>(parts.input) + parts.cache_read + parts.cache_write + parts.output;
    constexpr auto max = std::numeric_limits<NanoUsd>::max();
    if (sum > max) {
      ASSERT_GE(total, max - 2);
    } else if (total < max) {
      ASSERT_LE(sum > total ? sum - total : total - sum, 2);
    }
    Usage more = usage;
    more.output = usage.output < max ? usage.output + 1 : max;
    ASSERT_GE(cost_of(more, prices), total);
  }
}

TEST(Estimate, OutputIsTheLeastOfDefaultClientAndModel) {
  Deployment deployment;
  AskFacts ask;
  EXPECT_EQ(expected_output_tokens(ask), 512);
  ask.output_tokens_max = 100;
  EXPECT_EQ(expected_output_tokens(ask), 100);
  ask.output_tokens_max = 10'000;
  EXPECT_EQ(expected_output_tokens(ask), 512);
  deployment.output_tokens_max = 256;
  EXPECT_EQ(expected_output_tokens(ask, deployment), 256);
  ask.choices = 3;
  EXPECT_EQ(expected_output_tokens(ask, deployment), 768);
  ask.endpoint = Endpoint::embeddings;
  EXPECT_EQ(expected_output_tokens(ask, deployment), 0);
}

TEST(Estimate, CostOfEmbeddingsNeedsNoOutputPrice) {
  Deployment deployment;
  deployment.price.base.input = per_million(0.02);
  AskFacts ask;
  ask.input_tokens = 1000;
  EXPECT_EQ(estimate_cost(ask, deployment), -1);
  ask.endpoint = Endpoint::embeddings;
  EXPECT_EQ(estimate_cost(ask, deployment), 20'000);
}

TEST(Estimate, TheWorstCostTakesAllOutputAndTheDearestInput) {
  Deployment deployment;
  deployment.price.base = price_of(3, 15);
  deployment.output_tokens_max = 1000;
  AskFacts ask;
  ask.input_tokens = 100;
  EXPECT_EQ(worst_cost(ask, deployment), 300'000 + 15'000'000);
  ask.output_tokens_max = 10;
  EXPECT_EQ(worst_cost(ask, deployment), 300'000 + 150'000);
  deployment.price.base.cache_write = per_million(3.75);
  EXPECT_EQ(worst_cost(ask, deployment), 375'000 + 150'000);
  EXPECT_GE(worst_cost(ask, deployment), estimate_cost(ask, deployment));
}

TEST(Estimate, NumbersThatNobodyMeansDoNotOverflow) {
  Deployment deployment;
  deployment.price.base = price_of(3, 15);
  AskFacts ask;
  ask.input_tokens = 100;
  ask.output_tokens_max = std::numeric_limits<std::int64_t>::max();
  ask.choices = std::numeric_limits<int>::max();
  EXPECT_GT(worst_cost(ask, deployment), 0);
  EXPECT_GT(estimate_cost(ask, deployment), 0);
}

TEST(Estimate, DurationIsUnknownUntilMeasured) {
  AskFacts ask;
  DeploymentFacts facts;
  EXPECT_EQ(estimate_duration_us(ask, facts), -1);
  facts.us_per_token = 10;
  EXPECT_EQ(estimate_duration_us(ask, facts), 5'120);
  facts.ttft_us = 100;
  EXPECT_EQ(estimate_duration_us(ask, facts), 5'220);
}

}  // namespace
}  // namespace wye::test
