// What an operator permits in a minute, held by two loops that each know of the other's requests
// only through what they share.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "app/test_server.h"

namespace wye {
namespace {

class MinuteLimitTest : public ServerTest {
 protected:
  void serve_with(std::string_view limits) {
    write_policy("5s");
    std::ifstream file(config_path());
    std::string text(std::istreambuf_iterator<char>(file), {});
    const std::string_view model = "model: fast";
    text.insert(text.find(model) + model.size(), ", limits: { " + std::string(limits) + " }");
    std::ofstream(config_path()) << text;
    serve();
  }
  bool is_served() { return is(ask(ports_.api, chat("fast", false, closing)), 200); }
};

TEST_F(MinuteLimitTest, OneAfterTheOtherNoneIsLostBetweenItsEndAndTheBooks) {
  serve_with("rpm: 10");
  int served = 0;
  for (int i = 0; i < 30; ++i) served += is_served() ? 1 : 0;
  EXPECT_EQ(served, 10);
}

TEST_F(MinuteLimitTest, ManyAtOnceAreNoMoreThanThat) {
  serve_with("rpm: 20");
  std::atomic<int> served = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 10; ++j) served += is_served() ? 1 : 0;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_LE(served, 20);
  EXPECT_GE(served, 15) << "what is left may be used";
}

TEST_F(MinuteLimitTest, NoMoreTokensAreUsedThanThat) {
  serve_with("tpm: 4000");
  std::int64_t used = 0;
  bool refused = false;
  for (int i = 0; i < 200 && !refused; ++i) {
    const std::string answer = ask(ports_.api, chat("fast", false, closing));
    refused = !is(answer, 200);
    const std::size_t at = answer.find("\"total_tokens\":");
    if (at != std::string::npos) used += std::stoll(answer.substr(at + 15));
  }
  EXPECT_TRUE(refused);
  EXPECT_GT(used, 0);
  EXPECT_LE(used, 4000);
}

}  // namespace
}  // namespace wye
