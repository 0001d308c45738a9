#include "app/embedded_sim.h"

#include <gtest/gtest.h>

#include "io/loop.h"

namespace wye {
namespace {

TEST(EmbeddedSim, SaysWhichKeyMovesItWhenItsPortIsTaken) {
  const auto loop = std::move(*make_loop());
  const Result<std::uint16_t> taken =
      loop->listen("127.0.0.1", 0, 1, [](std::unique_ptr<Stream>) {});
  ASSERT_TRUE(taken);
  Rules rules;
  Provider& provider = rules.providers.emplace_back();
  provider.name = "play";
  provider.kind = "simulator";
  provider.base_url.host = "127.0.0.1";
  provider.base_url.port = *taken;
  const auto started = start_embedded_sim(rules);
  ASSERT_FALSE(started);
  const std::string& said = started.error().message;
  for (const std::string& part :
       {"127.0.0.1:" + std::to_string(*taken) + ": address already in use",
        std::string("embedded simulator"), std::string("providers.play.base_url")}) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace wye
