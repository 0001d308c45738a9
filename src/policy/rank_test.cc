// The strategies: the order that each gives, how dice spread it, and how stickiness holds it.
#include "policy/rank.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

class Rank : public testing::Test {
 protected:
  // Four deployments in one route.
  void make(Strategy strategy, Sticky sticky = Sticky::none) {
    build = RulesBuilder();
    std::vector<int> members;
    for (const char* name : {"a", "b", "c", "d"}) members.push_back(build.deployment(name));
    build.route("r", members, strategy, sticky);
    build.build();
    facts = healthy(build.rules);
    ask = ask_for("r");
  }
  DeploymentFacts& seen(int index) { return facts.deployments[static_cast<std::size_t>(index)]; }
  RouteMember& member(int index) {
    return build.route_at(0).members[static_cast<std::size_t>(index)];
  }
  std::string order(std::uint64_t seed) {
    facts.seed = seed;
    std::string names;
    for (const PlanStep& step : decide(build.rules, ask, facts).steps) {
      names += build.at(step.deployment).name;
    }
    return names;
  }
  // How often each deployment comes first.
  std::map<char, int> firsts(int rounds) {
    std::map<char, int> count;
    for (int seed = 0; seed < rounds; ++seed)
      ++count[order(static_cast<std::uint64_t>(seed)).at(0)];
    return count;
  }

  RulesBuilder build;
  Facts facts;
  AskFacts ask;
};

TEST_F(Rank, PriorityIsTheConfiguredOrder) {
  make(Strategy::priority);
  for (std::uint64_t seed = 0; seed < 50; ++seed) EXPECT_EQ(order(seed), "abcd");
}

TEST_F(Rank, WhoeverMadeTheSignaturesIsAskedFirst) {
  make(Strategy::priority);
  const int other = build.provider("google");
  build.rules.providers[static_cast<std::size_t>(other)].dialect = DialectId::gemini;
  build.at(1).provider = other;
  build.at(3).provider = other;
  EXPECT_EQ(order(1), "abcd");
  ask.maker = "gemini";
  EXPECT_EQ(order(1), "bdac");
  ask.maker = "bedrock";  // nobody here
  EXPECT_EQ(order(1), "abcd");
}

TEST_F(Rank, WeightedDrawsByWeightAndSoOnForTheRest) {
  make(Strategy::weighted);
  member(0).weight = 6;
  member(1).weight = 3;
  member(2).weight = 1;
  member(3).weight = 0;
  constexpr int rounds = 20'000;
  std::map<char, int> first;
  int b_second_after_a = 0;
  for (int seed = 0; seed < rounds; ++seed) {
    const std::string names = order(static_cast<std::uint64_t>(seed));
    ++first[names[0]];
    if (names[0] == 'a' && names[1] == 'b') ++b_second_after_a;
    ASSERT_EQ(names[3], 'd') << "a weight of 0 is the last resort";
  }
  EXPECT_NEAR(first['a'], rounds * 0.6, 350);
  EXPECT_NEAR(first['b'], rounds * 0.3, 350);
  EXPECT_NEAR(first['c'], rounds * 0.1, 250);
  EXPECT_NEAR(b_second_after_a, first['a'] * 0.75, 350);
}

TEST_F(Rank, WeightedIsFixedByItsSeed) {
  make(Strategy::weighted);
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_EQ(order(seed), order(seed));
    orders.insert(order(seed));
  }
  EXPECT_EQ(orders.size(), 24u);
}

TEST_F(Rank, LowestCostPutsUnknownPricesLastAndKeepsTheOrderOfTies) {
  make(Strategy::lowest_cost);
  build.at(0).price.base = {};
  build.at(1).price.base = price_of(3, 1);
  build.at(2).price.base = price_of(1, 1);
  build.at(3).price.base = price_of(1, 1);
  EXPECT_EQ(order(9), "cdba");
  const Plan plan = decide(build.rules, ask, facts);
  EXPECT_EQ(plan.steps[0].rank, 1'512'000);
  EXPECT_EQ(plan.steps[3].rank, -1);
}

