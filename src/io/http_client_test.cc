// The HTTP client against a peer that says exactly what the test wants.
#include "io/http_client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/test_loop.h"

namespace wye {
namespace {

using test::hear_until;
using test::in_ms;
using test::new_loop;
using test::say;

// Answers each request with the next of `answers`, in pieces where it says so; then does as it is
// told.
struct Answer {
  std::string bytes;
  std::size_t step = 0;  // bytes a write, 0: all at once
  bool close_after = false;
  bool close_before = false;  // reads the request and hangs up
  DurationMs wait_ms = 0;     // before any of it
};

class HttpClientStory : public ::testing::Test {
 public:
  HttpClientStory() : loop(new_loop()) {
    auto listening = loop->listen("127.0.0.1", 0, 10'000, [this](std::unique_ptr<Stream> stream) {
      ++accepted;
      start(serve(std::move(stream)));
    });
    EXPECT_TRUE(listening);
    peer = {.host = "127.0.0.1", .port = *listening, .tls = false, .ca_file = {}};
    client = make_http_client(*loop);
  }
  ~HttpClientStory() override { client.reset(); }

  Async<void> serve(std::unique_ptr<Stream> stream) {
    for (;;) {
      const std::string request = co_await hear_until(*loop, *stream, "\r\n\r\n");
      if (request.empty()) co_return;
      requests.push_back(request);
      if (next == answers.size()) co_return;
      const Answer answer = answers[next++];
      if (answer.wait_ms > 0) co_await loop->sleep_until(in_ms(*loop, answer.wait_ms));
      if (answer.close_before) co_return;
      const std::size_t step = answer.step == 0 ? answer.bytes.size() : answer.step;
      for (std::size_t at = 0; at < answer.bytes.size(); at += step) {
        co_await say(*loop, *stream, std::string_view(answer.bytes).substr(at, step));
        if (answer.step != 0) co_await loop->sleep_until(in_ms(*loop, 1));
      }
      if (answer.close_after) co_return;
    }
  }

  struct Got {
    std::string fault;  // its kind and message
    int status = 0;
    std::string body;
    bool pooled = false;
  };
  Async<Got> get(std::string line = "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                 std::int64_t wait_ms = 2000) {
    Got got;
    const std::string head = std::move(line);
    auto call = co_await client->send(peer, head, {}, in_ms(*loop, 2000), in_ms(*loop, 2000));
    if (!call) {
      got.fault = words(call.error());
      co_return got;
    }
    auto read = co_await (*call)->read_head(in_ms(*loop, wait_ms));
    got.pooled = (*call)->pooled();
    if (!read) {
      got.fault = words(read.error());
      co_return got;
    }
    got.status = (*call)->head().status;
    for (;;) {
      auto some = co_await (*call)->read_body(in_ms(*loop, wait_ms));
      if (!some) {
        got.fault = words(some.error());
        co_return got;
      }
      if (some->empty()) co_return got;
      got.body += *some;
    }
  }
  static std::string words(const Fault& fault) {
    return std::string(to_string(fault.kind)) + ": " + fault.message;
  }
  std::string name() const { return "127.0.0.1:" + std::to_string(peer.port); }
  void run(std::function<Async<void>(Loop&)> story) { test::run(*loop, std::move(story)); }

  std::unique_ptr<Loop> loop;
  std::unique_ptr<HttpClient> client;
  Peer peer;
  std::vector<Answer> answers;
  std::vector<std::string> requests;
  std::size_t next = 0;
  int accepted = 0;
};

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(HttpClientStory, ReusesConnections) {
  answers = {{hello}, {hello}, {"HTTP/1.1 204 No Content\r\n\r\n"}, {hello}};
  run([&](Loop&) -> Async<void> {
    for (int i = 0; i < 4; ++i) {
      const Got got = co_await get();
      EXPECT_EQ(got.fault, "");
      EXPECT_EQ(got.body, i == 2 ? "" : "hello");
      EXPECT_EQ(got.pooled, i > 0);
    }
  });
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(client->counts().connected, 1u);
  EXPECT_EQ(client->counts().reused, 3u);
}

TEST_F(HttpClientStory, ReadsEveryFramingInOddSplits) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nhel\r\n1;x=y\r\nl\r\n1\r\no\r\n0\r\nTrailer: 1\r\n\r\n";
  for (const std::size_t step : {0u, 1u, 5u, 17u}) {
    answers.push_back({chunked, step});
    answers.push_back({hello, step});
    answers.push_back({"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + hello, step});
    answers.push_back({"HTTP/1.1 200 OK\r\n\r\nhello", step, true});
  }
  run([&](Loop&) -> Async<void> {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const Got got = co_await get();
      EXPECT_EQ(got.fault, "") << i;
      EXPECT_EQ(got.body, "hello") << i;
    }
  });
  EXPECT_EQ(accepted, 4);  // the last of each round ends with its connection
}

TEST_F(HttpClientStory, JoinsChunksThatCameTogether) {
  answers = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
       "chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"}};
  run([&](Loop& world) -> Async<void> {
    auto call = co_await client->send(peer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", {},
                                      in_ms(world, 999), in_ms(world, 999));
    (void)co_await (*call)->read_head(in_ms(world, 999));
    auto some = co_await (*call)->read_body(in_ms(world, 999));
    EXPECT_EQ(*some, "abc");
    EXPECT_EQ(client->counts().idle, 1u);  // given back although the call still lives
  });
}

