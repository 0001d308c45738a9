#include "gateway/books.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "io/async.h"
#include "io/sim_store.h"

namespace wye {
namespace {

// A loop that does what is posted at once, as a loop on another thread may.
class HastyWorld final : public World {
 public:
  TimeMs now_ms() override { return 0; }
  MonoUs mono_us() override { return 0; }
  std::uint64_t dice() override { return 0; }
  Async<Result<std::unique_ptr<Stream>>> connect(const Peer&, MonoUs) override {
    co_return fail(FaultKind::outage, "no network here");
  }
  void post(std::function<void()> work) override {
    work();
    if (const auto then = std::exchange(after_post, {})) then();
  }

  std::function<void()> after_post;  // once

 protected:
  void resume_at(MonoUs, std::coroutine_handle<>) override {}
};

class HastyClient final : public BooksClient {
 public:
  HastyWorld& world() override { return world_; }
  void accept_snapshot(SnapshotPtr) override {}

 private:
  HastyWorld world_;
};

Async<void> append_one(Books& books, BooksClient& client, RequestId id, int& kept, int& refused) {
  Books::Append work;
  work.row.id = id;
  work.rules = std::make_shared<Rules>();
  const Result<void> done = co_await books.append(client, std::move(work));
  (done ? kept : refused) += 1;
}

TEST(Books, EveryLoopIsToldOfItsOwnRowsOnce) {
  SimStore store;
  Books books(
      store, [] { return TimeMs{1'000}; }, Books::Limits{});
  HastyClient first;
  HastyClient second;
  books.add_client(first);
  books.add_client(second);
  int kept = 0;
  int refused = 0;
  for (RequestId id = 1; id <= 8; ++id) {
    start(append_one(books, id % 2 == 0 ? first : second, id, kept, refused));
  }
  // The first loop's coroutines are gone when the second loop is told; new ones take their memory.
  first.world().after_post = [&] {
    for (RequestId id = 9; id <= 12; ++id) start(append_one(books, second, id, kept, refused));
  };
  EXPECT_EQ(kept, 0);
  books.run_once();
  EXPECT_EQ(kept, 8) << "nobody is resumed before its own row is written";
  EXPECT_EQ(store.records().size(), 8U);
  books.run_once();
  EXPECT_EQ(kept, 12);
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(store.records().size(), 12U);
}

TEST(Books, TellsOfAFailingStoreAndOfRowsThatFindNoRoom) {
  SimStore store;
  TimeMs now = 1'000'000;
  Books::Limits limits;
  limits.late_max = 3;
  Books books(
      store, [&] { return now; }, limits);
  std::vector<std::string> told;
  books.set_notice([&](bool, const std::string& text) { told.push_back(text); });
  HastyClient client;
  books.add_client(client);
  store.set_disk_full(true);
  int kept = 0;
  int refused = 0;
  for (RequestId id = 1; id <= 5; ++id) start(append_one(books, client, id, kept, refused));
  books.run_once();
  now += 5'000;
  books.run_once();
  EXPECT_EQ(refused, 5);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_TRUE(told[1].starts_with("2 records")) << told[1];
  store.set_disk_full(false);
  now += 5'000;
  books.run_once();
  EXPECT_EQ(told.size(), 3U);
  EXPECT_EQ(store.records().size(), 3U);
}

TEST(Books, GivesUpOnAFailingStoreAndKeepsTheRowsForLater) {
  SimStore store;
  TimeMs now = 1'000;
  Books books(
      store, [&] { return now; }, Books::Limits{});
  HastyClient client;
  books.add_client(client);
  store.set_disk_full(true);
  int kept = 0;
  int refused = 0;
  start(append_one(books, client, 1, kept, refused));
  books.run_once();
  EXPECT_EQ(refused, 0);
  EXPECT_FALSE(books.ready());
  now += 5'000;
  books.run_once();
  EXPECT_EQ(refused, 1);
  store.set_disk_full(false);
  now += 5'000;
  books.run_once();
  EXPECT_TRUE(books.ready());
  ASSERT_EQ(store.records().size(), 1U);
  EXPECT_EQ(store.records().begin()->second.status, 503) << "as the client was told";
}

}  // namespace
}  // namespace wye
