// For the tests of this room: runs one coroutine on a real loop until it ends, and small helpers to
// speak raw bytes. Not part of any program.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "io/loop.h"

namespace wye::test {

inline std::unique_ptr<Loop> new_loop() {
  auto loop = make_loop(0);
  if (!loop) std::abort();
  return std::move(*loop);
}

// Runs `story` to its end, or fails the test after a minute.
inline void run(Loop& loop, std::function<Async<void>(Loop&)> story) {
  bool ended = false;
  const auto watchdog = [](Loop& world, bool& done) -> Async<void> {
    co_await world.sleep_until(world.mono_us() + 60'000'000);
    if (!done) {
      ADD_FAILURE() << "the story did not end";
      world.stop();
    }
  };
  start(watchdog(loop, ended));
  const auto whole = [](Loop& world, std::function<Async<void>(Loop&)>& what,
                        bool& done) -> Async<void> {
    co_await what(world);
    done = true;
    world.stop();
  };
  start(whole(loop, story, ended));
  loop.run();
  EXPECT_TRUE(ended);
}

inline MonoUs in_ms(World& world, std::int64_t ms) { return world.mono_us() + ms * 1000; }

// Waits for what should come soon; false when it does not.
inline Async<bool> eventually(World& world, std::function<bool()> condition) {
  const MonoUs latest = in_ms(world, 10'000);
  while (!condition()) {
    if (world.mono_us() > latest) co_return false;
    co_await world.sleep_until(in_ms(world, 5));
  }
  co_return true;
}

inline Async<std::unique_ptr<Stream>> dial(World& world, std::uint16_t port) {
  const Peer peer{.host = "127.0.0.1", .port = port, .tls = false, .ca_file = {}};
  auto stream = co_await world.connect(peer, in_ms(world, 5000));
  EXPECT_TRUE(stream) << (stream ? "" : stream.error().message);
  if (!stream) co_return nullptr;
  co_return std::move(*stream);
}

inline Async<IoResult> say(World& world, Stream& stream, std::string_view text) {
  stream.set_deadline(in_ms(world, 5000));
  const std::string_view pieces[] = {text};
  co_return co_await stream.write(pieces);
}

// What one read gives; "" at the end or an error.
inline Async<std::string> hear(World& world, Stream& stream, std::int64_t wait_ms = 5000) {
  std::string bytes(64 << 10, '\0');
  stream.set_deadline(in_ms(world, wait_ms));
  const IoResult result = co_await stream.read(bytes);
  bytes.resize(result.status == IoStatus::ok ? result.bytes : 0);
  co_return bytes;
}

// All bytes up to the end of the stream, or until nothing comes any more.
inline Async<std::string> hear_all(World& world, Stream& stream, std::int64_t wait_ms = 5000) {
  std::string all;
  for (;;) {
    const std::string some = co_await hear(world, stream, wait_ms);
    if (some.empty()) co_return all;
    all += some;
  }
}

// Until `text` has been heard.
inline Async<std::string> hear_until(World& world, Stream& stream, std::string text) {
  std::string all;
  while (all.find(text) == std::string::npos) {
    const std::string some = co_await hear(world, stream);
    if (some.empty()) co_return all;
    all += some;
  }
  co_return all;
}

}  // namespace wye::test
