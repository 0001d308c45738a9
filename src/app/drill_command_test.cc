// `wye drill`, the binary itself, on a small store that the real gateway wrote: exit codes, what is
// printed where, and what is kept.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/load_policy.h"
#include "app/test_command.h"
#include "io/store.h"
#include "lab/drill_request.h"
#include "lab/rehearsal.h"

namespace wye {
namespace {

constexpr std::string_view policy = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M } }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M } }
tasks:
  chat: { route: first, fallbacks: [ { to: second } ] }
  alone: { route: first }
)";

class DrillCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("WYE_BINARY") == nullptr) GTEST_SKIP() << "WYE_BINARY does not name the binary";
    std::string pattern = std::filesystem::temp_directory_path() / "wye-drill-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::ofstream(config()) << policy << "store: { path: " << store() << " }\n";
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  std::string config() const { return folder_ / "wye.yaml"; }
  std::string store() const { return folder_ / "wye.db"; }

  Ran drill(const std::string& words) const {
    return run_wye("drill " + words + " -c " + config());
  }

  // Ten requests of each task, as the gateway records them.
  void write_store() const {
    const Result<LoadedFile> loaded = load_policy_without_secrets(config());
    ASSERT_TRUE(loaded && loaded->result.rules);
    const RulesPtr rules = drill_rules(*loaded->result.rules);
    Rehearsal rehearsal(rules, 1);
    for (int i = 0; i < 20; ++i) {
      Wish wish;
      wish.model = i % 2 == 0 ? "task/chat" : "task/alone";
      wish.key = drill_secret("app");
      Told told;
      int open = 1;
      start(rehearsal.send(wish, told, open));
      ASSERT_TRUE(rehearsal.universe().run_until([&] { return open == 0; }));
      ASSERT_EQ(told.status, 200) << told.body;
      rehearsal.universe().run_for(500);
    }
    const auto writer = open_sqlite_writer(store());
    ASSERT_TRUE(writer);
    for (const auto& [id, row] : rehearsal.store().records())
      ASSERT_TRUE((*writer)->append({&row, 1}));
  }

  std::filesystem::path folder_;
};

TEST_F(DrillCommand, SaysWhoSurvivesAndKeepsTheVerdict) {
  write_store();
  const Ran chat = drill("outage acme --task chat --for 10s");
  EXPECT_EQ(chat.code, 0) << chat.out;
  EXPECT_NE(chat.out.find("✓ SURVIVED   10 of 10 answered"), std::string::npos) << chat.out;
  EXPECT_NE(chat.out.find("10 recorded requests"), std::string::npos) << chat.out;
  EXPECT_NE(chat.out.find("bodies are not kept"), std::string::npos);
  const Ran alone = drill("outage acme --task alone --for 10s --expect success=50%");
  EXPECT_EQ(alone.code, 4) << alone.out;
  EXPECT_NE(alone.out.find("✗ NOT SURVIVED"), std::string::npos) << alone.out;
  const Ran listed = drill("list");
  EXPECT_EQ(listed.code, 0);
  EXPECT_NE(listed.out.find("not survived"), std::string::npos) << listed.out;
  EXPECT_NE(drill("show 1").out.find("✓ SURVIVED"), std::string::npos);
  const Ran last = drill("show last --json");
  EXPECT_EQ(last.code, 0);
  EXPECT_TRUE(last.out.starts_with("{\"at\":")) << last.out;
  EXPECT_NE(last.out.find(R"("task":"alone")"), std::string::npos);
  EXPECT_EQ(drill("show 9").code, 1);
}

TEST_F(DrillCommand, ExplainsWhatItCannotDo) {
  const Ran no_store = drill("outage acme");
  EXPECT_EQ(no_store.code, 1);
  EXPECT_NE(no_store.out.find("--synthetic"), std::string::npos) << no_store.out;
  EXPECT_EQ(drill("outage acme --synthetic 20 --for 5s").code, 4)
      << "half of them have no fallback";
  EXPECT_EQ(drill("outage acme --synthetic 20 --for 5s --task chat").code, 0);
  const Ran misspelt = drill("outage acmee --synthetic 5");
  EXPECT_EQ(misspelt.code, 1);
  EXPECT_NE(misspelt.out.find("did you mean \"acme\"?"), std::string::npos) << misspelt.out;
  const Ran unknown = drill("outtage acme");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.out.find("outage"), std::string::npos);
  EXPECT_EQ(drill("outage acme --task chatt").code, 2);
  EXPECT_EQ(drill("outage acme --for soon").code, 2);
  EXPECT_EQ(drill("outage acme --for 2h").code, 2);
  EXPECT_EQ(drill("outage acme --expect 99").code, 2);
  EXPECT_EQ(drill("outage").code, 2);
  const std::string nowhere = " --admin http://127.0.0.1:1";
  const Ran live = drill("outage acme --live --task chat" + nowhere);
  EXPECT_EQ(live.code, 5);
  EXPECT_NE(live.out.find("no wye answers at 127.0.0.1:1"), std::string::npos) << live.out;
  EXPECT_EQ(drill("stop" + nowhere).code, 5);
  EXPECT_EQ(drill("outtage acme --live" + nowhere).code, 2);
  EXPECT_EQ(drill("outage acme --live --expect 99" + nowhere).code, 2);
}

}  // namespace
}  // namespace wye
