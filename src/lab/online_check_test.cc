// The online check over real sockets: a simulated provider, and servers that say or do what no
// provider should.
#include "lab/online_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "config/load.h"
#include "config/test_support.h"
#include "io/test_loop.h"
#include "lab/provider_sim.h"

namespace wye {
namespace {

constexpr std::string_view secret = "hunter2hunter2hunter2";

// Answers every request with what the function gives, or never when that is "".
class Answering {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  Answering(Loop& loop, Answer answer) : loop_(loop), answer_(std::move(answer)) {
    port_ = *loop.listen("127.0.0.1", 0, 100, [this](std::unique_ptr<Stream> stream) {
      start(attend(std::move(stream)));
    });
  }
  std::uint16_t port() const { return port_; }

 private:
  Async<void> attend(std::unique_ptr<Stream> stream) {
    const std::string request = co_await test::hear_until(loop_, *stream, "\r\n\r\n");
    if (request.empty()) co_return;
    const std::string reply = answer_(request);
    if (reply.empty()) {
      co_await test::hear_all(loop_, *stream, 60'000);
    } else {
      co_await test::say(loop_, *stream, reply);
    }
  }

  Loop& loop_;
  Answer answer_;
  std::uint16_t port_ = 0;
};

std::string reply(int status, std::string_view type, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\ncontent-type: " + std::string(type) +
         "\r\ncontent-length: " + std::to_string(body.size()) + "\r\nconnection: close\r\n\r\n" +
         std::string(body);
}
std::string json_reply(int status, std::string_view body) {
  return reply(status, "application/json", body);
}

struct Found {
  std::vector<ProviderProbe> probes;
  std::vector<config::Diagnostic> diagnostics;
  std::string table, json;
  std::string codes() const {
    std::string out;
    for (const config::Diagnostic& one : diagnostics)
      out += (out.empty() ? "" : " ") + config::format_code(one.code);
    return out;
  }
  std::string all_text() const {
    std::string out = table + json;
    for (const config::Diagnostic& one : diagnostics) out += one.message + one.suggestion;
    return out;
  }
};

std::string address(std::uint16_t port) {
  return "http://127.0.0.1:" + std::to_string(port) + "/v1";
}

std::string provider_line(std::string_view name, std::string_view url,
                          std::string_view more = "kind: openai_compatible") {
  return "  " + std::string(name) + ": { " + std::string(more) + ", base_url: \"" +
         std::string(url) + "\", api_key: \"${env:KEY}\" }\n";
}

class OnlineCheck : public ::testing::Test {
 protected:
  // `providers` are lines of YAML; each gets a deployment of `model`.
  RulesPtr policy(const std::string& providers, std::string_view model = "sim-fast") {
    std::string text = "version: 1\nproviders:\n" + providers + "deployments:\n";
    std::size_t line = 0;
    while (line < providers.size()) {
      const std::string name = providers.substr(line + 2, providers.find(':', line) - line - 2);
      text += "  " + name + "-d: { provider: " + name + ", model: " + std::string(model) + " }\n";
      line = providers.find('\n', line) + 1;
    }
    const config::LoadResult loaded =
        config::load(text, "wye.yaml", config::test_catalog(),
                     config::test_environment({{"KEY", std::string(secret)}}));
    EXPECT_TRUE(loaded.rules) << config::format_text(loaded.diagnostics, "wye.yaml", text);
    return loaded.rules;
  }

  Found check(const RulesPtr& rules, DurationMs patience_ms = 10'000) {
    Found found;
    const auto client = make_http_client(*loop_);
    const auto story = [&](Loop& loop) -> Async<void> {
      found.probes = co_await probe_all(loop, *client, *rules, patience_ms);
    };
    test::run(*loop_, story);
    found.diagnostics = diagnose(found.probes, *rules, patience_ms).all();
    found.table = online_table(found.probes, *rules);
    found.json = online_json(found.probes, *rules);
    EXPECT_EQ(found.all_text().find(secret), std::string::npos) << found.all_text();
    return found;
  }
  Found check_answering(Answering::Answer answer, DurationMs patience_ms = 10'000) {
    const Answering server(*loop_, std::move(answer));
    return check(policy(provider_line("p", address(server.port()))), patience_ms);
  }

