// The HTTP server over real sockets: what it serves, what it refuses, and how it lets go.
#include "io/test_http_server.h"

#include <vector>

namespace wye {
namespace {

using test::dial;
using test::hear;
using test::hear_all;
using test::hear_until;
using test::in_ms;
using test::say;

class HttpServer : public test::HttpServerTest {};

TEST_F(HttpServer, AnswersAndKeepsAlive) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(co_await hear_until(world, *client, "GET /a"),
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 6\r\n\r\nGET /a");
    EXPECT_EQ(connections.open(), 1u);
    co_await say(world, *client, "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string answer = co_await hear_all(world, *client);
    EXPECT_NE(answer.find("connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("GET /b")) << answer;
  });
  EXPECT_EQ(handler.handled, 2);
}

TEST_F(HttpServer, ServesPipelinedRequestsInOrder) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(
        world, *client,
        "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthird");
    const std::string answers = co_await hear_all(world, *client);
    const auto first = answers.find("GET /slow");
    const auto second = answers.find("GET /2");
    const auto third = answers.find("third");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos);
  });
}

TEST_F(HttpServer, AnswersHeadWithoutBody) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(co_await hear_all(world, *client),
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 7\r\n"
              "connection: close\r\n\r\n");
    auto other = co_await dial(world, port);
    co_await say(world, *other, "HEAD /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE((co_await hear_all(world, *other)).ends_with("connection: close\r\n\r\n"));
  });
}

TEST_F(HttpServer, StreamsInChunks) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(co_await hear_until(world, *client, "0\r\n\r\n"),
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
              "7\r\none two\r\n6\r\n three\r\n0\r\n\r\n");
    co_await say(world, *client, "GET /abort HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE((co_await hear_all(world, *client)).ends_with("7\r\none two\r\n4\r\nhalf\r\n"));
  });
}

TEST_F(HttpServer, SpeaksToHttp10WithoutChunks) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(co_await hear_all(world, *client),
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"
              "one two three");
  });
}

// A client of HTTP/1.0 knows the end of a body by the end of the connection alone.
TEST_F(HttpServer, AnAnswerThatBreaksEndsWithAResetWhereNoChunksTell) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /abort HTTP/1.0\r\n\r\n");
    std::string all;
    char room[512];
    client->set_deadline(in_ms(world, 5'000));
    IoResult result = co_await client->read(room);
    while (result.status == IoStatus::ok) {
      all.append(room, result.bytes);
      result = co_await client->read(room);
    }
    EXPECT_TRUE(all.ends_with("one twohalf")) << all;
    EXPECT_EQ(result.status, IoStatus::reset);
  });
}

TEST_F(HttpServer, TakesBodiesInOddSplits) {
  const std::string length =
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world";
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n1;a=b\r\n \r\n5\r\nworld\r\n0\r\n\r\n";
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    for (const std::string& request : {length, chunked}) {
      for (const std::size_t step : {std::size_t{1}, std::size_t{7}, request.size()}) {
        handler.last_body.clear();
        for (std::size_t at = 0; at < request.size(); at += step)
          co_await say(world, *client, std::string_view(request).substr(at, step));
        EXPECT_TRUE(
            (co_await hear_until(world, *client, "hello world")).starts_with("HTTP/1.1 200"));
        EXPECT_EQ(handler.last_body, "hello world");
      }
    }
  });
  EXPECT_EQ(handler.handled, 6);
}

TEST_F(HttpServer, InvitesTheBody) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(
        world, *client,
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(co_await hear(world, *client), "HTTP/1.1 100 Continue\r\n\r\n");
    co_await say(world, *client, "ok");
    EXPECT_TRUE((co_await hear(world, *client)).ends_with("\r\n\r\nok"));
  });
}

TEST_F(HttpServer, RefusesLargeBodiesBeforeTheyCome) {
  limits.body_bytes_max = 1000;
  run([&](Loop& world) -> Async<void> {
    for (const std::string_view framing : {"Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
                                           "Transfer-Encoding: chunked\r\n\r\n400\r\n"}) {
      auto client = co_await dial(world, port);
      co_await say(world, *client,
                   "POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(framing) +
                       std::string(framing.starts_with("T") ? 2000 : 0, 'x'));
      const std::string answer = co_await hear_all(world, *client);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
      EXPECT_NE(answer.find("connection: close"), std::string::npos);
    }
  });
  EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpServer, RefusalIsReadByAClientThatStillSends) {
  limits.body_bytes_max = 1000;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    co_await say(world, *client, std::string(100'000, 'x'));
    EXPECT_TRUE((co_await hear_all(world, *client)).starts_with("HTTP/1.1 413 "));
  });
}

TEST_F(HttpServer, RefusesLongHeads) {
  limits.head_bytes_max = 30'000;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(29'000, 'a') + "\r\n\r\n");
    EXPECT_TRUE((co_await hear_until(world, *client, "GET /")).starts_with("HTTP/1.1 200 "));
    co_await say(world, *client,
                 "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(40'000, 'a') + "\r\n\r\n");
    EXPECT_TRUE((co_await hear_all(world, *client)).starts_with("HTTP/1.1 431 "));
  });
}

