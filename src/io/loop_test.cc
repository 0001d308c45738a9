// The loop: timers, other threads, files, signals, listening, and its end.
#include "io/loop.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include "io/test_loop.h"

namespace wye {
namespace {

namespace fs = std::filesystem;
using test::dial;
using test::eventually;
using test::in_ms;
using test::new_loop;
using test::run;

TEST(Loop, SleepsInOrder) {
  auto loop = new_loop();
  std::vector<int> order;
  run(*loop, [&](Loop& world) -> Async<void> {
    const auto sleeper = [](World& w, std::vector<int>& out, int ms) -> Async<void> {
      const MonoUs until = in_ms(w, ms);
      co_await w.sleep_until(until);
      EXPECT_GE(w.mono_us(), until);
      EXPECT_LT(w.mono_us(), until + 5'000'000);
      out.push_back(ms);
    };
    for (const int ms : {60, 10, 90, 30}) start(sleeper(world, order, ms));
    const bool all = co_await eventually(world, [&] { return order.size() == 4; });
    EXPECT_TRUE(all);
    co_await world.sleep_until(0);  // in the past
  });
  EXPECT_EQ(order, (std::vector<int>{10, 30, 60, 90}));
}

TEST(Loop, ADestroyedSleeperIsNotResumed) {
  auto loop = new_loop();
  run(*loop, [&](Loop& world) -> Async<void> {
    {
      std::optional<Async<void>> asleep = [](World& w) -> Async<void> {
        co_await w.sleep_until(in_ms(w, 10));
        ADD_FAILURE() << "it was destroyed";
      }(world);
      asleep->await_suspend(std::noop_coroutine()).resume();
      asleep.reset();
    }
    co_await world.sleep_until(in_ms(world, 40));
  });
}

TEST(Loop, TakesWorkFromOtherThreads) {
  auto loop = new_loop();
  constexpr int each = 10'000;
  int done = 0;
  run(*loop, [&](Loop& world) -> Async<void> {
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < each; ++i) loop->post([&] { ++done; });
      });
    while (done < 3 * each) co_await world.sleep_until(in_ms(world, 1));
    for (auto& thread : threads) thread.join();
  });
  EXPECT_EQ(done, 3 * each);
}

TEST(Loop, AnIdleLoopDoesNotTick) {
  auto loop = new_loop();
  rusage before{};
  rusage after{};
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    loop->stop();
  });
  ::getrusage(RUSAGE_THREAD, &before);
  loop->run();
  ::getrusage(RUSAGE_THREAD, &after);
  stopper.join();
  EXPECT_LE(after.ru_nvcsw - before.ru_nvcsw, 3);
}

TEST(Loop, SeveralLoopsListenOnOneAddress) {
  auto first = new_loop();
  auto second = new_loop();
  const auto ignore = [](std::unique_ptr<Stream>) {};
  auto port = first->listen("127.0.0.1", 0, 10, ignore);
  ASSERT_TRUE(port);
  EXPECT_EQ(second->listen("127.0.0.1", *port, 10, ignore).value_or(0), *port);
  EXPECT_EQ(first->listen("example.com", 1, 10, ignore).error().message,
            "listen on example.com:1: the host must be an IP address");
  EXPECT_TRUE(first->listen("192.0.2.1", 1, 10, ignore)
                  .error()
                  .message.starts_with("listen on 192.0.2.1:1: "));
}

TEST(Loop, ConnectionsBeyondTheLimitWait) {
  auto loop = new_loop();
  std::vector<std::unique_ptr<Stream>> open;
  auto port = loop->listen("127.0.0.1", 0, 2, [&](std::unique_ptr<Stream> stream) {
    open.push_back(std::move(stream));
  });
  run(*loop, [&](Loop& world) -> Async<void> {
    std::vector<std::unique_ptr<Stream>> clients;
    for (int i = 0; i < 4; ++i) clients.push_back(co_await dial(world, *port));
    co_await world.sleep_until(in_ms(world, 30));
    EXPECT_EQ(open.size(), 2u);
    open.erase(open.begin());
    const bool next = co_await eventually(world, [&] { return open.size() == 2; });
    EXPECT_TRUE(next);
    EXPECT_TRUE(open[0]->peer_is_loopback());
    EXPECT_TRUE(open[0]->peer().starts_with("127.0.0.1:"));
    open.clear();
    const bool last = co_await eventually(world, [&] { return open.size() == 1; });
    EXPECT_TRUE(last);
  });
}

