// The conditions of rules, one by one, and the order of rules.
#include "policy/match.h"

#include <gtest/gtest.h>

#include "policy/decide.h"
#include "policy/test_rules.h"

namespace wye::test {
namespace {

constexpr TimeMs hour_ms = 3'600'000;

AskFacts sample() {
  AskFacts ask;
  ask.team = "search";
  ask.input_tokens = 500;
  ask.stream = true;
  ask.needs = {Ability::images};
  ask.tags = {"a", "nightly"};
  ask.metadata = {{"flow", "checkout"}, {"flow", "ignored"}, {"k", ""}};
  return ask;
}

TEST(Match, EachCondition) {
  const AskFacts ask = sample();
  const MatchInput input{ask, noon, 2, 3, 1};
  struct Row {
    Condition condition;
    bool holds;
  };
  const std::vector<Row> rows{
      {KeyIs{2}, true},
      {KeyIs{1}, false},
      {KeyIs{-1}, false},
      {TeamIs{"search"}, true},
      {TeamIs{"Search"}, false},
      {TeamIs{""}, false},
      {TaskIs{3}, true},
      {TaskIs{0}, false},
      {DataClassIs{1}, true},
      {DataClassIs{0}, false},
      {EndpointIs{Endpoint::chat}, true},
      {EndpointIs{Endpoint::embeddings}, false},
      {StreamIs{true}, true},
      {StreamIs{false}, false},
      {TokensAre{Compare::less, 500}, false},
      {TokensAre{Compare::less, 501}, true},
      {TokensAre{Compare::less_equal, 500}, true},
      {TokensAre{Compare::less_equal, 499}, false},
      {TokensAre{Compare::greater, 500}, false},
      {TokensAre{Compare::greater, 499}, true},
      {TokensAre{Compare::greater_equal, 500}, true},
      {TokensAre{Compare::greater_equal, 501}, false},
      {TokensAre{Compare::equal, 500}, true},
      {TokensAre{Compare::not_equal, 500}, false},
      {TagIs{"nightly"}, true},
      {TagIs{"night"}, false},
      {MetadataIs{"flow", "checkout"}, true},
      {MetadataIs{"flow", "ignored"}, false},  // the first of equal keys counts
      {MetadataIs{"k", ""}, true},
      {MetadataIs{"none", ""}, false},
      {NeedsAbility{Ability::images}, true},
      {NeedsAbility{Ability::tools}, false},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(holds(rows[i].condition, input), rows[i].holds) << "row " << i;
  }
}

TEST(Match, UnknownKeyTaskAndClassMatchNothing) {
  const AskFacts ask = sample();
  const MatchInput input{ask, noon};
  EXPECT_FALSE(holds(KeyIs{-1}, input));
  EXPECT_FALSE(holds(TaskIs{-1}, input));
  EXPECT_FALSE(holds(DataClassIs{-1}, input));
}

TEST(Match, NamesOfEveryLengthCompareExactly) {
  AskFacts ask;
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string name(length, 'x');
    ask.team = name;
    const MatchInput input{ask, noon};
    EXPECT_TRUE(holds(TeamIs{name}, input)) << length;
    for (std::size_t i = 0; i < length; ++i) {
      std::string other = name;
      other[i] = 'y';
      EXPECT_FALSE(holds(TeamIs{other}, input)) << length << " differs at " << i;
    }
    EXPECT_FALSE(holds(TeamIs{name + "x"}, input)) << length;
  }
}

bool at_time(const TimeIs& window, TimeMs now) {
  const AskFacts ask;
  return holds(window, MatchInput{ask, now});
}

TEST(Match, ATimeWindowMayWrapOverMidnight) {
  const TimeIs night{18 * 60, 8 * 60, "UTC", {}};
  EXPECT_TRUE(at_time(night, noon));  // midnight UTC, see test_rules.h
  EXPECT_TRUE(at_time(night, noon + 8 * hour_ms - 1));
  EXPECT_FALSE(at_time(night, noon + 8 * hour_ms));
  EXPECT_FALSE(at_time(night, noon + 18 * hour_ms - 1));
  EXPECT_TRUE(at_time(night, noon + 18 * hour_ms));

  const TimeIs day{8 * 60, 18 * 60, "UTC", {}};
  EXPECT_FALSE(at_time(day, noon));
  EXPECT_TRUE(at_time(day, noon + 8 * hour_ms));
  EXPECT_FALSE(at_time(day, noon + 18 * hour_ms));

  const TimeIs whole{0, 0, "UTC", {}};
  EXPECT_TRUE(at_time(whole, noon));
  EXPECT_TRUE(at_time(whole, noon + 13 * hour_ms));
  const TimeIs to_midnight{0, 24 * 60, "UTC", {}};
  EXPECT_TRUE(at_time(to_midnight, noon + 23 * hour_ms));
}

TEST(Match, TheOffsetOfTheZoneChangesWhenItSays) {
  const TimeIs summer{0, 0, "Europe/Paris", {{noon - hour_ms, 3600}, {noon + hour_ms, 7200}}};
  EXPECT_EQ(local_minute(summer, noon - 2 * hour_ms),
            23 * 60);  // before the first entry: the first
  EXPECT_EQ(local_minute(summer, noon), 60);
  EXPECT_EQ(local_minute(summer, noon + hour_ms - 1), 119);
  EXPECT_EQ(local_minute(summer, noon + hour_ms), 180);
  const TimeIs west{0, 0, "America/New_York", {{0, -5 * 3600}}};
  EXPECT_EQ(local_minute(west, noon), 19 * 60);
  EXPECT_EQ(local_minute(west, 0), 19 * 60);  // 1969 there: still a minute of the day
}

TEST(Match, TheFirstRuleDecidesAndAllThatMatchAreRecorded) {
  RulesBuilder build;
  const int a = build.deployment("a");
  const int b = build.deployment("b");
  const int route = build.route("r", {a});
  build.rule({TeamIs{"other"}}, Target::Kind::deployment, a);
  build.rule({TeamIs{"search"}, TokensAre{Compare::less, 10'000}}, Target::Kind::deployment, b);
  build.rule({TeamIs{"search"}, TokensAre{Compare::less, 10}}, Target::Kind::route, route);
  build.rule({}, Target::Kind::route, route);
  build.build();
  AskFacts ask = ask_for("whatever it says");
  ask.team = "search";
  const Plan plan = decide(build.rules, ask, healthy(build.rules));
  EXPECT_EQ(plan.rule, 1);
  EXPECT_EQ(plan.rules_matched, (std::vector<int>{1, 3}));
  EXPECT_EQ(plan.route, -1);
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_EQ(plan.steps[0].deployment, b);
}

}  // namespace
}  // namespace wye::test
