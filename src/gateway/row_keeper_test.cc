#include "gateway/row_keeper.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "io/sim_store.h"

namespace wye {
namespace {

// A world whose turns end when the test says so.
class TurningWorld final : public World {
 public:
  TimeMs now_ms() override { return 0; }
  MonoUs mono_us() override { return 0; }
  std::uint64_t dice() override { return 0; }
  Async<Result<std::unique_ptr<Stream>>> connect(const Peer&, MonoUs) override {
    co_return fail(FaultKind::outage, "no network here");
  }
  void post(std::function<void()> work) override { work(); }
  void at_turn_end(std::function<void()> work) override { late_.push_back(std::move(work)); }

  int end_turn() {
    const auto works = std::exchange(late_, {});
    for (const auto& work : works) work();
    return static_cast<int>(works.size());
  }

 protected:
  void resume_at(MonoUs, std::coroutine_handle<>) override {}

 private:
  std::vector<std::function<void()>> late_;
};

class LoopOfOne final : public BooksClient {
 public:
  World& world() override { return turning; }
  void accept_snapshot(SnapshotPtr) override {}
  TurningWorld turning;
};

class RowKeeperTest : public testing::Test {
 public:
  RowKeeperTest() { EXPECT_TRUE(books.add_client(loop)); }

  Books::Append row(RequestId id) {
    Books::Append work;
    work.row.id = id;
    work.rules = rules;
    return work;
  }
  // A request that ends: its row is kept, and then `after` done.
  Async<void> end_request(RequestId id, std::function<void()> after = {}) {
    const Result<void> kept = co_await keeper.keep(row(id));
    kept ? ++answered : ++refused;
    if (after) after();
  }

  SimStore store;
  RulesPtr rules = std::make_shared<Rules>();
  Books books{store, [] { return TimeMs{1'000'000}; }, {}};
  LoopOfOne loop;
  RowKeeper keeper{loop.turning, books, loop};
  int answered = 0;
  int refused = 0;
};

TEST_F(RowKeeperTest, NobodyIsAnsweredBeforeTheTurnEndsAndThenAllAre) {
  for (RequestId id = 1; id <= 3; ++id) start(end_request(id));
  EXPECT_EQ(answered, 0);
  EXPECT_EQ(books.waiting().queued_rows, 0U);
  EXPECT_EQ(loop.turning.end_turn(), 1) << "one commit for all";
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(books.waiting().queued_rows, 3U);
}

TEST_F(RowKeeperTest, WhoEndsWhileOthersGoOnBelongsToTheNextTurn) {
  start(end_request(1, [&] { start(end_request(2)); }));
  start(end_request(3));
  EXPECT_EQ(loop.turning.end_turn(), 1);
  EXPECT_EQ(answered, 2);
  EXPECT_EQ(books.waiting().queued_rows, 2U) << "the row of the second is not in the kernel yet";
  EXPECT_EQ(loop.turning.end_turn(), 1);
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(loop.turning.end_turn(), 0);
}

TEST_F(RowKeeperTest, WhenTheWriteFailsAllOfTheTurnAreRefused) {
  start(end_request(1));
  start(end_request(2));
  store.set_disk_full(true);
  loop.turning.end_turn();
  EXPECT_EQ(answered, 0);
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(books.waiting().late_rows, 2U);
}

TEST_F(RowKeeperTest, WhatTheJournalDoesNotTakeIsRefusedAtOnce) {
  store.set_journals_full(true);
  start(end_request(1));
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(loop.turning.end_turn(), 0);
}

}  // namespace
}  // namespace wye
