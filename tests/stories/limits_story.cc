// Stories of limits: the providers' own, which are respected before they have to refuse, and the
// gateway's.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "stories/story.h"

namespace wye::story {
namespace {

std::string limited(std::string_view kind) {
  return fmt::format(R"(
version: 1
keys: {{ app: {{ secret: "${{env:APP_KEY}}" }} }}
providers:
  acme:   {{ kind: {0}, base_url: "http://acme.sim/v1", api_key: "${{env:APP_KEY}}" }}
  backup: {{ kind: openai_compatible, base_url: "http://backup.sim/v1" }}
deployments:
  first:  {{ provider: acme,   model: sim-a, price: {{ input: $1/M, output: $2/M }} }}
  second: {{ provider: backup, model: sim-b, price: {{ input: $3/M, output: $6/M }} }}
tasks:
  chat: {{ route: [first, second] }}
)",
                     kind);
}

class LimitsStory : public testing::TestWithParam<const char*> {};

TEST_P(LimitsStory, WhoHasUsedUpItsLimitIsLeftAloneBeforeItRefuses) {
  Story story(limited(GetParam()));
  ASSERT_TRUE(story.provider("acme").change(R"({"requests_per_minute":2})"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(story.ask().header("x-wye-deployment"), "first");
  const Told third = story.ask();
  EXPECT_EQ(third.header("x-wye-deployment"), "second");
  EXPECT_EQ(third.header("x-wye-attempts"), "1") << "nobody had to refuse";
  EXPECT_EQ(story.calls("acme"), 2U);
  story.pass(31'000);
  EXPECT_EQ(story.ask().header("x-wye-deployment"), "first") << "it has room for one again";
}

INSTANTIATE_TEST_SUITE_P(Shapes, LimitsStory, testing::Values("openai", "anthropic"));

TEST(Overflow, TheSecondIsUsedOnlyWhileTheFirstIsFull) {
  std::string policy = limited("openai");
  const std::string_view price = "price: { input: $1/M, output: $2/M }";
  policy.replace(policy.find(price), price.size(),
                 "price: { input: $1/M, output: $2/M }, limits: { parallel: 2 }");
  const std::string_view route = "route: [first, second]";
  policy.replace(policy.find(route), route.size(), "route: own");
  policy += "routes: { own: { strategy: priority, deployments: [first, second] } }\n";
  Story story(policy);
  for (const char* name : {"acme", "backup"})
    ASSERT_TRUE(story.provider(name).change(R"({"ttft_ms":1000})"));
  for (const bool stream : {false, true}) {
    const std::uint64_t first = story.calls("acme");
    const std::uint64_t second = story.calls("backup");
    Wish wish;
    wish.stream = stream;
    int by_second = 0;
    for (const Told& told : story.ask_all(std::vector<Wish>(5, wish))) {
      EXPECT_EQ(told.status, 200);
      EXPECT_FALSE(told.text().empty());
      by_second += told.header("x-wye-deployment") == "second" ? 1 : 0;
    }
    EXPECT_EQ(by_second, 3);
    EXPECT_EQ(story.calls("acme"), first + 2) << "never more than its two places";
    EXPECT_EQ(story.calls("backup"), second + 3);
    story.pass(50);
    const Told alone = story.ask(wish);
    EXPECT_EQ(alone.header("x-wye-deployment"), "first") << "there is room again";
    EXPECT_EQ(alone.header("x-wye-attempts"), "1");
  }
}

TEST(OwnLimits, AreKeptHoweverSmall) {
  std::string policy = limited("openai");
  policy.replace(policy.find("keys:"), 0, "server: { limits: { requests: 2 } }\n");
  Story story(policy);
  ASSERT_TRUE(story.provider("acme").change(R"({"ttft_ms":1000})"));
  int refused = 0;
  for (const Told& told : story.ask_all(std::vector<Wish>(5))) {
    if (told.status != 503) continue;
    ++refused;
    EXPECT_EQ(told.header("x-wye-error-class"), "shed");
    EXPECT_NE(told.header("retry-after"), "");
  }
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(story.ask().status, 200) << "nothing is under way any more";
}

}  // namespace
}  // namespace wye::story
