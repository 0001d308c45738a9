// The whole server over real sockets, two loops and a real store: it serves, takes good files over
// and bad ones not, and ends in order.
#include "app/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "app/status_table.h"
#include "app/test_server.h"

namespace wye {
namespace {

// Asks one request after the other on connections of their own, until it is told to stop. The
// second of them wants streams, and so does every other after it.
class SteadyClients {
 public:
  SteadyClients(std::uint16_t port, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, port, stream = i % 2 == 1] {
        while (!stopping_) ++count_of(ask(port, chat("fast", stream, closing)), stream);
      });
    }
  }
  ~SteadyClients() { stop(); }
  void stop() {
    stopping_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  int good() const { return good_; }
  int refused() const { return refused_; }  // in words, or nobody listens
  int bad() const { return bad_; }          // anything else, such as half an answer

 private:
  std::atomic<int>& count_of(const std::string& answer, bool stream) {
    if (answer.empty() || is(answer, 503)) return refused_;
    const bool whole = !stream || answer.find("data: [DONE]") != std::string::npos;
    return is(answer, 200) && whole ? good_ : bad_;
  }

  std::atomic<bool> stopping_ = false;
  std::atomic<int> good_ = 0;
  std::atomic<int> refused_ = 0;
  std::atomic<int> bad_ = 0;
  std::vector<std::thread> threads_;
};

// The names of this process's threads.
std::set<std::string> thread_names() {
  std::set<std::string> names;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(thread.path() / "comm");
    std::string name;
    if (std::getline(file, name)) names.insert(name);
  }
  return names;
}

TEST_F(ServerTest, EachThreadHasItsName) {
  write_policy("5s");
  serve();
  for (const char* name : {"wye-loop-1", "wye-books", "wye-checkpoint"})
    EXPECT_TRUE(eventually([&] { return thread_names().contains(name); })) << name;
}

TEST_F(ServerTest, ReloadsUnderSteadyRequests) {
  write_policy("5s");
  serve();
  SteadyClients clients(ports_.api, 3);
  const std::string first = policy_in_force();
  EXPECT_FALSE(first.empty());
  EXPECT_TRUE(is(page(ports_.api, "/readyz"), 200));

  write_policy("5s", "  limits: { body: 2KiB }\n");
  EXPECT_TRUE(eventually([&] { return policy_in_force() != first; }));
  const std::string second = policy_in_force();
  const std::string large =
      "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4096\r\n\r\n";
  EXPECT_TRUE(eventually([&] { return is(ask(ports_.api, large), 413); }))
      << "limits are taken over";

  std::ofstream(config_path()) << "version: 1\nservers: {}\n";
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(policy_in_force(), second);
  std::filesystem::remove(config_path());
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(policy_in_force(), second);

  write_policy("5s", {}, "back again");
  EXPECT_TRUE(eventually([&] { return policy_in_force() != second; }));
  clients.stop();
  EXPECT_GT(clients.good(), 10);
  EXPECT_EQ(clients.bad() + clients.refused(), 0);
  stop();
  EXPECT_EQ(newest().status, 200);
}

// All that two loops share is touched at once: this is what the thread sanitizer is run for.
TEST_F(ServerTest, ReloadsAndDrainsWhileClientsGoOn) {
  write_policy("20s");
  serve();
  SteadyClients clients(ports_.api, 4);
  for (const std::string_view comment : {"one", "two", "three"}) {
    const std::string before = policy_in_force();
    const int good = clients.good();
    write_policy("20s", {}, comment);
    EXPECT_TRUE(eventually([&] { return policy_in_force() != before; })) << comment;
    EXPECT_TRUE(eventually([&] { return clients.good() > good; }));
  }
  send_stop_signal();
  EXPECT_TRUE(stopped_within(30s));
  clients.stop();
  EXPECT_GT(clients.good(), 10);
  EXPECT_EQ(clients.bad(), 0);
}

TEST_F(ServerTest, DrainsWhatHasBegunAndSaysThatItDrains) {
  write_policy("20s");
  serve();
  const std::string request = chat("fast", false);
  Client uploading(ports_.api);
  uploading.say(request.substr(0, request.size() - 5));
  Client kept_alive(ports_.api);
  kept_alive.say(request);
  EXPECT_TRUE(is(kept_alive.hear_answer(), 200));
  std::this_thread::sleep_for(50ms);

  send_stop_signal();
  EXPECT_TRUE(eventually([&] { return is(page(ports_.admin, "/readyz"), 503); }));
  EXPECT_TRUE(is(page(ports_.api, "/readyz"), 503));
  EXPECT_TRUE(is(page(ports_.admin, "/livez"), 200));
  EXPECT_TRUE(is(page(ports_.api, "/livez"), 200));
  Client fresh(ports_.api);
  for (Client* client : {&kept_alive, &fresh}) {
    client->say(request);
    const std::string refused = client->hear_all();
    EXPECT_TRUE(is(refused, 503)) << refused;
    EXPECT_EQ(header(refused, "connection"), "close");
    EXPECT_EQ(header(refused, "x-wye-error-class"), "shutting_down");
  }
  EXPECT_FALSE(stopped_within(100ms));

  uploading.say(request.substr(request.size() - 5));
  EXPECT_TRUE(is(uploading.hear_all(), 200));
  EXPECT_TRUE(stopped_within(5s));
  EXPECT_FALSE(Client(ports_.api).connected());
}

