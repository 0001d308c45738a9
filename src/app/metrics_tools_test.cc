// The metrics as Prometheus's own programs see them: promtool finds nothing to complain about, and
// a real Prometheus scrapes them. Without the package prometheus (packages/test.txt) these tests
// fail.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "app/http_get.h"
#include "app/test_metrics.h"

namespace wye {
namespace {

bool is_installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

// A program on its own, ended by its id.
class Child {
 public:
  Child(std::vector<std::string> words, const std::string& output) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    EXPECT_EQ(posix_spawnp(&id_, words[0].c_str(), &actions, nullptr, arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  pid_t id_ = 0;
};

std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof address;
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), bytes), 0);
  EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &bytes), 0);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class MetricsTools : public MetricsServer {
 protected:
  // Exit code of a shell command; what it said is in said().
  int shell(const std::string& command) {
    return std::system((command + " > " + said_path() + " 2>&1").c_str());
  }
  std::string said() const { return contents(said_path()); }
  std::string said_path() const { return folder_ / "said"; }
};

TEST_F(MetricsTools, PromtoolFindsNothing) {
  ASSERT_TRUE(is_installed("promtool")) << "install the Debian package prometheus";
  send_requests();
  std::ofstream(folder_ / "metrics") << scrape().text;
  const std::string file = folder_ / "metrics";
  EXPECT_EQ(shell("promtool check metrics < " + file), 0) << said();
  EXPECT_EQ(said(), "");
  EXPECT_EQ(shell("promtool check rules examples/prometheus/alerts.yaml"), 0) << said();
}

TEST_F(MetricsTools, AlertsAskForMetricsThatThereAre) {
  const Scrape seen = scrape();
  const std::string alerts = contents("examples/prometheus/alerts.yaml");
  const auto known = [&](const std::string& name) {
    return std::any_of(seen.families.begin(), seen.families.end(), [&](const std::string& family) {
      return name == family || name == family + "_bucket";
    });
  };
  int found = 0;
  for (std::size_t at = alerts.find("wye_"); at != std::string::npos;
       at = alerts.find("wye_", at + 1)) {
    const std::size_t end = alerts.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
    EXPECT_TRUE(known(alerts.substr(at, end - at))) << alerts.substr(at, end - at);
    ++found;
  }
  EXPECT_GT(found, 10);
}

TEST_F(MetricsTools, TheManualHasEveryFamily) {
  const std::string manual = contents("docs/operating.md");
  const Scrape seen = scrape();
  ASSERT_GT(seen.families.size(), 30U);
  for (const std::string& family : seen.families) {
    EXPECT_NE(manual.find("`" + family + "`"), std::string::npos) << family;
  }
}

TEST_F(MetricsTools, APrometheusScrapesThem) {
  ASSERT_TRUE(is_installed("prometheus")) << "install the Debian package prometheus";
  const int sent = send_requests();
  const std::string config = folder_ / "prometheus.yml";
  std::ofstream(config) << "scrape_configs:\n- job_name: wye\n  scrape_interval: 500ms\n"
                           "  scrape_timeout: 500ms\n  static_configs:\n  - targets: ['127.0.0.1:"
                        << ports_.admin << "']\n";
  const std::uint16_t port = free_port();
  const std::string data = folder_ / "data";
  const Child prometheus({"prometheus", "--config.file=" + config, "--storage.tsdb.path=" + data,
                          "--web.listen-address=127.0.0.1:" + std::to_string(port)},
                         said_path());
  const auto query = [&](const std::string& text) {
    const Result<HttpPage> page = http_get("127.0.0.1", port, "/api/v1/query?query=" + text, 2'000);
    return page ? page->body : std::string();
  };
  const std::string all = ",\"" + std::to_string(sent) + "\"]";
  EXPECT_TRUE(eventually([&] {
    return query("sum(wye_requests_total)").find(all) != std::string::npos;
  })) << said();
  EXPECT_NE(query("up").find(",\"1\"]"), std::string::npos);
  const std::string open = query("wye_deployment_circuit_state==2");
  EXPECT_NE(open.find("\"deployment\":\"broken\""), std::string::npos) << open;
}

}  // namespace
}  // namespace wye
