// Test metrics, for tests only: a server whose deployments fail in different ways, requests that
// meet every one of them, and a scrape that can be asked for its numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/test_server.h"

namespace wye {

inline std::string labelled(const std::string& name, std::initializer_list<std::string> pairs) {
  std::string series = name + "{";
  bool is_name = true;
  for (const std::string& part : pairs) {
    if (is_name && series.back() != '{') series += ",";
    series += is_name ? part + "=\"" : part + "\"";
    is_name = !is_name;
  }
  return series + "}";
}

// What GET /metrics said: value by series, "name{label=\"value\"}".
class Scrape {
 public:
  explicit Scrape(const std::string& answer) : text(answer.substr(answer.find("\r\n\r\n") + 4)) {
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = text.find('\n', at);
      const std::string line = text.substr(at, end - at);
      at = end + 1;
      if (line.starts_with("# TYPE ")) families.push_back(line.substr(7, line.rfind(' ') - 7));
      if (line.starts_with("#")) continue;
      const std::size_t space = line.rfind(' ');
      EXPECT_TRUE(values.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second)
          << "twice: " << line;
    }
  }
  // 0 for a series that is not there.
  double of(const std::string& series) const {
    const auto found = values.find(series);
    return found == values.end() ? 0 : found->second;
  }
  // Of all series of a family.
  double sum(const std::string& name) const {
    double all = 0;
    for (const auto& [series, value] : values) {
      if (series == name || series.starts_with(name + "{")) all += value;
    }
    return all;
  }

  std::string text;
  std::vector<std::string> families;
  std::map<std::string, double> values;
};

class MetricsServer : public ServerTest {
 protected:
  MetricsServer() : faulty_(faulty_models()) {}

  void SetUp() override {
    ServerTest::SetUp();
    std::ofstream(config_path()) << policy();
    serve();
  }

  static SimConfig faulty_models() {
    auto config = parse_sim_config(R"({"models":[
        {"name":"*"},
        {"name":"broken","faults":["status_500"]},
        {"name":"limited","faults":[{"kind":"rate_limit","retry_after_ms":60000}]},
        {"name":"cutting","faults":[{"kind":"cut","count":1}]},
        {"name":"halved","faults":[{"kind":"truncated_json","count":1}]},
        {"name":"late","ttft_ms":400}]})");
    EXPECT_TRUE(config) << config.error().message;
    return config ? *config : SimConfig{};
  }

  std::string policy() const {
    return R"(version: 1
server: { listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", threads: 2 }
store: { path: )" +
           store_path() + R"( }
providers:
  sim: { kind: openai_compatible, base_url: "http://127.0.0.1:)" +
           std::to_string(faulty_.port()) + R"(/v1" }
deployments:
  broken: { provider: sim, model: broken, price: { input: $1/M, output: $2/M } }
  limited: { provider: sim, model: limited, price: { input: $1/M, output: $2/M } }
  cutting: { provider: sim, model: cutting, price: { input: $1/M, output: $2/M } }
  halved: { provider: sim, model: halved, price: { input: $3/M, output: $6/M } }
  fast: { provider: sim, model: fast, price: { input: $3/M, output: $6/M } }
routes:
  shaky: [broken, fast]
tasks:
  chat: { route: shaky }
  busy: { route: [limited], fallbacks: [{ degrade: { to: fast } }] }
  stream: { route: [cutting, fast] }
  json: { route: [halved], output: { json: true, on_invalid: [repair] } }
  hopeless: { route: [broken] }
reliability:
  retries: { max: 1, backoff: 1ms..2ms }
  circuit_breaker: { consecutive: 3, cooldown: 60s..60s }
baseline: { single: halved }
)";
  }

  // Meets every fault; gives how many requests these were.
  int send_requests() {
    int sent = 0;
    const auto send = [&](std::string_view model, bool stream, int status,
                          std::string_view members = {}) {
      ++sent;
      const std::string answer = ask(ports_.api, chat(model, stream, closing, members));
      EXPECT_TRUE(is(answer, status)) << model << "\n" << answer;
    };
    for (int i = 0; i < 3; ++i) send("task/chat", false, 200);
    send("task/busy", false, 200);
    // The loops hear of the limit soon, not at once.
    const std::string limited = labelled("wye_deployment_limited", {"deployment", "limited"});
    EXPECT_TRUE(eventually([&] { return scrape().of(limited) == 1; }));
    send("task/busy", false, 200);
    send("task/stream", true, 200);
    send("task/json", false, 200, R"(,"response_format":{"type":"json_object"})");
    send("fast", true, 200);
    send("task/hopeless", false, 503);
    send("nobody", false, 404);
    return sent;
  }

  Scrape scrape() { return Scrape(page(ports_.admin, "/metrics")); }

  FakeProvider faulty_;
};

}  // namespace wye
