#include "gateway/books.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/sim_store.h"

namespace wye {
namespace {

class PlainWorld final : public World {
 public:
  TimeMs now_ms() override { return 0; }
  MonoUs mono_us() override { return 0; }
  std::uint64_t dice() override { return 0; }
  Async<Result<std::unique_ptr<Stream>>> connect(const Peer&, MonoUs) override {
    co_return fail(FaultKind::outage, "no network here");
  }
  void post(std::function<void()> work) override { work(); }

 protected:
  void resume_at(MonoUs, std::coroutine_handle<>) override {}
};

class CountingClient final : public BooksClient {
 public:
  World& world() override { return world_; }
  void accept_snapshot(SnapshotPtr) override { ++snapshots; }
  int snapshots = 0;

 private:
  PlainWorld world_;
};

class BooksTest : public ::testing::Test {
 protected:
  explicit BooksTest(Books::Limits limits = {})
      : books(
            store, [this] { return now; }, limits) {
    books.set_notice([this](bool, const std::string& text) { told.push_back(text); });
    (void)books.add_client(first);
    (void)books.add_client(second);
  }

  Result<void> append(RequestId id, const BooksClient& client) {
    Books::Append work;
    work.row.id = id;
    work.rules = rules;
    Result<void> staged = books.stage(client, std::move(work));
    return staged ? books.commit(client) : staged;
  }
  void run_after(DurationMs wait) {
    now += wait;
    books.run_once();
  }

  SimStore store;
  TimeMs now = 1'000'000;
  std::vector<std::string> told;
  CountingClient first;
  CountingClient second;
  RulesPtr rules = std::make_shared<Rules>();
  Books books;
};

class BooksWithLittleRoom : public BooksTest {
 protected:
  BooksWithLittleRoom() : BooksTest(little_room()) {}
  static Books::Limits little_room() {
    Books::Limits limits;
    limits.late_max = 3;
    return limits;
  }
};

TEST_F(BooksTest, WritesTheRowsOfAllLoopsInOneCommit) {
  for (RequestId id = 1; id <= 8; ++id) EXPECT_TRUE(append(id, id % 2 == 0 ? first : second));
  EXPECT_EQ(books.waiting().queued_rows, 8U);
  EXPECT_TRUE(store.records().empty());
  books.run_once();
  EXPECT_EQ(store.records().size(), 8U);
  EXPECT_EQ(store.appends(), 1);
  EXPECT_EQ(books.waiting().queued_rows, 0U);
}

TEST_F(BooksTest, KeepsAnsweredRowsWhileTheDatabaseFailsAndTakesNoNewRequests) {
  store.fail_next(4);  // the policy, the rows, and both once more
  EXPECT_TRUE(append(1, first)) << "the journal has it";
  books.run_once();
  EXPECT_FALSE(books.ready());
  EXPECT_TRUE(append(2, first)) << "it was under way already";
  run_after(1'000);
  EXPECT_FALSE(books.ready());
  run_after(1'000);
  EXPECT_TRUE(books.ready());
  ASSERT_EQ(store.records().size(), 2U);
  EXPECT_EQ(store.records().begin()->second.status, 0) << "as the client was told";
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(BooksTest, OfWhatIsCommittedTogetherAllIsKeptOrNothing) {
  const auto stage = [&](RequestId id) {
    Books::Append work;
    work.row.id = id;
    work.rules = rules;
    EXPECT_TRUE(books.stage(first, std::move(work)));
  };
  stage(1);
  stage(2);
  EXPECT_EQ(books.waiting().queued_rows, 0U) << "nobody has been answered";
  EXPECT_TRUE(books.commit(first));
  EXPECT_EQ(books.waiting().queued_rows, 2U);
  stage(3);
  stage(4);
  store.set_disk_full(true);
  EXPECT_FALSE(books.commit(first));
  EXPECT_EQ(books.waiting().late_rows, 2U);
  store.set_disk_full(false);
  run_after(5'000);
  ASSERT_EQ(store.records().size(), 4U);
  EXPECT_EQ(store.records().at(2).status, 0);
  EXPECT_EQ(store.records().at(3).status, 503) << "as the client was told";
}

TEST_F(BooksTest, RefusesWhatNoJournalTakesAndKeepsTheRowForLater) {
  store.set_disk_full(true);
  const Result<void> refused = append(1, first);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::store);
  EXPECT_FALSE(books.ready());
  books.run_once();
  EXPECT_FALSE(books.ready());
  EXPECT_EQ(books.waiting().late_rows, 1U);
  store.set_disk_full(false);
  run_after(5'000);
  EXPECT_TRUE(books.ready());
  EXPECT_EQ(books.waiting().late_rows, 0U);
  ASSERT_EQ(store.records().size(), 1U);
  EXPECT_EQ(store.records().begin()->second.status, 503) << "as the client was told";
}

TEST_F(BooksWithLittleRoom, TellsOfAFailingStoreAndOfRowsThatFindNoRoom) {
  store.set_disk_full(true);
  for (RequestId id = 1; id <= 5; ++id) EXPECT_FALSE(append(id, first));
  run_after(5'000);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_TRUE(told[1].starts_with("2 records")) << told[1];
  store.set_disk_full(false);
  run_after(5'000);
  EXPECT_EQ(told.size(), 3U);
  EXPECT_EQ(store.records().size(), 3U);
}

TEST_F(BooksTest, ARowThatTheStoreRefusesDoesNotHoldUpTheOthers) {
  StoredRecord another;
  another.id = 2;
  another.body = "another";
  EXPECT_TRUE(store.append(std::vector{another}));
  for (RequestId id = 1; id <= 3; ++id) EXPECT_TRUE(append(id, first));
  books.run_once();
  EXPECT_EQ(store.records().size(), 3U);
  EXPECT_EQ(books.waiting().lost_rows, 1U);
  EXPECT_TRUE(books.ready());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].starts_with("a record is lost")) << told[0];
}

TEST_F(BooksTest, TellsTheLoopsAtWorkOfNewsAndTheIdleOnesWithTheNextTick) {
  auto with_one = std::make_shared<Rules>();
  with_one->deployments.resize(1);
  rules = with_one;
  const ActivePolicyPtr policy = books.activate(rules);
  run_after(1'000);
  const int before = second.snapshots;
  Books::Append work;
  work.rules = rules;
  work.learnt.push_back({policy->live[0], Outcome{}});
  EXPECT_TRUE(books.stage(first, std::move(work)));
  EXPECT_TRUE(books.commit(first));
  run_after(1);
  EXPECT_EQ(first.snapshots - before, 1);
  EXPECT_EQ(second.snapshots, before);
  run_after(1'000);
  EXPECT_EQ(second.snapshots - before, 1);
}

}  // namespace
}  // namespace wye