TEST_F(HttpClientStory, AHeadHasNoBody) {
  answers = {{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"}, {hello}};
  run([&](Loop&) -> Async<void> {
    const Got head = co_await get("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(head.fault, "");
    EXPECT_EQ(head.body, "");
    const Got got = co_await get();
    EXPECT_EQ(got.body, "hello");
  });
  EXPECT_EQ(accepted, 1);
}

TEST_F(HttpClientStory, DropsAPooledConnectionThatThePeerClosed) {
  answers = {{hello, 0, true}, {hello}};
  run([&](Loop& world) -> Async<void> {
    (void)co_await get();
    co_await world.sleep_until(in_ms(world, 20));
    const Got got = co_await get();
    EXPECT_EQ(got.body, "hello");
    EXPECT_FALSE(got.pooled);
  });
  EXPECT_EQ(client->counts().replaced, 0u);  // seen before it was used
  EXPECT_EQ(requests.size(), 2u);
}

TEST_F(HttpClientStory, ReplacesOnceAPooledConnectionThatDies) {
  answers = {{hello}, {"", 0, false, true}, {hello}};
  run([&](Loop&) -> Async<void> {
    (void)co_await get();
    const Got got = co_await get();
    EXPECT_EQ(got.fault, "");
    EXPECT_EQ(got.body, "hello");
    EXPECT_FALSE(got.pooled);
  });
  EXPECT_EQ(client->counts().replaced, 1u);
  EXPECT_EQ(requests.size(), 3u);
}

// Whoever read it may have worked on it, and will charge for it.
TEST_F(HttpClientStory, DoesNotRepeatARequestThatWasHeldForAWhile) {
  answers = {{hello}, {"", 0, false, true, 700}, {hello}};
  run([&](Loop&) -> Async<void> {
    (void)co_await get();
    const Got got = co_await get();
    EXPECT_EQ(got.fault,
              "outage: read from " + name() + ": connection closed by peer before the answer");
    EXPECT_TRUE(got.pooled);
  });
  EXPECT_EQ(client->counts().replaced, 0u);
  EXPECT_EQ(requests.size(), 2u);
}

TEST_F(HttpClientStory, DoesNotReplaceAFreshConnection) {
  answers = {{"", 0, false, true}, {hello}};
  run([&](Loop&) -> Async<void> {
    const Got got = co_await get();
    EXPECT_EQ(got.fault,
              "outage: read from " + name() + ": connection closed by peer before the answer");
  });
  EXPECT_EQ(requests.size(), 1u);
}

TEST_F(HttpClientStory, NeverTakesLeftoversForAnAnswer) {
  answers = {{hello + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"}, {hello}};
  run([&](Loop&) -> Async<void> {
    const Got first = co_await get();
    EXPECT_EQ(first.body, "hello");
    const Got got = co_await get();
    EXPECT_EQ(got.body, "hello");
  });
  EXPECT_EQ(accepted, 2);
}

TEST_F(HttpClientStory, ACutBodyIsNotWhole) {
  answers = {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", 0, true},
             {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 0, true},
             {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX", 0, false}};
  run([&](Loop&) -> Async<void> {
    for (int i = 0; i < 3; ++i) {
      const Got got = co_await get();
      EXPECT_TRUE(got.fault.starts_with("cut: ")) << got.fault;
    }
  });
  EXPECT_EQ(accepted, 3);
}

TEST_F(HttpClientStory, RefusesWhatIsNotHttp) {
  answers = {{"SSH-2.0-OpenSSH\r\n\r\n"},
             {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"},
             {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"},
             {"HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n"}};
  run([&](Loop&) -> Async<void> {
    for (int i = 0; i < 4; ++i) {
      const Got got = co_await get();
      EXPECT_TRUE(got.fault.starts_with("invalid_output: answer of " + name())) << got.fault;
    }
  });
}

TEST_F(HttpClientStory, SilenceHasANameBeforeAndWithinTheAnswer) {
  answers = {{"", 0}, {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"}};
  run([&](Loop& world) -> Async<void> {
    const MonoUs begun = world.mono_us();
    const Got before = co_await get("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 30);
    EXPECT_EQ(before.fault, "ttft: " + name() + " did not begin to answer in time");
    const Got within = co_await get("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 30);
    EXPECT_EQ(within.fault, "stall: " + name() + " went silent within its answer");
    EXPECT_LT(world.mono_us() - begun, 1'900'000);
  });
}

TEST_F(HttpClientStory, ReadsAnAnswerThatIsSlowerThanTheBufferIsKept) {
  answers = {{hello}};
  run([&](Loop& world) -> Async<void> {
    loop->stop_listening();
    auto late = loop->listen("127.0.0.1", 0, 10, [&](std::unique_ptr<Stream> stream) {
      start([](World& w, std::unique_ptr<Stream> s) -> Async<void> {
        (void)co_await hear_until(w, *s, "\r\n\r\n");
        co_await w.sleep_until(in_ms(w, 400));
        co_await say(w, *s, hello);
        co_await w.sleep_until(in_ms(w, 100));
      }(world, std::move(stream)));
    });
    peer.port = *late;
    const Got got = co_await get();
    EXPECT_EQ(got.fault, "");
    EXPECT_EQ(got.body, "hello");
  });
}

TEST_F(HttpClientStory, SendsAllPiecesOfTheBody) {
  answers = {{hello}};
  run([&](Loop& world) -> Async<void> {
    const std::string_view body[] = {"ab", "", "cd\r\n\r\n"};
    auto call =
        co_await client->send(peer, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n", body,
                              in_ms(world, 999), in_ms(world, 999));
    (void)co_await (*call)->read_head(in_ms(world, 999));
    EXPECT_TRUE(requests.at(0).ends_with("\r\n\r\nabcd\r\n\r\n")) << requests.at(0);
  });
}

TEST_F(HttpClientStory, WhoDoesNotReadARequestIsLateAndNotOut) {
  answers = {{.bytes = hello, .wait_ms = 5'000}};
  run([&](Loop&) -> Async<void> {
    // More than both kernels' buffers hold.
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 67108864\r\n\r\n";
    const std::string body(64 << 20, 'x');
    const std::string_view pieces[] = {body};
    auto call = co_await client->send(peer, head, pieces, in_ms(*loop, 2000), in_ms(*loop, 200));
    EXPECT_FALSE(call);
    if (call) co_return;
    EXPECT_EQ(words(call.error()), "timeout: write to " + name() + ": timed out");
  });
}

TEST_F(HttpClientStory, KeepsAtMostSoMany) {
  client = make_http_client(*loop, 2, 40);
  answers = {{hello}, {hello}, {hello}};
  run([&](Loop& world) -> Async<void> {
    std::vector<std::unique_ptr<HttpCall>> calls;
    for (int i = 0; i < 3; ++i) {
      auto call = co_await client->send(peer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", {},
                                        in_ms(world, 999), in_ms(world, 999));
      calls.push_back(std::move(*call));
    }
    for (auto& call : calls) {
      (void)co_await call->read_head(in_ms(world, 999));
      (void)co_await call->read_body(in_ms(world, 999));
    }
    EXPECT_EQ(client->counts().idle, 2u);
    const bool reaped =
        co_await test::eventually(world, [&] { return client->counts().idle == 0; });
    EXPECT_TRUE(reaped);
  });
}

TEST_F(HttpClientStory, NamesWhatRefusesToConnect) {
  run([&](Loop&) -> Async<void> {
    peer.port = 9;
    const Got refused = co_await get();
    EXPECT_EQ(refused.fault, "outage: connect to 127.0.0.1:9: connection refused");
    peer.host = "nonexistent.invalid";
    const Got unknown = co_await get();
    EXPECT_TRUE(unknown.fault.starts_with("outage: DNS lookup of nonexistent.invalid: "))
        << unknown.fault;
  });
}

TEST_F(HttpClientStory, ACallThatIsGivenUpEndsAndIsNotSentAnew) {
  answers = {{hello}, {"", 0}};
  run([&](Loop& world) -> Async<void> {
    EXPECT_EQ((co_await get()).body, "hello");
    const std::string head = "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n";
    auto call = co_await client->send(peer, head, {}, in_ms(world, 2000), in_ms(world, 2000));
    EXPECT_TRUE(call);
    if (!call) co_return;
    EXPECT_TRUE((*call)->pooled());
    const MonoUs begun = world.mono_us();
    const auto soon = [](World& on, HttpCall& the_call) -> Async<void> {
      co_await on.sleep_until(in_ms(on, 20));
      the_call.give_up();
    };
    start(soon(world, **call));
    const Result<void> read = co_await (*call)->read_head(in_ms(world, 2000));
    EXPECT_FALSE(read);
    EXPECT_LT(world.mono_us() - begun, 1'000'000);
    EXPECT_EQ(accepted, 1);
  });
}

TEST_F(HttpClientStory, ADestroyedCallLeavesNothingBehind) {
  answers = {{"", 0}};
  run([&](Loop& world) -> Async<void> {
    auto call = co_await client->send(peer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", {},
                                      in_ms(world, 999), in_ms(world, 999));
    {
      // A read under way dies with its coroutine.
      std::optional<Async<Result<void>>> reading = (*call)->read_head(in_ms(world, 999));
      struct Poke {
        Async<Result<void>>& what;
        bool await_ready() { return false; }
        bool await_suspend(std::coroutine_handle<>) {
          what.await_suspend(std::noop_coroutine()).resume();
          return false;
        }
        void await_resume() {}
      };
      co_await Poke{*reading};
      co_await world.sleep_until(in_ms(world, 20));
      reading.reset();
    }
    co_await world.sleep_until(in_ms(world, 20));
    call->reset();
  });
}

}  // namespace
}  // namespace wye
