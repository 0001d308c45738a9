// The status of a real server: complete, as its OpenAPI document says, and readable in a terminal.
#include <gtest/gtest.h>

#include <string>

#include "app/http_get.h"
#include "app/status_table.h"
#include "app/test_metrics.h"
#include "wire/json_schema.h"

namespace wye {
namespace {

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

class Status : public MetricsServer {
 protected:
  std::string read(std::string_view path) {
    const std::string answer = page(ports_.admin, path);
    EXPECT_TRUE(is(answer, 200)) << answer;
    return body_of(answer);
  }
  // A schema of the OpenAPI document, with the others beside it.
  std::shared_ptr<const JsonSchema> schema(const std::string& name) {
    std::string document = read("/admin/v1/openapi.json");
    document.insert(1, R"("allOf":[{"$ref":"#/components/schemas/)" + name + R"("}],)");
    const auto made = JsonSchema::read(document);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
};

TEST_F(Status, IsAsItsDocumentSays) {
  const auto status = schema("Status");
  const auto deployment = schema("Deployment");
  ASSERT_TRUE(status && deployment);
  EXPECT_FALSE(status->check(R"({"status":"ready"})"));
  EXPECT_FALSE(deployment->check(R"({"name":"fast"})"));
  for (const bool after : {false, true}) {
    if (after) send_requests();
    const Result<void> checked = status->check(read("/admin/v1/status"));
    EXPECT_TRUE(checked) << checked.error().message;
    for (const char* name : {"broken", "limited", "fast"}) {
      const Result<void> one =
          deployment->check(read(std::string("/admin/v1/deployments/") + name));
      EXPECT_TRUE(one) << one.error().message;
    }
  }
  std::ofstream(config_path(), std::ios::app) << "severs: {}\n";
  const auto rejected = [&] {
    return read("/admin/v1/status").find("config_rejected_since") != std::string::npos;
  };
  EXPECT_TRUE(eventually(rejected));
  EXPECT_TRUE(status->check(read("/admin/v1/status"))) << "with a file that is not in force";
  EXPECT_TRUE(is(page(ports_.admin, "/admin/v1/deployments/nobody"), 404));
  EXPECT_TRUE(is(page(ports_.admin, "/admin/v1/deployments/"), 404));
}

TEST_F(Status, SaysWhyACircuitIsOpen) {
  send_requests();
  const std::string broken = read("/admin/v1/deployments/broken");
  for (const char* part :
       {R"("state":"open")", R"("last_fault":"outage")", R"("consecutive_bad":3)",
        R"("opened_total":1)", R"("open_until":")", "3 failures in a row, the last one outage"}) {
    EXPECT_NE(broken.find(part), std::string::npos) << part << "\n" << broken;
  }
  const std::string limited = read("/admin/v1/deployments/limited");
  EXPECT_NE(limited.find(R"("limited_until":")"), std::string::npos) << limited;
  const std::string fast = read("/admin/v1/deployments/fast");
  EXPECT_NE(fast.find(R"("state":"ok")"), std::string::npos) << fast;
  EXPECT_EQ(fast.find("\"why\""), std::string::npos) << fast;
}

TEST_F(Status, IsATableInATerminal) {
  send_requests();
  const std::string json = read("/admin/v1/status");
  const Result<std::string> plain = status_table(json, false);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->find('\033'), std::string::npos);
  for (const char* part : {"wye 1.2.3: ready", "broken", "circuit open", "rate limited", "ok"}) {
    EXPECT_NE(plain->find(part), std::string::npos) << part << "\n" << *plain;
  }
  const Result<std::string> painted = status_table(json, true);
  ASSERT_TRUE(painted);
  EXPECT_NE(painted->find("\033[31mcircuit open"), std::string::npos) << *painted;
}

TEST(StatusTable, OtherTextsAreRefused) {
  for (const char* text :
       {"", "{}", "[]", "<html>", R"({"status":7})", R"({"status":"ready",)",
        R"({"status":"ready","deployments":{}})", R"({"status":"ready","deployments":[7]})"}) {
    EXPECT_FALSE(status_table(text, false)) << text;
  }
  EXPECT_TRUE(status_table(R"({"status":"ready","new_member":{"a":[1]}})", false));
}

// Runs the program as a user does; gives its exit code.
int run_wye(const std::string& arguments) {
  const char* binary = std::getenv("WYE_BINARY");
  if (binary == nullptr) return -1;
  return WEXITSTATUS(std::system((std::string(binary) + " " + arguments + " 2>&1").c_str()));
}

TEST_F(Status, TheCommandSaysWhetherAnybodyAnswers) {
  if (std::getenv("WYE_BINARY") == nullptr) GTEST_SKIP() << "WYE_BINARY names no program";
  const std::string file = folder_ / "said";
  const std::string admin = "--admin http://127.0.0.1:" + std::to_string(ports_.admin);
  EXPECT_EQ(run_wye("status " + admin + " > " + file), 0);
  EXPECT_EQ(run_wye("status --json " + admin + " > " + file), 0);
  const std::uint16_t port = ports_.admin;
  stop();
  EXPECT_EQ(run_wye("status --admin http://127.0.0.1:" + std::to_string(port) + " > " + file), 5);
  EXPECT_EQ(run_wye("status --admin ftp > " + file), 3);
}

}  // namespace
}  // namespace wye