  std::uint16_t simulate(std::string_view key) {
    SimConfig config;
    config.api_key = key;
    config.models.front().name = "sim-fast";
    simulator_ = std::make_unique<ProviderSim>(*loop_, config);
    return *listen_provider_sim(*loop_, *simulator_, config);
  }

  std::unique_ptr<ProviderSim> simulator_;  // outlives the loop, which closes its connections
  std::unique_ptr<Loop> loop_ = test::new_loop();
};

TEST_F(OnlineCheck, AGoodProviderIsGood) {
  const std::uint16_t port = simulate(secret);
  const Found found = check(policy(provider_line("p", address(port))));
  EXPECT_EQ(found.codes(), "");
  EXPECT_EQ(found.probes[0].reached, Probed::yes);
  EXPECT_EQ(found.probes[0].tls, Probed::unknown);
  EXPECT_EQ(found.probes[0].key, Probed::yes);
  EXPECT_EQ(found.probes[0].models[0].offered, Probed::yes);
  EXPECT_NE(found.json.find(R"("reached":true,"tls":null,"key":true,"took_ms":)"),
            std::string::npos)
      << found.json;
  EXPECT_NE(found.json.find(R"({"name":"p-d","provider":"p","model":"sim-fast","offered":true})"),
            std::string::npos)
      << found.json;
  EXPECT_NE(found.table.find(address(port) + "  yes      -    yes  "), std::string::npos)
      << found.table;
}

TEST_F(OnlineCheck, EveryDialectAsksInItsOwnWay) {
  for (const std::string_view kind : {"anthropic", "google", "cohere", "mistral", "voyage"}) {
    std::string seen;
    const Found found = [&] {
      const Answering server(*loop_, [&](const std::string& request) {
        seen += request.substr(0, request.find("\r\n")) + "|";
        if (request.starts_with("POST")) return json_reply(400, R"({"detail":"input is missing"})");
        return json_reply(200, R"({"models":[{"name":"models/m-1"}]})");
      });
      return check(
          policy(provider_line("p", address(server.port()), "kind: " + std::string(kind)), "m-1"));
    }();
    EXPECT_EQ(found.codes(), "") << kind;
    EXPECT_EQ(found.probes[0].key, Probed::yes) << kind;
    const bool lists = kind != "voyage";
    EXPECT_EQ(found.probes[0].models[0].offered, lists ? Probed::yes : Probed::unknown) << kind;
    EXPECT_EQ(seen.starts_with(lists ? "GET /v1/models" : "POST /v1/embeddings"), true) << seen;
    loop_ = test::new_loop();
  }
}

TEST_F(OnlineCheck, ABadKeyIsRefused) {
  const Found found = check(policy(provider_line("p", address(simulate("another")))));
  EXPECT_EQ(found.codes(), "WYE1603");
  EXPECT_EQ(found.probes[0].key, Probed::no);
  EXPECT_EQ(found.diagnostics[0].where.line, 3);
  EXPECT_EQ(found.diagnostics[0].where.column, 3);
  EXPECT_FALSE(only_unreachable(found.diagnostics[0]));
}

TEST_F(OnlineCheck, AnUnknownModelHasASuggestion) {
  const Found found = check(policy(provider_line("p", address(simulate(secret))), "sim-fsat"));
  EXPECT_EQ(found.codes(), "WYE1606");
  EXPECT_EQ(found.diagnostics[0].where.line, 5);
  EXPECT_EQ(found.diagnostics[0].message, "provider \"p\" has no model \"sim-fsat\"");
  EXPECT_EQ(found.diagnostics[0].suggestion, "did you mean \"sim-fast\"?");
  EXPECT_EQ(found.probes[0].key, Probed::yes);
}

TEST_F(OnlineCheck, WhoCannotBeReachedIsTold) {
  std::uint16_t closed = 0;
  {
    const auto other = test::new_loop();
    closed = *other->listen("127.0.0.1", 0, 1, [](std::unique_ptr<Stream>) {});
  }
  const Found found = check(policy(provider_line("nowhere", "http://no-such-host.invalid/v1") +
                                   provider_line("closed", address(closed))));
  EXPECT_EQ(found.codes(), "WYE1601 WYE1601");
  for (const config::Diagnostic& one : found.diagnostics) EXPECT_TRUE(only_unreachable(one));
  EXPECT_NE(found.diagnostics[0].message.find("DNS lookup of no-such-host.invalid"),
            std::string::npos)
      << found.diagnostics[0].message;
}

TEST_F(OnlineCheck, TlsThatCannotBeAgreedOnIsTold) {
  const std::uint16_t port = simulate(secret);
  const Found found =
      check(policy(provider_line("p", "https://127.0.0.1:" + std::to_string(port) + "/v1")));
  EXPECT_EQ(found.codes(), "WYE1602");
  EXPECT_EQ(found.probes[0].reached, Probed::yes);
  EXPECT_EQ(found.probes[0].tls, Probed::no);
}

TEST_F(OnlineCheck, SilenceEndsInTimeAndHoldsNobodyUp) {
  const Answering silent(*loop_, [](const std::string&) { return std::string(); });
  const Found found = check(policy(provider_line("silent", address(silent.port())) +
                                   provider_line("good", address(simulate(secret)))),
                            1'000);
  EXPECT_EQ(found.codes(), "WYE1604");
  EXPECT_EQ(found.probes[1].models[0].offered, Probed::yes);
}

TEST_F(OnlineCheck, AnswersThatNoProviderGives) {
  for (const std::string& answer :
       {reply(200, "text/html", "<html>\x1b[2J\nwelcome</html>"), json_reply(200, "{}"),
        json_reply(200, R"({"data":7})"), json_reply(200, ""), json_reply(200, "[1,2"),
        json_reply(500, R"({"error":{"message":"boom"}})"), std::string("SSH-2.0-x\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nshort"),
        reply(404, "text/html", "no such page")}) {
    const Found found = check_answering([&](const std::string&) { return answer; });
    EXPECT_EQ(found.codes(), "WYE1605") << answer;
    EXPECT_EQ(found.all_text().find('\x1b'), std::string::npos);
    EXPECT_TRUE(only_unreachable(found.diagnostics.at(0)));
    loop_ = test::new_loop();
  }
}

TEST_F(OnlineCheck, WithoutAListTheKeyIsStillLookedAt) {
  const auto answer = [](int status) {
    return [status](const std::string& request) {
      if (request.starts_with("GET")) return json_reply(404, "{}");
      return json_reply(status, R"({"error":{"message":"model is required"}})");
    };
  };
  const Found good = check_answering(answer(400));
  EXPECT_EQ(good.codes(), "");
  EXPECT_EQ(good.probes[0].key, Probed::yes);
  EXPECT_EQ(good.probes[0].models[0].offered, Probed::unknown);
  loop_ = test::new_loop();
  const Found bad = check_answering(answer(401));
  EXPECT_EQ(bad.codes(), "WYE1603");
}

TEST_F(OnlineCheck, AModelMayHaveNamesThatTheListLeavesOut) {
  const Found found = check_answering([](const std::string& request) {
    if (request.find("/models/sim-fast ") != std::string::npos)
      return json_reply(200, R"({"id":"sim-fast-2026"})");
    return json_reply(200, R"({"data":[{"id":"sim-fast-2026"}]})");
  });
  EXPECT_EQ(found.codes(), "");
  EXPECT_EQ(found.probes[0].models[0].offered, Probed::yes);
}

TEST_F(OnlineCheck, WhoWouldNotTellIsAWarning) {
  for (const int status : {403, 429}) {
    const Found found = check_answering(
        [&](const std::string&) { return json_reply(status, R"({"error":{"message":"no"}})"); });
    EXPECT_EQ(found.codes(), "WYE1607") << status;
    EXPECT_EQ(found.diagnostics[0].severity, config::Severity::warning);
    loop_ = test::new_loop();
  }
}

TEST_F(OnlineCheck, AProviderThatRepeatsTheKeyIsNotRepeated) {
  const std::string told(secret);
  for (const std::string& message :
       {told, "key " + told + " is " + told, std::string(190, 'x') + told}) {
    for (const int status : {200, 400, 401, 403, 500}) {
      // check() looks through all that would be printed.
      const Found found = check_answering([&](const std::string&) {
        return json_reply(status, R"({"error":{"message":")" + message + "\"}}");
      });
      EXPECT_NE(found.codes(), "") << status;
      loop_ = test::new_loop();
    }
  }
}

}  // namespace
}  // namespace wye
