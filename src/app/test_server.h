// Test server, for tests only: the whole server on a thread of its own over real sockets, a
// provider simulator beside it, and a client that waits. One test owns it.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "app/load_policy.h"
#include "app/log.h"
#include "app/server.h"
#include "io/loop.h"
#include "io/store.h"
#include "lab/provider_sim.h"

namespace wye {

using namespace std::chrono_literals;

// A provider on a port of its own: unless told otherwise, the model "fast" answers at once and
// "slow" takes its time.
class FakeProvider {
 public:
  FakeProvider() : FakeProvider(two_models()) {}
  explicit FakeProvider(const SimConfig& config) {
    loop_ = std::move(*make_loop(63));
    simulator_ = std::make_unique<ProviderSim>(*loop_, config);
    port_ = *listen_provider_sim(*loop_, *simulator_, config);
    thread_ = std::thread([this] { loop_->run(); });
  }
  ~FakeProvider() {
    loop_->stop();
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  static SimConfig two_models() {
    SimConfig config;
    SimModel slow;
    slow.name = "slow";
    slow.tokens_per_second = 10;
    slow.words_min = slow.words_max = 100;
    config.models = {SimModel{}, slow};
    return config;
  }

  std::unique_ptr<Loop> loop_;
  std::unique_ptr<ProviderSim> simulator_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// A client that waits; every wait ends after ten seconds.
class Client {
 public:
  explicit Client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(descriptor_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  void say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Until `text` was heard, or nothing comes any more.
  std::string hear_until(std::string_view text) {
    std::string all;
    while (text.empty() || all.find(text) == std::string::npos) {
      const std::string some = hear_some();
      if (some.empty()) break;
      all += some;
    }
    return all;
  }
  std::string hear_all() { return hear_until({}); }
  // One answer whose length is told.
  std::string hear_answer() {
    std::string all = hear_until("\r\n\r\n");
    const std::size_t head_bytes = all.find("\r\n\r\n") + 4;
    const std::size_t told = all.find("content-length: ");
    if (told == std::string::npos) return all;
    const std::size_t whole = head_bytes + std::stoul(all.substr(told + 16));
    while (all.size() < whole) {
      const std::string more = hear_some();
      if (more.empty()) break;
      all += more;
    }
    return all;
  }

 private:
  std::string hear_some() {
    char some[4096];
    const ssize_t got = ::recv(descriptor_, some, sizeof some, 0);
    return got <= 0 ? std::string() : std::string(some, static_cast<std::size_t>(got));
  }

  int descriptor_;
  bool connected_ = false;
};

inline std::string chat(std::string_view model, bool stream, std::string_view more_lines = {},
                        std::string_view more_members = {}) {
  const std::string body = std::string(R"({"model":")") + std::string(model) +
                           R"(","messages":[{"role":"user","content":"hi"}])" +
                           std::string(more_members) + (stream ? R"(,"stream":true})" : "}");
  return "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n" + std::string(more_lines) +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline constexpr std::string_view closing = "connection: close\r\n";

inline std::string ask(std::uint16_t port, const std::string& request) {
  Client client(port);
  client.say(request);
  return client.hear_all();
}
inline std::string page(std::uint16_t port, std::string_view path) {
  return ask(port, "GET " + std::string(path) + " HTTP/1.1\r\nhost: localhost\r\n" +
                       std::string(closing) + "\r\n");
}
inline bool is(const std::string& answer, int status) {
  return answer.starts_with("HTTP/1.1 " + std::to_string(status));
}
inline std::string header(const std::string& answer, const std::string& name) {
  const std::size_t at = answer.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t from = at + name.size() + 4;
  return answer.substr(from, answer.find("\r\n", from) - from);
}

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { log::set_up("off"); }

  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "wye-server-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override {
    if (running_.valid()) stop();
    std::filesystem::remove_all(folder_);
  }

  std::string config_path() const { return folder_ / "wye.yaml"; }
  std::string store_path() const { return folder_ / "wye.db"; }

  void write_policy(std::string_view drain, std::string_view more_server = {},
                    std::string_view comment = {}) {
    std::ofstream file(config_path());
    file << "version: 1\nserver:\n  listen: 127.0.0.1:0\n  admin_listen: 127.0.0.1:0\n"
         << "  threads: 2\n  timeouts: { drain: " << drain << " }\n"
         << more_server << "store: { path: " << store_path() << " }\n"
         << "providers: { sim: { kind: openai_compatible, base_url: \"http://127.0.0.1:"
         << provider_.port() << "/v1\" } }\n"
         << "deployments: { fast: { provider: sim, model: fast }, slow: { provider: sim, model: "
            "slow } }\n# "
         << comment << "\n";
  }

  // Serves what config_path() says.
  void serve() {
    ServerOptions options;
    options.version = "1.2.3";
    options.config_path = config_path();
    options.quiet = true;
    options.load = [path = config_path()] {
      return load_policy_file(path, {.secrets_required = true});
    };
    // Shared: the server may still be in set_value() when this function is over.
    const auto listening = std::make_shared<std::promise<ServerPorts>>();
    options.on_listening = [listening](ServerPorts ports) { listening->set_value(ports); };
    std::future<ServerPorts> ports = listening->get_future();
    server_ = make_server(std::move(options));
    running_ = std::async(std::launch::async, [this] {
      const Result<void> ended = server_->run();
      EXPECT_TRUE(ended) << ended.error().message;
    });
    ASSERT_EQ(ports.wait_for(30s), std::future_status::ready);
    ports_ = ports.get();
  }
  static void send_stop_signal() { ::kill(::getpid(), SIGTERM); }
  bool stopped_within(std::chrono::milliseconds time) {
    const bool ready = running_.wait_for(time) == std::future_status::ready;
    if (ready) {
      running_.get();
      server_.reset();
    }
    return ready;
  }
  void stop() {
    send_stop_signal();
    EXPECT_TRUE(stopped_within(30s));
  }
  // Of the policy in force, as an answer tells it.
  std::string policy_in_force() const {
    return header(ask(ports_.api, chat("fast", false, closing)), "x-wye-policy");
  }
  StoredRecord newest() {
    auto store = open_sqlite_reader(store_path());
    EXPECT_TRUE(store);
    if (!store) return {};
    const auto last = (*store)->last();
    EXPECT_TRUE(last && *last);
    return last && *last ? **last : StoredRecord{};
  }

  FakeProvider provider_;
  std::filesystem::path folder_;
  std::unique_ptr<Server> server_;
  std::future<void> running_;
  ServerPorts ports_;
};

}  // namespace wye
