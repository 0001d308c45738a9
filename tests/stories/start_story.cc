// Stories of attempts that were planned earlier than they begin: a retry after its wait, a fallback
// after the failure before it. What has happened since the decision counts.
#include <gtest/gtest.h>

#include "stories/story.h"

namespace wye::story {
namespace {

constexpr std::string_view patient = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme: { kind: openai_compatible, base_url: "http://acme.sim/v1" }
deployments:
  only: { provider: acme, model: sim-a, price: { input: $1/M, output: $2/M } }
reliability:
  retries: { max: 3, backoff: 1s..1s, jitter: 0%, budget: { share: 100%, floor: 100/s } }
  circuit_breaker: { consecutive: 2, cooldown: 20s..20s }
  deadline: 60s
)";

TEST(StartStory, ARetryLeavesACircuitAloneThatOpenedWhileItWaited) {
  Story story(patient);
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  Wish wish;
  wish.model = "only";
  for (const Told& told : story.ask_all({wish, wish})) {
    EXPECT_EQ(told.status, 502);
    EXPECT_TRUE(told.clean_end);
  }
  EXPECT_EQ(story.calls("acme"), 2U) << "the second failure opened the circuit";
  EXPECT_EQ(story.why().record.outcomes.back().fault->kind, FaultKind::no_candidate);
}

constexpr std::string_view narrow_backup = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M } }
  second: { provider: backup, model: sim-b, price: { input: $1/M, output: $2/M }, limits: { parallel: 1 } }
routes:
  main: [first, second]
reliability:
  retries: { max: 0 }
)";

TEST(StartStory, AFallbackDoesNotTakeMoreThanItsParallelPlaces) {
  Story story(narrow_backup);
  ASSERT_TRUE(story.strike("acme", R"("status_500")"));
  ASSERT_TRUE(story.provider("backup").change(R"({"ttft_ms":500})"));
  Wish wish;
  wish.model = "main";
  int served = 0;
  for (const Told& told : story.ask_all({wish, wish, wish})) served += told.status == 200 ? 1 : 0;
  EXPECT_EQ(served, 1);
  EXPECT_EQ(story.calls("backup"), 1U);
}

}  // namespace
}  // namespace wye::story
