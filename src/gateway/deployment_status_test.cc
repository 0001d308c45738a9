// Deployment status: the words for a circuit that is being probed.
#include "gateway/deployment_status.h"

#include <gtest/gtest.h>

namespace wye {
namespace {

std::string probed_page(int half_open, bool probe_taken) {
  auto rules = std::make_shared<Rules>();
  rules->reliability.breaker.half_open = half_open;
  rules->providers.resize(1);
  rules->deployments.resize(1);
  DeploymentLive live;
  ActivePolicy policy;
  policy.rules = rules;
  policy.live = {&live};
  DeploymentFacts facts;
  facts.breaker = BreakerState::half_open;
  facts.last_fault = static_cast<std::uint8_t>(FaultKind::outage);
  facts.probes_ok = 1;
  facts.probe_taken = probe_taken;
  std::string out;
  JsonWriter json(out);
  write_deployment_status(json, policy, 0, facts, 1'000);
  return out;
}

TEST(DeploymentStatus, OneProbeIsNotCounted) {
  const std::string page = probed_page(1, false);
  EXPECT_NE(page.find(R"("state":"probing","why":"opened by outage; the next request is a probe")"),
            std::string::npos)
      << page;
}

TEST(DeploymentStatus, OfSeveralProbesItSaysHowManyAreAnswered) {
  EXPECT_NE(
      probed_page(3, false).find(
          R"("why":"opened by outage; 1 of 3 probes are answered; the next request is a probe")"),
      std::string::npos);
  EXPECT_NE(probed_page(3, true).find(
                R"("why":"opened by outage; 1 of 3 probes are answered; a probe is under way")"),
            std::string::npos);
}

}  // namespace
}  // namespace wye
