// The answers that ask no provider: status, lines and ids.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gateway/admin.h"
#include "gateway/gateway.h"
#include "gateway/test_peer.h"
#include "io/sim_store.h"
#include "io/sim_universe.h"
#include "io/sim_world.h"

namespace wye {
namespace {

class Pages : public ::testing::Test {
 protected:
  Pages()
      : world(universe, "gateway"),
        books(
            store, [] { return TimeMs{1'000}; }, Books::Limits{}),
        gateway(world, books, books.activate(some_rules()), 0),
        metrics(books, reports, "1.2.3"),
        desk(
            world, books, books.activate(some_rules()), [](const LiveDrillPtr&) {},
            [](const DrillEntry&) {}),
        drills(gateway, desk),
        admin(gateway, books, reports, metrics, drills, "1.2.3") {
    gateway.set_metrics_page(metrics);
    reports.add_loop(gateway, connections);
  }

  static RulesPtr some_rules() {
    auto rules = std::make_shared<Rules>();
    rules->index_names();
    return rules;
  }
  test::NotingResponder ask(HttpHandler& handler, const std::string& request_line,
                            const std::string& lines = "Host: localhost\r\n") {
    const std::string bytes = request_line + " HTTP/1.1\r\n" + lines + "\r\n";
    RequestHead head;
    EXPECT_TRUE(parse_request_head(bytes, head)) << bytes;
    HttpRequest request{head, "", stream, 0};
    test::NotingResponder responder;
    start(handler.handle(request, responder));
    universe.run_until_idle();
    return responder;
  }
  test::NotingResponder ask(const std::string& request_line) { return ask(gateway, request_line); }

  SimUniverse universe{1};
  SimWorld world;
  SimStore store;
  Books books;
  Gateway gateway;
  ServerConnections connections;
  LoopReports reports;
  MetricsPage metrics;
  DrillDesk desk;
  DrillPages drills;
  Admin admin;
  test::PeerStream stream;
};

TEST_F(Pages, HealthIsTold) {
  for (const char* method : {"GET", "HEAD"}) {
    for (HttpHandler* handler :
         {static_cast<HttpHandler*>(&gateway), static_cast<HttpHandler*>(&admin)}) {
      EXPECT_EQ(ask(*handler, std::string(method) + " /livez").status, 200);
      EXPECT_EQ(ask(*handler, std::string(method) + " /readyz").status, 200);
    }
    EXPECT_EQ(ask(std::string(method) + " /v1/models").status, 200);
    EXPECT_EQ(ask(admin, std::string(method) + " /admin/v1/status").status, 200);
  }
  gateway.drain();
  EXPECT_EQ(ask("GET /livez").status, 200);
  EXPECT_EQ(ask("GET /readyz").status, 503);
}

TEST_F(Pages, ErrorsCarryTheIdOfTheirRequest) {
  for (const char* line :
       {"GET /nothing", "GET /v1/chat/completions", "GET /v1/models/nobody", "DELETE /livez"}) {
    const test::NotingResponder told = ask(line);
    EXPECT_GE(told.status, 400) << line;
    const std::string id = told.line("x-request-id");
    EXPECT_TRUE(id.starts_with("req_")) << line << told.head;
    EXPECT_EQ(told.line("request-id"), id);
    EXPECT_NE(told.body.find(id), std::string::npos) << told.body;
    EXPECT_FALSE(told.line("x-wye-error-class").empty());
  }
  const test::NotingResponder named =
      ask(gateway, "GET /nothing", "Host: localhost\r\nx-request-id: mine-7\r\n");
  EXPECT_EQ(named.line("x-request-id"), "mine-7");
  const std::string own = named.line("x-wye-request-id");
  EXPECT_TRUE(own.starts_with("req_")) << named.head;
  EXPECT_NE(named.body.find(own), std::string::npos) << named.body;
}

TEST_F(Pages, SoDoAnswersThatAskNobody) {
  for (const char* line : {"GET /v1/models", "GET /livez", "GET /readyz", "GET /"}) {
    EXPECT_TRUE(ask(line).line("x-request-id").starts_with("req_")) << line;
  }
}

TEST_F(Pages, AWrongAddressIsToldTheRightOnes) {
  const std::string body = ask("POST /chat/completions").body;
  EXPECT_NE(body.find("did you mean /v1/chat/completions?"), std::string::npos) << body;
  EXPECT_NE(body.find("/v2/rerank"), std::string::npos) << body;
}

TEST_F(Pages, ProbesOfOtherGatewaysAreToldWhereHealthIs) {
  for (const char* path : {"/health", "/health/liveliness", "/ping"})
    EXPECT_NE(ask("GET " + std::string(path)).body.find("ask /livez or /readyz. There are "),
              std::string::npos)
        << path;
}

TEST_F(Pages, MessagesThatNeverBecameRequestsHaveAnIdToo) {
  const HttpRefusal refusal = gateway.refuse(fault(FaultKind::protocol, "two lengths"));
  EXPECT_NE(refusal.head_lines.find("x-request-id: req_"), std::string::npos);
  EXPECT_NE(refusal.body.find("req_"), std::string::npos);
  EXPECT_NE(refusal.body.find("two lengths"), std::string::npos);
}

TEST_F(Pages, AWrongMethodIsToldTheRightOnes) {
  for (const char* line : {"GET /v1/chat/completions", "OPTIONS /v1/embeddings"}) {
    EXPECT_EQ(ask(line).status, 405) << line;
    EXPECT_EQ(ask(line).line("allow"), "POST") << line;
  }
  for (const char* line :
       {"POST /livez", "POST /readyz", "DELETE /v1/models", "POST /v1/models/x"}) {
    EXPECT_EQ(ask(line).status, 405) << line;
    EXPECT_EQ(ask(line).line("allow"), "GET, HEAD") << line;
  }
  EXPECT_EQ(ask(admin, "POST /admin/v1/status").status, 405);
  EXPECT_EQ(ask(admin, "POST /admin/v1/status").line("allow"), "GET, HEAD");
}

TEST_F(Pages, WebPagesOfOtherSitesAreRefused) {
  const std::string foreign = "Host: localhost\r\nOrigin: https://evil.example\r\n";
  const std::string rebound = "Host: evil.example\r\n";
  for (const std::string& lines : {foreign, rebound}) {
    EXPECT_EQ(ask(gateway, "GET /v1/models", lines).status, 403);
    EXPECT_EQ(ask(admin, "GET /admin/v1/status", lines).status, 403);
    EXPECT_EQ(ask(gateway, "GET /readyz", lines).status, 200) << "health is no secret";
  }
  stream.loopback = false;
  EXPECT_EQ(ask(admin, "GET /admin/v1/status").status, 403);
}

}  // namespace
}  // namespace wye
