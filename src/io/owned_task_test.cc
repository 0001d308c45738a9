// Owned tasks: what is let go of where it waits, in every wait of a request that is being sent.
#include "io/owned_task.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "io/http_client.h"
#include "io/sim_world.h"
#include "io/test_loop.h"

namespace wye::test {
namespace {

TEST(OwnedTask, RunsToItsEndAndIsFreed) {
  auto loop = new_loop();
  run(*loop, [](Loop& world) -> Async<void> {
    bool ended = false;
    const auto sleep = [](World& w, bool& done) -> Async<void> {
      co_await w.sleep_until(in_ms(w, 10));
      done = true;
    };
    OwnedTask task = start_owned(sleep(world, ended));
    EXPECT_FALSE(ended);
    const bool in_time = co_await eventually(world, [&] { return ended; });
    EXPECT_TRUE(in_time);
    task.let_go();
    task.let_go();
  });
}

TEST(OwnedTask, NothingIsResumedWhenItsOwnerLetsGo) {
  SimUniverse universe(1);
  SimWorld world(universe, "a");
  const auto token = std::make_shared<int>(1);
  bool woken = false;
  const auto outer = [](World& w, std::shared_ptr<int> held, bool& done) -> Async<void> {
    const auto inner = [](World& of, std::shared_ptr<int>) -> Async<void> {
      co_await of.sleep_until(1'000);
    };
    co_await inner(w, held);
    done = true;
  };
  {
    OwnedTask task = start_owned(outer(world, token, woken));
    EXPECT_GT(token.use_count(), 1);
    OwnedTask other = std::move(task);
    EXPECT_GT(token.use_count(), 1) << "it has a new owner";
  }
  EXPECT_EQ(token.use_count(), 1) << "the frames died with all that they held";
  EXPECT_EQ(universe.run_until_idle(), 0U);
  EXPECT_FALSE(woken);
}

// Accepts nothing and says nothing.
class DeafListener {
 public:
  DeafListener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, any, size), 0);
    EXPECT_EQ(::listen(descriptor_, 0), 0);
    EXPECT_EQ(::getsockname(descriptor_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  DeafListener(const DeafListener&) = delete;
  DeafListener& operator=(const DeafListener&) = delete;
  ~DeafListener() { ::close(descriptor_); }
  std::uint16_t port() const { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

Async<void> send_one(Loop& world, HttpClient& client, Peer peer, std::string body, bool& over) {
  const std::string_view pieces[] = {body};
  const MonoUs deadline = in_ms(world, 30'000);
  auto call =
      co_await client.send(peer, "POST / HTTP/1.1\r\nHost: x\r\n\r\n", pieces, deadline, deadline);
  over = true;
}

// Lets go of a request to `peer` after a while; it must be waiting still.
void let_go_of(const Peer& peer, std::size_t body_bytes) {
  auto loop = new_loop();
  run(*loop, [&](Loop& world) -> Async<void> {
    const std::unique_ptr<HttpClient> client = make_http_client(world);
    bool over = false;
    OwnedTask task =
        start_owned(send_one(world, *client, peer, std::string(body_bytes, 'x'), over));
    co_await world.sleep_until(in_ms(world, 50));
    EXPECT_FALSE(over);
    task.let_go();
    co_await world.sleep_until(in_ms(world, 50));
    EXPECT_FALSE(over);
    EXPECT_EQ(client->counts().idle, 0U);
  });
}

TEST(OwnedTask, ConnectingIsLetGoOf) {
  const DeafListener listener;
  // Its queue has room for one or two; whoever comes later waits to be connected.
  auto loop = new_loop();
  run(*loop, [&](Loop& world) -> Async<void> {
    const std::unique_ptr<HttpClient> client = make_http_client(world);
    const Peer peer{.host = "127.0.0.1", .port = listener.port(), .tls = false, .ca_file = {}};
    std::array<bool, 8> over{};
    std::vector<OwnedTask> tasks;
    for (bool& one : over) tasks.push_back(start_owned(send_one(world, *client, peer, "x", one)));
    co_await world.sleep_until(in_ms(world, 50));
    EXPECT_FALSE(over.back());
    tasks.clear();
    co_await world.sleep_until(in_ms(world, 50));
    EXPECT_FALSE(over.back());
  });
}

TEST(OwnedTask, AHandshakeOfTlsIsLetGoOf) {
  const DeafListener listener;
  let_go_of({.host = "127.0.0.1", .port = listener.port(), .tls = true, .ca_file = {}}, 1);
}

TEST(OwnedTask, ARequestThatIsBeingWrittenIsLetGoOf) {
  const DeafListener listener;
  let_go_of({.host = "127.0.0.1", .port = listener.port(), .tls = false, .ca_file = {}}, 32 << 20);
}

// The lookup ends in its own thread, and finds nobody.
TEST(OwnedTask, ALookupIsLetGoOf) {
  auto loop = new_loop();
  run(*loop, [](Loop& world) -> Async<void> {
    const std::unique_ptr<HttpClient> client = make_http_client(world);
    const Peer peer{.host = "nobody.invalid", .port = 9, .tls = false, .ca_file = {}};
    bool over = false;
    OwnedTask task = start_owned(send_one(world, *client, peer, "x", over));
    EXPECT_FALSE(over) << "it waits for the lookup";
    task.let_go();
    co_await world.sleep_until(in_ms(world, 200));
    EXPECT_FALSE(over);
  });
}

}  // namespace
}  // namespace wye::test