TEST(Loop, SurvivesRunningOutOfDescriptors) {
  auto loop = new_loop();
  std::vector<std::unique_ptr<Stream>> open;
  auto port = loop->listen("127.0.0.1", 0, 10'000, [&](std::unique_ptr<Stream> stream) {
    open.push_back(std::move(stream));
  });
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  run(*loop, [&](Loop& world) -> Async<void> {
    std::vector<std::unique_ptr<Stream>> clients;
    clients.push_back(co_await dial(world, *port));
    const bool first = co_await eventually(world, [&] { return open.size() == 1; });
    EXPECT_TRUE(first);
    // Room for the client's descriptor, none for the server's.
    const int next_free = ::dup(0);
    ::close(next_free);
    rlimit tight = limit;
    tight.rlim_cur = static_cast<rlim_t>(next_free) + 1;
    ::setrlimit(RLIMIT_NOFILE, &tight);
    clients.push_back(co_await dial(world, *port));
    co_await world.sleep_until(in_ms(world, 30));
    EXPECT_EQ(open.size(), 1u);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const bool next = co_await eventually(world, [&] { return open.size() == 2; });
    EXPECT_TRUE(next);
  });
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Loop, RunningOutOfDescriptorsIsNoFaultOfWhoWasToBeReached) {
  auto loop = new_loop();
  auto port = loop->listen("127.0.0.1", 0, 10, [](std::unique_ptr<Stream>) {});
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  run(*loop, [&](Loop& world) -> Async<void> {
    const int next_free = ::dup(0);
    ::close(next_free);
    rlimit none_left = limit;
    none_left.rlim_cur = static_cast<rlim_t>(next_free);
    ::setrlimit(RLIMIT_NOFILE, &none_left);
    const Peer peer{.host = "127.0.0.1", .port = *port, .tls = false, .ca_file = {}};
    auto stream = co_await world.connect(peer, in_ms(world, 1000));
    ::setrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_FALSE(stream);
    if (stream) co_return;
    EXPECT_EQ(stream.error().kind, FaultKind::shed);
    EXPECT_NE(stream.error().message.find("too many open files"), std::string::npos)
        << stream.error().message;
  });
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Loop, CallsBackOnSignals) {
  auto loop = new_loop();
  int calls = 0;
  loop->on_signal(SIGUSR1, [&] { ++calls; });
  run(*loop, [&](Loop& world) -> Async<void> {
    for (int i = 0; i < 2; ++i) {
      ::kill(::getpid(), SIGUSR1);
      const bool called = co_await eventually(world, [&] { return calls == i + 1; });
      EXPECT_TRUE(called);
    }
  });
  EXPECT_EQ(calls, 2);
}

