// For tests of the HTTP server: a handler that answers by path, served on a port of loopback.
#pragma once

#include "io/http_server.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/test_loop.h"

namespace wye::test {

// Answers by path: /echo, /stream, /abort, /slow, /big, anything else with its method and path.
class TestHandler final : public HttpHandler {
 public:
  explicit TestHandler(World& world) : world_(world) {}

  Async<void> handle(HttpRequest& request, HttpResponder& responder) override {
    ++handled;
    last_body = request.body;
    const std::string path(request.head.path());
    if (path == "/stream" || path == "/abort") {
      (void)co_await responder.begin(200, "content-type: text/plain\r\n");
      const std::string_view pieces[] = {"one ", "two"};
      (void)co_await responder.write(pieces);
      if (path == "/abort")
        (void)co_await responder.abort("half");
      else
        (void)co_await responder.end(" three");
      co_return;
    }
    if (path == "/slow") co_await world_.sleep_until(in_ms(world_, 100));
    if (path == "/big") {
      (void)co_await responder.begin(200, "");
      if (answer_within_ms > 0) responder.set_deadline(in_ms(world_, answer_within_ms));
      const std::string block(64 << 10, 'x');
      const std::string_view pieces[] = {block};
      for (int i = 0; i < 1000; ++i) {
        auto sent = co_await responder.write(pieces);
        if (!sent) {
          big_fault = sent.error().kind;
          big_message = sent.error().message;
          co_return;
        }
        ++big_blocks;
      }
      (void)co_await responder.end("");
      co_return;
    }
    const std::string text =
        path == "/echo" ? request.body : std::string(request.head.method) + " " + path;
    const std::string_view pieces[] = {text};
    (void)co_await responder.respond(200, "content-type: text/plain\r\n", pieces);
  }
  HttpRefusal refuse(const Fault& fault) override {
    ++refused;
    return {"x-refused: yes\r\n", "{\"refused\":\"" + fault.message + "\"}"};
  }
  bool draining() const override { return drains; }
  std::optional<HttpTurnedAway> turn_away(const HttpArrival& arrival) override {
    begun = arrival.body_begun;
    if (arrival.head.path() != "/away") return std::nullopt;
    return HttpTurnedAway{503, "retry-after: 1\r\n", "not now", rest_us};
  }

  std::string begun;
  int handled = 0;
  int refused = 0;
  int big_blocks = 0;
  DurationMs answer_within_ms = 0;  // of /big; 0: no limit
  FaultKind big_fault = FaultKind::internal;
  std::string big_message;
  std::string last_body;
  bool drains = false;
  MonoUs rest_us = 0;

 private:
  World& world_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() : loop(new_loop()), handler(*loop) {
    auto listening = loop->listen("127.0.0.1", 0, 10'000, [this](std::unique_ptr<Stream> stream) {
      start(serve_connection(*loop, std::move(stream), limits, handler, &connections));
    });
    EXPECT_TRUE(listening);
    port = *listening;
  }
  void run(std::function<Async<void>(Loop&)> story) { test::run(*loop, std::move(story)); }

  std::unique_ptr<Loop> loop;
  TestHandler handler;
  ServerLimits limits;
  ServerConnections connections;
  std::uint16_t port = 0;
};

}  // namespace wye::test
