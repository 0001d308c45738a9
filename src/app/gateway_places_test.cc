#include "app/gateway_places.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/test_command.h"

namespace wye {
namespace {

constexpr std::string_view good_policy =
    "version: 1\n"
    "server: { listen: \"127.0.0.1:3\", admin_listen: \"127.0.0.1:2\" }\n"
    "store: { path: some.db }\n"
    "providers: { sim: { kind: simulator } }\n"
    "deployments: { d: { provider: sim, model: m } }\n"
    "tasks: { t: { route: d } }\n";

class GatewayPlaces : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "wye-places-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string config() const { return folder_ / "wye.yaml"; }
  void write(std::string_view text) const { std::ofstream(config()) << text; }
  // The policy with something in it that is an error.
  void write_broken(std::string_view from, std::string_view to) const {
    std::string text(good_policy);
    text.replace(text.find(from), from.size(), to);
    write(text);
  }
  // host:port, or what is wrong; what went to stderr is in said_.
  std::string listener(const std::string& named = {}) {
    testing::internal::CaptureStderr();
    const Result<ListenAddress> found = admin_address(named, config());
    said_ = testing::internal::GetCapturedStderr();
    return found ? found->host + ":" + std::to_string(found->port) : found.error().message;
  }
  std::string store(const std::string& named = {}) {
    testing::internal::CaptureStderr();
    const Result<std::string> found = store_to_read(named, config());
    said_ = testing::internal::GetCapturedStderr();
    return found ? *found : found.error().message;
  }

  std::filesystem::path folder_;
  std::string said_;
};

TEST_F(GatewayPlaces, AreReadFromAFileWithErrorsToo) {
  write(good_policy);
  EXPECT_EQ(listener(), "127.0.0.1:2");
  EXPECT_EQ(said_, "");
  for (const auto& [from, to] : {std::pair{"tasks", "taskss"}, {"provider: sim", "provider: no"}}) {
    write_broken(from, to);
    EXPECT_EQ(listener(), "127.0.0.1:2") << to;
    EXPECT_EQ(said_, config() + " has errors; `wye check " + config() + "` shows them\n");
  }
  write_broken("path: some.db", "path: /some.db }\nseverr: {");
  EXPECT_EQ(store(), "/some.db");
  EXPECT_NE(said_.find("has errors"), std::string::npos) << said_;
  write("version: 1\ntaskss: {}\n");
  EXPECT_EQ(listener(), "127.0.0.1:8081") << "what the file leaves out is what it is by default";
}

TEST_F(GatewayPlaces, CanBeNamedWhereTheFileDoesNotTellThem) {
  for (const std::string_view text : {"server: [\n", "7\n", ""}) {
    write(text);
    EXPECT_NE(listener().find("--admin"), std::string::npos) << text;
    EXPECT_NE(store().find("--store"), std::string::npos) << text;
  }
  write_broken("127.0.0.1:2", "nowhere");
  EXPECT_NE(listener().find("--admin"), std::string::npos) << "not the default: it is not meant";
  std::filesystem::remove(config());
  EXPECT_NE(listener().find("--admin"), std::string::npos);
  EXPECT_NE(store().find("--store"), std::string::npos);
  EXPECT_EQ(listener("http://[::1]:7"), "::1:7");
  EXPECT_EQ(store("/named.db"), "/named.db");
  EXPECT_EQ(said_, "");
}

TEST_F(GatewayPlaces, WhatStandsInPlaceOfASectionIsNotPassedOver) {
  write_broken("{ path: some.db }", "some.db");
  EXPECT_NE(store().find("--store"), std::string::npos) << "the usual store may be another's";
  write_broken("{ listen: \"127.0.0.1:3\", admin_listen: \"127.0.0.1:2\" }", "127.0.0.1:3");
  EXPECT_NE(listener().find("--admin"), std::string::npos);
}

TEST_F(GatewayPlaces, AStoreThatIsNotThereIsNamedInFull) {
  write(good_policy);
  const std::string absolute = std::filesystem::absolute("some.db");
  const std::string said = store();
  for (const std::string_view part :
       {std::string_view(absolute), std::string_view("working directory of the gateway"),
        std::string_view("--store")}) {
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
  EXPECT_EQ(store_to_read({}, config()).error().kind, FaultKind::store);
}

// What the commands make of it.
TEST_F(GatewayPlaces, CommandsGoOnWithABrokenFile) {
  if (std::getenv("WYE_BINARY") == nullptr) GTEST_SKIP() << "WYE_BINARY does not name the binary";
  write_broken("tasks", "taskss");
  const Ran status = run_wye("status -c " + config());
  EXPECT_EQ(status.code, 5) << status.out;
  EXPECT_NE(status.out.find("no wye answers at 127.0.0.1:2"), std::string::npos) << status.out;
  for (const std::string verb : {"why", "drill list"}) {
    const Ran ran = run_wye(verb + " -c " + config());
    EXPECT_EQ(ran.code, 1) << ran.out;
    EXPECT_NE(ran.out.find("there is no store /"), std::string::npos) << ran.out;
  }
}

}  // namespace
}  // namespace wye