TEST_F(HttpServer, SlowHeadAndBodyTimeOut) {
  limits.head_timeout_ms = 50;
  limits.body_timeout_ms = 50;
  run([&](Loop& world) -> Async<void> {
    auto head = co_await dial(world, port);
    auto body = co_await dial(world, port);
    co_await say(world, *head, "GET / HT");
    co_await say(world, *body, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    const MonoUs begun = world.mono_us();
    EXPECT_TRUE((co_await hear_all(world, *head)).starts_with("HTTP/1.1 408 "));
    EXPECT_TRUE((co_await hear_all(world, *body)).starts_with("HTTP/1.1 408 "));
    EXPECT_LT(world.mono_us() - begun, 4'000'000);
  });
  EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpServer, DripDoesNotExtendTheHeadDeadline) {
  limits.head_timeout_ms = 100;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    const MonoUs begun = world.mono_us();
    co_await say(world, *client, "GET / HTTP/1.1\r\nA: ");
    for (int i = 0; i < 50; ++i) {
      const IoResult said = co_await say(world, *client, "a");
      if (said.status != IoStatus::ok) break;
      if (client->peer_gone()) break;
      co_await world.sleep_until(in_ms(world, 20));
    }
    EXPECT_LT(world.mono_us() - begun, 900'000);
  });
}

TEST_F(HttpServer, ClosesIdleConnectionsSilently) {
  limits.idle_timeout_ms = 30;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    EXPECT_EQ(co_await hear_all(world, *client), "");
  });
  EXPECT_EQ(handler.refused, 0);
}

TEST_F(HttpServer, ServesAConnectionThatWasQuietForLong) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    for (int i = 0; i < 2; ++i) {
      co_await world.sleep_until(in_ms(world, 400));  // longer than a read keeps its buffer
      co_await say(world, *client, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
      EXPECT_TRUE((co_await hear(world, *client)).ends_with("GET /late"));
    }
  });
}

TEST_F(HttpServer, RefusesTheMalformed) {
  const std::vector<std::string> corpus = {
      "GET / HTTP/1.1\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/1.1\nHost: x\n\n",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nX-Abc: \rxTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nabcde",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nabcde",
      ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n"),
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n"),
      "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8),
  };
  run([&](Loop& world) -> Async<void> {
    for (const std::string& bytes : corpus) {
      auto client = co_await dial(world, port);
      co_await say(world, *client, bytes);
      const std::string answer = co_await hear_all(world, *client);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 5"))
          << bytes << " -> " << answer;
      EXPECT_NE(answer.find("connection: close"), std::string::npos) << bytes;
    }
  });
  EXPECT_EQ(handler.handled, 0);
  EXPECT_EQ(handler.refused, static_cast<int>(corpus.size()));
}

TEST_F(HttpServer, NothingIsTrustedAfterAMalformedMessage) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client,
                 "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n"
                 "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = co_await hear_all(world, *client);
    EXPECT_EQ(answer.find("smuggled"), std::string::npos);
  });
  EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpServer, ASlowReaderHoldsTheProducerBack) {
  limits.write_timeout_ms = 300;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await world.sleep_until(in_ms(world, 100));
    const int blocks = handler.big_blocks;
    EXPECT_LT(blocks, 200);  // socket buffers, not the 64 MB of the answer
    co_await world.sleep_until(in_ms(world, 50));
    EXPECT_EQ(handler.big_blocks, blocks);
    // It goes on when the client reads.
    for (int i = 0; i < 200; ++i) co_await hear(world, *client);
    EXPECT_GT(handler.big_blocks, blocks);
    const bool ended =
        co_await test::eventually(world, [&] { return handler.big_fault != FaultKind::internal; });
    EXPECT_TRUE(ended);
    EXPECT_EQ(handler.big_fault, FaultKind::client_gone);
    EXPECT_EQ(handler.big_message, "the client took nothing for 300ms");
  });
}

TEST_F(HttpServer, ASlowReaderIsNotWaitedForBeyondTheDeadlineOfItsAnswer) {
  handler.answer_within_ms = 200;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    const bool ended =
        co_await test::eventually(world, [&] { return handler.big_fault != FaultKind::internal; });
    EXPECT_TRUE(ended) << "and its silence would be borne for a minute";
    EXPECT_EQ(handler.big_fault, FaultKind::deadline);
    const std::string answer = co_await hear_all(world, *client);
    EXPECT_EQ(answer.find("\r\n0\r\n"), std::string::npos) << "no client takes it for whole";
  });
}

TEST_F(HttpServer, BothLimitsOfAWriteHold) {
  limits.write_timeout_ms = 100;
  handler.answer_within_ms = 60'000;
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    const bool ended =
        co_await test::eventually(world, [&] { return handler.big_fault != FaultKind::internal; });
    EXPECT_TRUE(ended);
    EXPECT_EQ(handler.big_fault, FaultKind::client_gone) << "it was silent for too long";
  });
}

