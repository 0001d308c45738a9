// Requests that the HTTP server turns away before it reads their bodies, over real sockets.
#include "io/test_http_server.h"

namespace wye {
namespace {

using test::dial;
using test::hear_all;
using test::hear_until;
using test::say;

class HttpTurnAway : public test::HttpServerTest {};

TEST_F(HttpTurnAway, WhoIsTurnedAwayKeepsItsConnectionAfterAShortBody) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "POST /away HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nbeginning");
    EXPECT_EQ(co_await hear_until(world, *client, "not now"),
              "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n"
              "content-length: 7\r\n\r\nnot now")
        << "before its body has come";
    EXPECT_EQ(handler.begun, "beginning");
    co_await say(world, *client, std::string(200'000 - 9, 'x'));
    co_await say(world, *client, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string next = co_await hear_until(world, *client, "GET /b");
    EXPECT_TRUE(next.starts_with("HTTP/1.1 200")) << next;
    EXPECT_EQ(handler.handled, 1);
  });
}

TEST_F(HttpTurnAway, OfWhomIsTurnedAwayNothingBehindTheBodyIsForgotten) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "POST /away HTTP/1.1\r\nHost: x\r\nContent-Length: 150000\r\n\r\n" +
                     std::string(150'000, 'x') + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string both = co_await hear_until(world, *client, "GET /b");
    EXPECT_TRUE(both.starts_with("HTTP/1.1 503")) << both;
    EXPECT_NE(both.find("HTTP/1.1 200"), std::string::npos) << both;
    EXPECT_EQ(handler.handled, 1);
  });
}

TEST_F(HttpTurnAway, WhoIsTurnedAwayAndLeavesHalfWayIsLetGo) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "POST /away HTTP/1.1\r\nHost: x\r\nContent-Length: 150000\r\n\r\n" +
                     std::string(75'000, 'x'));
    client->shutdown_write();
    const std::string all = co_await hear_until(world, *client, "never said");
    EXPECT_TRUE(all.starts_with("HTTP/1.1 503")) << all;
    EXPECT_TRUE(all.ends_with("not now")) << all;
    EXPECT_EQ(handler.handled, 0);
  });
}

TEST_F(HttpTurnAway, WhoIsTurnedAwayMayBeUnheardForAWhile) {
  handler.rest_us = 30'000;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "GET /away HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE((co_await hear_until(world, *client, "not now")).starts_with("HTTP/1.1 503"));
    const MonoUs answered = world.mono_us();
    EXPECT_EQ(handler.handled, 0);
    EXPECT_TRUE((co_await hear_until(world, *client, "GET /b")).starts_with("HTTP/1.1 200"));
    EXPECT_GE(world.mono_us() - answered, 25'000);
  });
}

TEST_F(HttpTurnAway, WhoIsTurnedAwayBeforeALongOrUncertainBodyIsLetGo) {
  run([&](Loop& world) -> Async<void> {
    for (const char* framing : {"Content-Length: 5000000\r\n", "Transfer-Encoding: chunked\r\n",
                                "Content-Length: 10\r\nExpect: 100-continue\r\n"}) {
      auto client = co_await dial(world, port);
      co_await say(world, *client,
                   std::string("POST /away HTTP/1.1\r\nHost: x\r\n") + framing + "\r\n");
      const std::string answer = co_await hear_all(world, *client);
      EXPECT_NE(answer.find("connection: close\r\n"), std::string::npos) << framing;
      EXPECT_TRUE(answer.ends_with("not now")) << answer;
    }
    EXPECT_EQ(handler.handled, 0);
  });
}

TEST_F(HttpTurnAway, ABodyThatIsSkippedMayNotStayAway) {
  limits.body_timeout_ms = 50;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "POST /away HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
    const std::string answer = co_await hear_all(world, *client);
    EXPECT_TRUE(answer.ends_with("not now")) << answer;
  });
}

}  // namespace
}  // namespace wye