TEST_F(ServerTest, AStreamThatOutlastsTheDrainIsCutByName) {
  write_policy("300ms");
  serve();
  Client client(ports_.api);
  client.say(chat("slow", true));
  EXPECT_TRUE(is(client.hear_until("data:"), 200));
  send_stop_signal();
  const std::string rest = client.hear_all();
  EXPECT_NE(rest.find("{\"error\":"), std::string::npos) << rest;
  EXPECT_EQ(rest.find("[DONE]"), std::string::npos);
  EXPECT_TRUE(stopped_within(5s));
  EXPECT_EQ(newest().fault, "shutting_down");
  EXPECT_EQ(newest().deployment, "slow");
}

TEST_F(ServerTest, ASecondSignalCutsAtOnce) {
  write_policy("60s");
  serve();
  Client client(ports_.api);
  client.say(chat("slow", false));
  std::this_thread::sleep_for(100ms);
  send_stop_signal();
  EXPECT_FALSE(stopped_within(200ms));
  send_stop_signal();
  EXPECT_TRUE(is(client.hear_all(), 503));
  EXPECT_TRUE(stopped_within(5s));
  EXPECT_EQ(newest().fault, "shutting_down");
}

// What the log says while the file on disk is broken, put back, taken away and put back again.
class ServerLog : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    testing::internal::CaptureStderr();
    log::set_up("info");
  }
  void TearDown() override {
    ServerTest::TearDown();
    if (!taken_) take_log();
  }
  std::string take_log() {
    taken_ = true;
    log::set_up("off");
    return testing::internal::GetCapturedStderr();
  }
  std::string status() const { return page(ports_.admin, "/admin/v1/status"); }
  bool rejected() const {
    return status().find("\"config_rejected_since\":\"2") != std::string::npos;
  }

 private:
  bool taken_ = false;
};

TEST_F(ServerLog, TellsWhatBecameOfTheFileOneTimedLineAnEvent) {
  write_policy("5s");
  serve();
  EXPECT_FALSE(rejected());
  std::ofstream(config_path(), std::ios::app) << "severs: {}\n";
  EXPECT_TRUE(eventually([&] { return rejected(); }));
  EXPECT_NE(page(ports_.admin, "/metrics").find("\nwye_config_last_reload_success 0"),
            std::string::npos);
  const std::string broken = status();
  const auto table = status_table(broken.substr(broken.find("\r\n\r\n") + 4), false);
  ASSERT_TRUE(table) << broken;
  EXPECT_NE(table->find(config_path() + ": the file on disk has errors, or is gone, since 2"),
            std::string::npos)
      << *table;
  write_policy("5s");
  EXPECT_TRUE(eventually([&] { return !rejected(); }));
  std::filesystem::rename(config_path(), folder_ / "away");
  EXPECT_TRUE(eventually([&] { return rejected(); }));
  std::filesystem::rename(folder_ / "away", config_path());
  EXPECT_TRUE(eventually([&] { return !rejected(); })) << "though its content is the same";
  const std::string policy = policy_in_force().substr(0, 12);
  stop();
  const std::string said = take_log();
  for (const std::string& part :
       {" info wye 1.2.3 listens on 127.0.0.1:" + std::to_string(ports_.api) +
            ", admin pages on 127.0.0.1:" + std::to_string(ports_.admin) + ", policy " + policy,
        " error " + config_path() + " has errors (file change); policy " + policy +
            " stays in force\n",
        " error " + config_path() + ":11:1 error WYE1102 unknown key \"severs\"",
        " info " + config_path() + " is again what is in force, policy " + policy +
            " (file change)\n",
        " error " + config_path() + " is gone; policy " + policy + " stays in force\n"}) {
    EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
  }
  const std::regex event(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warning|error) .+)");
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(std::regex_match(line, event)) << line;
}

TEST_F(ServerTest, AnIdleServerStopsAtOnce) {
  write_policy("60s");
  serve();
  Client idle(ports_.api);
  EXPECT_TRUE(idle.connected());
  send_stop_signal();
  EXPECT_TRUE(stopped_within(2s));
  EXPECT_EQ(idle.hear_all(), "");
}

}  // namespace
}  // namespace wye