TEST_F(Rank, LowestCostLooksAtTheTierOfTheRequest) {
  make(Strategy::lowest_cost);
  build.route_at(0).members.resize(2);
  build.at(0).price.base = price_of(1, 1);
  build.at(0).price.tiers = {{5'000, price_of(9, 9)}};
  build.at(1).price.base = price_of(2, 2);
  EXPECT_EQ(order(1), "ab");
  ask.input_tokens = 5'001;
  EXPECT_EQ(order(1), "ba");
}

void measure(DeploymentFacts& facts, std::int32_t ttft_us, std::int32_t us_per_token) {
  facts.ttft_us = ttft_us;
  facts.us_per_token = us_per_token;
  facts.minute_requests = 5;
}

TEST_F(Rank, LowestLatencyWeighsFirstTokenAndSpeed) {
  make(Strategy::lowest_latency);
  measure(seen(0), 100'000, 20'000);
  measure(seen(1), 900'000, 5'000);
  measure(seen(2), 400'000, 12'000);
  measure(seen(3), 500'000, 50'000);
  for (std::uint64_t seed = 0; seed < 200; ++seed) EXPECT_EQ(order(seed), "bcad");
  ask.output_tokens_max = 10;
  EXPECT_EQ(order(1), "acbd");
}

TEST_F(Rank, LowestLatencyExploresAStrangerOneRequestAtATime) {
  make(Strategy::lowest_latency);
  for (const int i : {0, 1, 2}) measure(seen(i), 100'000 * (i + 1), 10'000);
  EXPECT_EQ(order(1), "dabc");  // never measured and idle
  seen(3).in_flight = 1;
  EXPECT_EQ(order(1), "abcd");  // somebody is at it
  seen(3).in_flight = 0;
  seen(3).consecutive_bad = 1;
  EXPECT_EQ(order(1), "abcd");  // it fails, which measures nothing
}

TEST_F(Rank, LowestLatencyOfStrangersOnlySharesTheLoad) {
  make(Strategy::lowest_latency);
  for (auto& [name, count] : firsts(4'000)) EXPECT_NEAR(count, 1'000, 150) << name;
}

TEST_F(Rank, LowestLatencyLooksAgainAtThoseThatNobodyAskedLately) {
  make(Strategy::lowest_latency);
  for (const int i : {0, 1, 2, 3}) measure(seen(i), 100'000 * (i + 1), 10'000);
  EXPECT_EQ(firsts(5'000)['a'], 5'000);
  seen(2).minute_requests = 0;
  seen(3).minute_requests = 0;
  auto first = firsts(20'000);
  EXPECT_NEAR(first['a'], 19'600, 100);
  EXPECT_NEAR(first['c'], 200, 70);
  EXPECT_NEAR(first['d'], 200, 70);
  EXPECT_EQ(first['b'], 0);
}

TEST_F(Rank, LeastBusyComparesAttemptsInFlight) {
  make(Strategy::least_busy);
  for (const int i : {0, 1, 2, 3}) seen(i).in_flight = 4 - i;
  EXPECT_EQ(order(1), "dcba");
  EXPECT_EQ(decide(build.rules, ask, facts).steps[0].rank, 1);
}

TEST_F(Rank, LeastBusyIsRelativeToTheParallelLimit) {
  make(Strategy::least_busy);
  build.at(0).limits.parallel = 100;
  seen(0).in_flight = 20;  // 20 %
  build.at(1).limits.parallel = 10;
  seen(1).in_flight = 5;   // 50 %
  seen(2).in_flight = 10;  // no limit: taken to bear 100, so 10 %
  seen(3).in_flight = 60;
  EXPECT_EQ(order(1), "cabd");
  EXPECT_EQ(decide(build.rules, ask, facts).steps[1].rank, 200'000);
}

TEST_F(Rank, EqualLoadIsShared) {
  for (const Strategy strategy : {Strategy::least_busy, Strategy::headroom}) {
    make(strategy);
    for (auto& [name, count] : firsts(4'000)) EXPECT_NEAR(count, 1'000, 150) << name;
  }
}

TEST_F(Rank, HeadroomIsTheSmallestOfAllThatIsKnown) {
  make(Strategy::headroom);
  seen(0).requests_left_ppm = 900'000;
  seen(0).tokens_left_ppm = 100'000;
  seen(1).requests_left_ppm = 500'000;
  build.at(2).limits = {100, 0, 0};
  seen(2).minute_requests = 70;
  seen(2).in_flight = 5;
  build.at(3).limits = {0, 10'000, 0};
  seen(3).minute_tokens = 4'000;
  EXPECT_EQ(order(1), "dbca");
  const Plan plan = decide(build.rules, ask, facts);
  EXPECT_EQ(plan.steps[0].rank, 600'000);
  EXPECT_EQ(plan.steps[1].rank, 500'000);
  EXPECT_EQ(plan.steps[2].rank, 250'000);
  EXPECT_EQ(plan.steps[3].rank, 100'000);
}

TEST_F(Rank, StickyUsersStayAndSpread) {
  make(Strategy::priority, Sticky::user);
  std::map<char, int> count;
  for (std::uint64_t user = 1; user <= 4'000; ++user) {
    ask.user_hash = mix64(user);
    const std::string names = order(user);
    ++count[names[0]];
    EXPECT_EQ(order(user + 77)[0], names[0]);
    std::string rest = names.substr(1);
    EXPECT_TRUE(std::is_sorted(rest.begin(), rest.end())) << "the rest keeps the strategy's order";
  }
  for (auto& [name, n] : count) EXPECT_NEAR(n, 1'000, 120) << name;
}

TEST_F(Rank, WhenADeploymentDropsOutOnlyItsOwnUsersMove) {
  make(Strategy::weighted, Sticky::user);
  member(0).weight = 5;
  int moved_from_other = 0, of_b = 0;
  for (std::uint64_t user = 1; user <= 3'000; ++user) {
    ask.user_hash = mix64(user);
    seen(1).breaker = BreakerState::closed;
    const char before = order(1)[0];
    seen(1).breaker = BreakerState::open;
    seen(1).open_until = noon + 1000;
    const char after = order(1)[0];
    if (before == 'b')
      ++of_b;
    else if (before != after)
      ++moved_from_other;
    EXPECT_NE(after, 'b');
  }
  EXPECT_EQ(moved_from_other, 0);
  EXPECT_NEAR(of_b, 3'000 / 8.0, 70);
}

TEST_F(Rank, StickyRespectsWeightsOfAWeightedRoute) {
  make(Strategy::weighted, Sticky::prompt_cache);
  member(0).weight = 9;
  member(1).weight = 1;
  member(2).weight = 0;
  member(3).weight = 0;
  std::map<char, int> count;
  for (std::uint64_t prefix = 1; prefix <= 5'000; ++prefix) {
    ask.prefix_hash = mix64(prefix);
    ++count[order(1)[0]];
  }
  EXPECT_NEAR(count['a'], 4'500, 120);
  EXPECT_NEAR(count['b'], 500, 120);
}

TEST_F(Rank, WithoutAHashOrForAnotherKindNothingSticks) {
  make(Strategy::priority, Sticky::user);
  ask.prefix_hash = 12345;
  EXPECT_EQ(order(1), "abcd");
  EXPECT_FALSE(decide(build.rules, ask, facts).stuck);
  ask.user_hash = 12345;
  EXPECT_TRUE(decide(build.rules, ask, facts).stuck);
}

TEST_F(Rank, AProbeIsNothingToStickTo) {
  make(Strategy::priority, Sticky::user);
  for (std::uint64_t user = 1; user <= 100; ++user) {
    ask.user_hash = mix64(user);
    seen(2).breaker = BreakerState::half_open;
    EXPECT_NE(order(1)[0], 'c');
  }
}

// The name is hashed and not the position: edits of the file do not move users.
TEST_F(Rank, StickinessSurvivesAnotherOrderInTheFile) {
  make(Strategy::priority, Sticky::user);
  std::map<std::uint64_t, char> before;
  for (std::uint64_t user = 1; user <= 200; ++user) {
    ask.user_hash = mix64(user);
    before[user] = order(1)[0];
  }
  std::reverse(build.route_at(0).members.begin(), build.route_at(0).members.end());
  std::swap(build.at(0).name, build.at(3).name);
  build.build();
  for (std::uint64_t user = 1; user <= 200; ++user) {
    ask.user_hash = mix64(user);
    EXPECT_EQ(order(1)[0], before[user]);
  }
}

}  // namespace
}  // namespace wye::test
