// Live drills over the real server: who may start them, what is refused, that they end by the
// clock, and that their verdicts are kept, also when the server ends first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "app/test_command.h"
#include "app/test_server.h"
#include "io/drill_store.h"
#include "wire/json_schema.h"

namespace wye {
namespace {

class LiveDrills : public ServerTest {
 protected:
  static void SetUpTestSuite() {
    ServerTest::SetUpTestSuite();
    ::setenv("WYE_TEST_OPS", "ops-secret", 1);
    ::setenv("WYE_TEST_APP", "app-secret", 1);
  }

  void write_drill_policy(std::string_view tasks, bool with_keys = true) {
    std::ofstream file(config_path());
    file << "version: 1\nserver:\n  listen: 127.0.0.1:0\n  admin_listen: 127.0.0.1:0\n"
         << "  threads: 2\n  timeouts: { drain: 5s }\nstore: { path: " << store_path() << " }\n"
         << "providers:\n";
    for (const char* name : {"one", "two"}) {
      file << "  " << name
           << ": { kind: openai_compatible, base_url: \"http://127.0.0.1:" << provider_.port()
           << "/v1\" }\n";
    }
    if (with_keys) {
      file << "keys:\n  ops: { secret: \"${env:WYE_TEST_OPS}\", roles: [drill] }\n"
           << "  app: { secret: \"${env:WYE_TEST_APP}\" }\n";
    }
    file << "deployments: { first: { provider: one, model: fast }, second: { provider: two, model: "
            "fast } }\n"
         << tasks;
  }
  static constexpr std::string_view chat_task =
      "tasks: { chat: { route: first, fallbacks: [ { to: second } ] } }\n";