class FileChange : public ::testing::Test {
 public:
  FileChange() {
    char pattern[] = "/tmp/wye_file_XXXXXX";
    folder = ::mkdtemp(pattern);
  }
  ~FileChange() override { fs::remove_all(folder); }
  void put(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  fs::path folder;
};

TEST_F(FileChange, IsSeenHoweverItIsMade) {
  const fs::path file = folder / "wye.yaml";
  put(file, "1");
  auto loop = new_loop();
  int calls = 0;
  ASSERT_TRUE(loop->on_file_change(file.string(), [&] { ++calls; }));
  run(*loop, [&](Loop& world) -> Async<void> {
    put(file, "22");  // in place
    const bool seen_1 = co_await eventually(world, [&] { return calls == 1; });
    EXPECT_TRUE(seen_1);
    put(folder / "new", "333");  // renamed over
    fs::rename(folder / "new", file);
    const bool seen_2 = co_await eventually(world, [&] { return calls == 2; });
    EXPECT_TRUE(seen_2);
    put(folder / "other", "x");  // not ours
    co_await world.sleep_until(in_ms(world, 150));
    EXPECT_EQ(calls, 2);
    fs::remove(file);  // gone for a while, as some editors do
    co_await world.sleep_until(in_ms(world, 150));
    EXPECT_EQ(calls, 2);
    put(file, "4444");
    const bool seen_3 = co_await eventually(world, [&] { return calls == 3; });
    EXPECT_TRUE(seen_3);
    for (int i = 0; i < 5; ++i) {  // a burst counts once
      put(file, std::string(static_cast<std::size_t>(i + 5), 'x'));
      co_await world.sleep_until(in_ms(world, 5));
    }
    const bool seen_4 = co_await eventually(world, [&] { return calls == 4; });
    EXPECT_TRUE(seen_4);
  });
}

TEST_F(FileChange, IsSeenWhileAnotherFileOfItsFolderIsWrittenAllTheTime) {
  const fs::path file = folder / "wye.yaml";
  put(file, "1");
  auto loop = new_loop();
  int calls = 0;
  ASSERT_TRUE(loop->on_file_change(file.string(), [&] { ++calls; }));
  run(*loop, [&](Loop& world) -> Async<void> {
    put(file, "22");
    for (int i = 0; i < 40 && calls == 0; ++i) {
      put(folder / "log", std::string(static_cast<std::size_t>(i), 'x'));
      co_await world.sleep_until(in_ms(world, 20));
    }
    EXPECT_EQ(calls, 1);
  });
}

TEST_F(FileChange, IsSeenWhenLinksAreSwapped) {
  // As Kubernetes lays out a ConfigMap: file -> ..data/file, ..data -> a folder that is replaced.
  fs::create_directory(folder / "..1");
  fs::create_directory(folder / "..2");
  put(folder / "..1" / "wye.yaml", "1");
  put(folder / "..2" / "wye.yaml", "2");
  fs::create_directory_symlink("..1", folder / "..data");
  fs::create_symlink("..data/wye.yaml", folder / "wye.yaml");
  auto loop = new_loop();
  int calls = 0;
  ASSERT_TRUE(loop->on_file_change((folder / "wye.yaml").string(), [&] { ++calls; }));
  run(*loop, [&](Loop& world) -> Async<void> {
    fs::create_directory_symlink("..2", folder / "..data_tmp");
    fs::rename(folder / "..data_tmp", folder / "..data");
    const bool seen_5 = co_await eventually(world, [&] { return calls == 1; });
    EXPECT_TRUE(seen_5);
    put(folder / "..2" / "wye.yaml", "333");  // behind the links
    const bool seen_6 = co_await eventually(world, [&] { return calls == 2; });
    EXPECT_TRUE(seen_6);
  });
}

TEST(Loop, SeveralLoopsServeOnTheirOwnThreads) {
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<int> accepted(2);
  std::uint16_t port = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    loops.push_back(new_loop());
    Loop& loop = *loops.back();
    auto got = loop.listen("127.0.0.1", port, 1000, [&, i](std::unique_ptr<Stream> stream) {
      ++accepted[i];
      start([](World& world, std::unique_ptr<Stream> s) -> Async<void> {
        const std::string text = co_await test::hear(world, *s);
        (void)co_await test::say(world, *s, text);
      }(loop, std::move(stream)));
    });
    port = got.value_or(0);
  }
  std::vector<std::thread> threads;
  for (auto& loop : loops) threads.emplace_back([&] { loop->run(); });
  auto client = new_loop();
  run(*client, [&](Loop& world) -> Async<void> {
    for (int i = 0; i < 40; ++i) {
      auto stream = co_await dial(world, port);
      (void)co_await test::say(world, *stream, "echo");
      const std::string text = co_await test::hear(world, *stream);
      EXPECT_EQ(text, "echo");
    }
  });
  for (auto& loop : loops) loop->stop();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted[0] + accepted[1], 40);
}

TEST(Loop, ConnectHoldsItsDeadlineAndTellsWhy) {
  auto loop = new_loop();
  run(*loop, [&](Loop& world) -> Async<void> {
    const Peer refused{.host = "localhost", .port = 9, .tls = false, .ca_file = {}};
    auto one = co_await world.connect(refused, in_ms(world, 1000));
    EXPECT_FALSE(one);
    EXPECT_EQ(one.error().message, "connect to localhost:9: connection refused");
    EXPECT_EQ(one.error().kind, FaultKind::outage);
    const Peer unknown{.host = "nonexistent.invalid", .port = 9, .tls = false, .ca_file = {}};
    auto two = co_await world.connect(unknown, in_ms(world, 0));  // no time for DNS at all
    EXPECT_FALSE(two);
    EXPECT_EQ(two.error().message, "DNS lookup of nonexistent.invalid: timed out");
    EXPECT_EQ(two.error().kind, FaultKind::timeout);
  });
}

TEST(Loop, ItsEndEndsWhatIsUnderWay) {
  auto loop = new_loop();
  int ended = 0;
  std::unique_ptr<Stream> survivor;
  auto port = loop->listen("127.0.0.1", 0, 10, [&](std::unique_ptr<Stream> stream) {
    start([](World& world, std::unique_ptr<Stream> s, int& count) -> Async<void> {
      const std::string text = co_await test::hear(world, *s, 60'000);
      EXPECT_EQ(text, "");
      ++count;
    }(*loop, std::move(stream), ended));
  });
  run(*loop, [&](Loop& world) -> Async<void> {
    start([](World& w, int& count) -> Async<void> {
      co_await w.sleep_until(in_ms(w, 60'000));
      ++count;
    }(world, ended));
    survivor = co_await dial(world, *port);
    co_await world.sleep_until(in_ms(world, 20));
  });
  EXPECT_EQ(ended, 2);
  loop.reset();
  EXPECT_TRUE(survivor->idle_is_broken());
  survivor.reset();  // a stream may outlive its loop
}

}  // namespace
}  // namespace wye
