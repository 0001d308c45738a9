#include "gateway/health_news.h"

#include <gtest/gtest.h>

#include "base/fault.h"

namespace wye::test {
namespace {

DeploymentFacts open_after(FaultKind kind) {
  DeploymentFacts facts;
  facts.breaker = BreakerState::open;
  facts.last_fault = static_cast<std::uint8_t>(kind);
  facts.window_ok = 1;
  facts.window_bad = 5;
  facts.open_until = 1'800'000'005'000;
  return facts;
}

TEST(HealthNews, ACircuitThatOpensIsToldOnceAndSoIsItsEnd) {
  const DeploymentFacts well;
  const DeploymentFacts ill = open_after(FaultKind::outage);
  const auto opened = health_news("fast", well, ill);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->trouble);
  EXPECT_EQ(opened->text,
            "the circuit of deployment fast has opened: 5 bad of 6 attempts, the last one outage; "
            "it is not asked before 2027-01-15T08:00:05.000Z");
  DeploymentFacts probed = ill;
  probed.breaker = BreakerState::half_open;
  EXPECT_FALSE(health_news("fast", ill, probed));
  EXPECT_FALSE(health_news("fast", probed, ill)) << "a probe failed";
  const auto closed = health_news("fast", probed, well);
  ASSERT_TRUE(closed);
  EXPECT_FALSE(closed->trouble);
  EXPECT_EQ(closed->text, "deployment fast answers again");
  EXPECT_FALSE(health_news("fast", well, well));
}

TEST(HealthNews, WhoIsOutIsToldByItsCauseUntilItServes) {
  const DeploymentFacts well;
  DeploymentFacts out = open_after(FaultKind::auth);
  out.out_until = 1'800'000'060'000;
  const auto told = health_news("fast", well, out);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->text,
            "deployment fast is out of service (auth); it is not asked before "
            "2027-01-15T08:01:00.000Z");
  DeploymentFacts longer = out;
  longer.out_until += 60'000;
  EXPECT_FALSE(health_news("fast", out, longer));
}

}  // namespace
}  // namespace wye::test