  std::string drills(const std::string& method, const std::string& path, const std::string& key,
                     const std::string& body = {}) {
    return ask(ports_.admin,
               method + " /admin/v1/drills" + path + " HTTP/1.1\r\nhost: localhost\r\n" +
                   (key.empty() ? "" : "authorization: Bearer " + key + "\r\n") +
                   std::string(closing) + "content-length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body);
  }
  std::string post(const std::string& body, const std::string& key = "ops-secret") {
    return drills("POST", "", key, body);
  }
  static std::string order(const std::string& duration, const std::string& share = "25%") {
    return R"({"fault":"outage","target":"one","tasks":["chat"],"for":")" + duration +
           R"(","share":")" + share + "\"}";
  }
  static std::string id_in(const std::string& answer) {
    const std::size_t at = answer.find("drill_");
    return at == std::string::npos ? "" : answer.substr(at, answer.find_first_of("\"\r", at) - at);
  }
  // As its OpenAPI document says.
  void check_against_document(const std::string& name, const std::string& answer) {
    const auto body = [](const std::string& whole) {
      return whole.substr(whole.find("\r\n\r\n") + 4);
    };
    std::string document = body(page(ports_.admin, "/admin/v1/openapi.json"));
    document.insert(1, R"("allOf":[{"$ref":"#/components/schemas/)" + name + R"("}],)");
    const auto schema = JsonSchema::read(document);
    ASSERT_TRUE(schema) << schema.error().message;
    const Result<void> checked = (*schema)->check(body(answer));
    EXPECT_TRUE(checked) << name << ": " << checked.error().message << "\n" << answer;
  }
  // Until some request was struck; the id of the drill that did.
  std::string strike() {
    for (int i = 0; i < 200; ++i) {
      const std::string told = ask(
          ports_.api,
          chat("task/chat", false, "authorization: Bearer app-secret\r\nconnection: close\r\n"));
      EXPECT_TRUE(is(told, 200)) << told;
      if (std::string id = header(told, "x-wye-drill"); !id.empty()) {
        EXPECT_EQ(header(told, "x-wye-deployment"), "second");
        return id;
      }
    }
    return {};
  }
};

TEST_F(LiveDrills, OnlyAKeyWithTheRoleStartsAndStopsThem) {
  write_drill_policy(chat_task);
  serve();
  const std::string stranger = post(order("60s"), "nobody");
  EXPECT_TRUE(is(stranger, 401)) << stranger;
  EXPECT_TRUE(is(post(order("60s"), ""), 401));
  const std::string app = post(order("60s"), "app-secret");
  EXPECT_TRUE(is(app, 403)) << app;
  EXPECT_NE(app.find("the key \\\"app\\\" has not the role drill"), std::string::npos) << app;
  EXPECT_NE(app.find("roles: [drill]"), std::string::npos) << app;

  const std::string started = post(order("60s"));
  ASSERT_TRUE(is(started, 201)) << started;
  const std::string id = id_in(started);
  EXPECT_EQ(strike(), id);
  EXPECT_TRUE(is(post(order("60s")), 409));
  EXPECT_TRUE(is(drills("DELETE", "/" + id, "app-secret"), 403));
  EXPECT_TRUE(is(drills("DELETE", "/drill_0", "ops-secret"), 404));
  const std::string status = page(ports_.admin, "/admin/v1/status");
  EXPECT_NE(status.find(R"("drill":{"id":")" + id), std::string::npos) << status;
  const std::string real = page(ports_.admin, "/admin/v1/deployments/first");
  EXPECT_NE(real.find(R"("circuit":"closed")"), std::string::npos) << real;
  EXPECT_NE(real.find(R"("window_bad":0)"), std::string::npos) << real;

  check_against_document("Status", status);
  check_against_document("Drill", started);
  check_against_document("Drills", page(ports_.admin, "/admin/v1/drills"));

  const std::string stopped = drills("DELETE", "/" + id, "ops-secret");
  EXPECT_TRUE(is(stopped, 200)) << stopped;
  EXPECT_NE(stopped.find("stopped by key ops"), std::string::npos) << stopped;
  std::string over;
  EXPECT_TRUE(eventually([&] {
    over = page(ports_.admin, "/admin/v1/drills/" + id);
    return over.find(R"("state":"over")") != std::string::npos;
  })) << over;
  check_against_document("Drill", over);
  EXPECT_NE(over.find(R"("met":true)"), std::string::npos) << over;
  EXPECT_NE(over.find("SURVIVED"), std::string::npos) << over;
  EXPECT_TRUE(is(drills("DELETE", "/" + id, "ops-secret"), 409));
  const std::string metrics = page(ports_.admin, "/metrics");
  EXPECT_EQ(metrics.find(R"(wye_drill_injected_attempts_total{deployment="first"} 0)"),
            std::string::npos);
  EXPECT_EQ(metrics.find(R"(wye_attempts_total{deployment="first",result="outage"})"),
            std::string::npos)
      << "no alert takes it for the provider's";
  const auto kept = find_drill(store_path(), 0);
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->fault, "outage");
  EXPECT_NE((*kept)->body.find(id), std::string::npos);
}

TEST_F(LiveDrills, EndByTheClockWithNobodyLooking) {
  write_drill_policy(chat_task);
  serve();
  const std::string started = post(order("1s"));
  ASSERT_TRUE(is(started, 201)) << started;
  EXPECT_TRUE(eventually([&] {
    const auto kept = find_drill(store_path(), 0);
    return kept && *kept && (*kept)->body.find("its time was over") != std::string::npos;
  }));
  EXPECT_NE(page(ports_.admin, "/admin/v1/status").find(R"("drill":null)"), std::string::npos);
}

TEST_F(LiveDrills, AServerThatEndsKeepsTheVerdict) {
  write_drill_policy(chat_task);
  serve();
  const std::string id = id_in(post(order("15m")));
  EXPECT_EQ(strike(), id);
  stop();
  const auto kept = find_drill(store_path(), 0);
  ASSERT_TRUE(kept && *kept);
  EXPECT_NE((*kept)->body.find("the gateway was shut down"), std::string::npos) << (*kept)->body;
  EXPECT_NE((*kept)->body.find(id), std::string::npos);
  EXPECT_EQ((*kept)->success_ppm, 1'000'000) << (*kept)->body;
}

TEST_F(LiveDrills, AReloadWithoutTheirTaskEndsThem) {
  write_drill_policy(chat_task);
  serve();
  ASSERT_TRUE(is(post(order("60s")), 201));
  write_drill_policy("tasks: { talk: { route: first } }\n");
  EXPECT_TRUE(eventually([&] {
    return page(ports_.admin, "/admin/v1/drills").find("there is no task") != std::string::npos;
  })) << page(ports_.admin, "/admin/v1/drills");
}

TEST_F(LiveDrills, WithoutKeysNobodyStartsOne) {
  write_drill_policy(chat_task, false);
  serve();
  const std::string refused = post(order("60s"), "");
  EXPECT_TRUE(is(refused, 403)) << refused;
  EXPECT_NE(refused.find("no virtual key is configured"), std::string::npos) << refused;
  EXPECT_TRUE(is(page(ports_.admin, "/admin/v1/drills"), 200));
}

TEST_F(LiveDrills, TheCommandWaitsForTheVerdict) {
  const char* const binary = std::getenv("WYE_BINARY");
  if (binary == nullptr) GTEST_SKIP() << "WYE_BINARY does not name the binary";
  write_drill_policy(chat_task);
  serve();
  const std::string admin = " --admin http://127.0.0.1:" + std::to_string(ports_.admin);
  const auto drill = [&](const std::string& key, const std::string& words) {
    return run_command("WYE_KEY=" + key + " " + binary + " drill " + words + admin);
  };
  const std::string live = "outage one --live --task chat --share 25% ";
  const Ran refused = drill("app-secret", live + "--for 60s");
  EXPECT_EQ(refused.code, 6);
  EXPECT_NE(refused.out.find("has not the role drill"), std::string::npos) << refused.out;
  EXPECT_EQ(drill("ops-secret", live + "--for 16m").code, 2);
  EXPECT_EQ(drill("ops-secret", "stop").code, 1) << "none runs";
  const Ran nobody = drill("ops-secret", live + "--for 1s");
  EXPECT_EQ(nobody.code, 4) << nobody.out;
  EXPECT_NE(nobody.out.find("no request was struck"), std::string::npos) << nobody.out;
  EXPECT_NE(nobody.out.find("kept as drill 1"), std::string::npos) << nobody.out;

  ASSERT_TRUE(is(post(order("60s")), 201));
  EXPECT_FALSE(strike().empty());
  const Ran stopped = drill("ops-secret", "stop --json");
  EXPECT_EQ(stopped.code, 0) << stopped.out;
  EXPECT_NE(stopped.out.find(R"("mode":"live")"), std::string::npos) << stopped.out;
}

TEST_F(LiveDrills, HostileOrdersAreRefused) {
  write_drill_policy(chat_task);
  serve();
  const std::string long_name(100'000, 'x');
  for (const std::string& body :
       {std::string(),
        std::string("{"),
        std::string("[]"),
        std::string("null"),
        std::string("{}"),
        order("60"),
        order("16m"),
        order("0"),
        order("-1s"),
        order("60s", "26%"),
        order("60s", "0%"),
        order("60s", "5"),
        order("60s", "-5%"),
        std::string(R"({"fault":"fire","target":"one","tasks":["chat"],"for":"1s","share":"1%"})"),
        std::string(R"({"fault":"hang","target":"One","tasks":["chat"],"for":"1s","share":"1%"})"),
        std::string(R"({"fault":"hang","target":"one","tasks":[],"for":"1s","share":"1%"})"),
        std::string(R"({"fault":"hang","target":"one","tasks":"chat","for":"1s","share":"1%"})"),
        std::string(R"({"fault":"hang","target":"one","tasks":[1],"for":"1s","share":"1%"})"),
        std::string(R"({"fault":"hang","target":"one","tasks":["no"],"for":"1s","share":"1%"})"),
        std::string(R"({"fault":"hang","fault":"cut","target":"one","tasks":["chat"],"for":"1s",)"
                    R"("share":"1%"})"),
        std::string(R"({"fault":"hang","target":"one","tasks":["chat"],"for":"1s","share":"1%",)"
                    R"("x":1})"),
        std::string(R"({"fault":"invalid_json","target":"one","tasks":["chat"],"for":"1s",)"
                    R"("share":"1%"})"),
        "{\"fault\":\"" + long_name + "\"}",
        std::string(2'000, '['),
        std::string("\xff\xfe{}")}) {
    const std::string answer = post(body);
    EXPECT_TRUE(is(answer, 400)) << body.substr(0, 200) << "\n" << answer.substr(0, 600);
  }
  EXPECT_TRUE(is(drills("PUT", "", "ops-secret"), 405));
  EXPECT_TRUE(is(drills("POST", "/drill_0", "ops-secret"), 405));
  EXPECT_TRUE(is(page(ports_.admin, "/admin/v1/drillsergeant"), 404));
  EXPECT_NE(page(ports_.admin, "/admin/v1/drills").find(R"("drill":null,"drills":[])"),
            std::string::npos);
}

}  // namespace
}  // namespace wye