TEST_F(HttpServer, TheHandlerHearsThatTheClientLeft) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await hear(world, *client);
    client.reset();
    const bool ended = co_await test::eventually(world, [&] { return connections.open() == 0; });
    EXPECT_TRUE(ended);
    EXPECT_EQ(handler.big_fault, FaultKind::client_gone);
  });
}

TEST_F(HttpServer, CountsRequestsFromTheirFirstByteToTheEndOfTheirAnswer) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    const bool opened = co_await test::eventually(world, [&] { return connections.open() == 1; });
    EXPECT_TRUE(opened);
    EXPECT_EQ(connections.requests(), 0);
    co_await say(world, *client, "POST /echo HT");
    const bool head = co_await test::eventually(world, [&] { return connections.requests() == 1; });
    EXPECT_TRUE(head);
    co_await say(world, *client, "TP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\npi");
    co_await world.sleep_until(in_ms(world, 20));
    EXPECT_EQ(connections.requests(), 1);
    co_await say(world, *client, "ng");
    EXPECT_TRUE((co_await hear(world, *client)).ends_with("ping"));
    const bool ended =
        co_await test::eventually(world, [&] { return connections.requests() == 0; });
    EXPECT_TRUE(ended);
    EXPECT_EQ(connections.open(), 1u);
  });
}

TEST_F(HttpServer, ALingeringConnectionIsNoRequest) {
  run([&](Loop& world) -> Async<void> {
    auto client = co_await dial(world, port);
    co_await say(world, *client, "nonsense\r\n\r\n");
    co_await hear(world, *client);
    const bool ended =
        co_await test::eventually(world, [&] { return connections.requests() == 0; });
    EXPECT_TRUE(ended);
    EXPECT_EQ(connections.open(), 1u);
  });
}

TEST_F(HttpServer, WhileItDrainsEveryAnswerClosesItsConnection) {
  run([&](Loop& world) -> Async<void> {
    auto open_before = co_await dial(world, port);
    auto busy = co_await dial(world, port);
    co_await say(world, *open_before, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await hear(world, *open_before);
    co_await say(world, *busy, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    const bool begun = co_await test::eventually(world, [&] { return handler.handled == 2; });
    EXPECT_TRUE(begun);
    handler.drains = true;
    const std::string answer = co_await hear_all(world, *busy);
    EXPECT_TRUE(answer.ends_with("GET /slow")) << answer;
    EXPECT_NE(answer.find("connection: close"), std::string::npos);

    co_await say(world, *open_before, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE((co_await hear_all(world, *open_before)).find("connection: close"),
              std::string::npos);
    auto fresh = co_await dial(world, port);
    co_await say(world, *fresh, "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string last = co_await hear_all(world, *fresh);
    EXPECT_NE(last.find("connection: close"), std::string::npos);
    EXPECT_TRUE(last.ends_with("GET /3")) << last;
  });
}

TEST_F(HttpServer, ClosesThoseThatWaitForARequest) {
  run([&](Loop& world) -> Async<void> {
    auto quiet = co_await dial(world, port);
    auto used = co_await dial(world, port);
    co_await say(world, *used, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await hear(world, *used);
    const bool both = co_await test::eventually(world, [&] { return connections.idle() == 2; });
    EXPECT_TRUE(both);
    connections.close_idle();
    EXPECT_EQ(co_await hear_all(world, *quiet), "");
    EXPECT_EQ(co_await hear_all(world, *used), "");
    const bool ended = co_await test::eventually(world, [&] { return connections.open() == 0; });
    EXPECT_TRUE(ended);
  });
}

TEST_F(HttpServer, ServesAThousandConnections) {
  constexpr int count = 1000;
  int answered = 0;
  run([&](Loop& world) -> Async<void> {
    std::vector<std::unique_ptr<Stream>> clients;
    for (int i = 0; i < count; ++i) clients.push_back(co_await dial(world, port));
    for (int round = 0; round < 3; ++round) {
      for (auto& client : clients)
        co_await say(world, *client,
                     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping");
      for (auto& client : clients)
        answered += (co_await hear(world, *client)).ends_with("ping") ? 1 : 0;
    }
    EXPECT_EQ(connections.open(), static_cast<std::size_t>(count));
  });
  EXPECT_EQ(answered, 3 * count);
}

TEST_F(HttpServer, TheEndOfTheLoopEndsConnections) {
  run([&](Loop& world) -> Async<void> {
    // Left open, idle and half way through a request; no frame may leak.
    static_cast<void>(world);
    for (int i = 0; i < 10; ++i) {
      auto client = co_await dial(world, port);
      co_await say(world, *client,
                   i % 2 == 0 ? "GET / HT" : "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    }
  });
  EXPECT_EQ(connections.open(), 0u);
}

}  // namespace
}  // namespace wye
