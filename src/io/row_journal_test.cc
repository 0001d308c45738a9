#include "io/row_journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "base/hash.h"
#include "io/row_codec.h"

namespace wye {
namespace {

StoredRecord row_of(RequestId id, std::size_t body_bytes) {
  StoredRecord row;
  row.id = id;
  row.client_id = "client-" + std::to_string(id);
  row.task = "summarize";
  row.status = 200;
  row.cost_nanousd = -7;
  row.body = std::string(body_bytes, static_cast<char>('a' + id % 26));
  return row;
}

class RowJournalTest : public ::testing::Test {
 public:
  RowJournalTest() {
    std::string name = (std::filesystem::temp_directory_path() / "wye-journal-XXXXXX").string();
    directory = ::mkdtemp(name.data());
  }
  ~RowJournalTest() override { std::filesystem::remove_all(directory); }

  std::string store_path() const { return directory + "/wye.db"; }
  std::string path() const { return row_journal_path(store_path(), 0); }
  std::unique_ptr<RowJournal> open(std::int64_t bytes) {
    auto journal = open_row_journal(path(), bytes);
    EXPECT_TRUE(journal) << (journal ? "" : journal.error().message);
    return journal ? std::move(*journal) : nullptr;
  }
  std::vector<StoredRecord> read() {
    std::vector<StoredRecord> rows;
    const auto span =
        read_row_journal(path(), [&](StoredRecord r) { rows.push_back(std::move(r)); });
    EXPECT_TRUE(span) << (span ? "" : span.error().message);
    return rows;
  }
  void overwrite(off_t at, std::string_view bytes) {
    const int file = ::open(path().c_str(), O_WRONLY);
    EXPECT_EQ(::pwrite(file, bytes.data(), bytes.size(), at), static_cast<ssize_t>(bytes.size()));
    ::close(file);
  }

  // As for a request that ends alone in its turn.
  static Result<std::uint64_t> keep(RowJournal& journal, const StoredRecord& row) {
    Result<std::uint64_t> position = journal.put(row);
    const Result<void> flushed = journal.flush();
    EXPECT_TRUE(flushed);
    return position;
  }

  std::string directory;
};

TEST(RowCodec, ReadsWhatWasWrittenAndRefusesEveryCut) {
  const StoredRecord row = row_of(-5, 300);
  std::string bytes;
  write_row(row, bytes);
  const auto back = read_row(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, row.id);
  EXPECT_EQ(back->client_id, row.client_id);
  EXPECT_EQ(back->cost_nanousd, -7);
  EXPECT_EQ(back->body, row.body);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(read_row(std::string_view(bytes).substr(0, cut))) << cut;
  EXPECT_FALSE(read_row(bytes + "x"));
}

TEST_F(RowJournalTest, GivesTheRowsThatAreNotTakenInTheirOrder) {
  const auto journal = open(1 << 16);
  std::vector<std::uint64_t> positions;
  for (RequestId id = 1; id <= 5; ++id) positions.push_back(*keep(*journal, row_of(id, 100)));
  EXPECT_EQ(read().size(), 5U);
  journal->taken(positions[2]);
  const std::vector<StoredRecord> rows = read();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].id, 4);
  EXPECT_EQ(rows[1].id, 5);
  EXPECT_EQ(rows[1].body, row_of(5, 100).body);
}

TEST_F(RowJournalTest, GoesRoundManyTimesAndLosesNothing) {
  const auto journal = open(8'192);
  Dice dice(3);
  std::vector<std::pair<RequestId, std::uint64_t>> waiting;
  for (RequestId id = 1; id <= 3'000; ++id) {
    const auto position = journal->put(row_of(id, dice.below(1'500)));
    const bool flushes = !position || dice.below(3) == 0;
    if (flushes) {
      ASSERT_TRUE(journal->flush());
    }
    if (!position) {
      ASSERT_FALSE(waiting.empty());
      const std::size_t many = 1 + dice.below(waiting.size());
      ASSERT_TRUE(journal->taken(waiting[many - 1].second));
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(many));
    } else {
      waiting.emplace_back(id, *position);
    }
    if (!flushes) continue;
    const std::vector<StoredRecord> rows = read();
    ASSERT_EQ(rows.size(), waiting.size()) << "after " << id;
    for (std::size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i].id, waiting[i].first);
  }
}

TEST_F(RowJournalTest, RowsAreThereOnceTheyAreFlushed) {
  const auto journal = open(1 << 16);
  for (RequestId id = 1; id <= 3; ++id) EXPECT_TRUE(journal->put(row_of(id, 100)));
  EXPECT_TRUE(read().empty());
  EXPECT_TRUE(journal->flush());
  EXPECT_EQ(read().size(), 3U);
  EXPECT_TRUE(journal->flush()) << "nothing to do";
  EXPECT_EQ(read().size(), 3U);
}

TEST_F(RowJournalTest, ARowThatEndsWithTheRingIsFollowedByOneAtItsBeginning) {
  constexpr std::int64_t room = 8'192;
  const auto journal = open(room);
  const std::size_t around = static_cast<std::size_t>(keep(*journal, row_of(1, 0)).value());
  const std::size_t half = room / 2;
  // Ends in the middle together with the row before it.
  const auto middle = keep(*journal, row_of(2, half - 2 * around));
  ASSERT_EQ(*middle, half);
  ASSERT_TRUE(journal->taken(*middle));
  ASSERT_EQ(*journal->put(row_of(3, half - around)), static_cast<std::uint64_t>(room));
  ASSERT_TRUE(journal->put(row_of(4, 500)));
  ASSERT_TRUE(journal->flush());
  const std::vector<StoredRecord> rows = read();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].id, 4);
}

// A process may write no file beyond its limit; what came before it is written all the same.
TEST_F(RowJournalTest, OfAFlushThatFailsNothingIsLeft) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto journal = open_row_journal(path(), 1 << 16);
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4'096 + 5'000, 4'096 + 5'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (RequestId id = 1; id <= 3; ++id) (void)(*journal)->put(row_of(id, 2'000));
    const bool failed = !(*journal)->flush();
    ::_exit(failed ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_TRUE(read().empty());
}

// Room is given away only once the file says so: a reader after a kill starts where it says.
TEST_F(RowJournalTest, WhatCannotBeNotedDownAsTakenIsNot) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto journal = open_row_journal(path(), 8'192);
    std::uint64_t end = 0;
    RequestId id = 0;
    while (const auto position = keep(**journal, row_of(++id, 1'000))) end = *position;
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{8, 8};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const bool told = (*journal)->taken(end).has_value();
    ::_exit(!told && !(*journal)->has_room() && !(*journal)->put(row_of(99, 1'000)) ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_FALSE(read().empty());
}

TEST_F(RowJournalTest, WhatCannotBeReadIsAFaultAndNotTheEnd) {
  std::filesystem::create_directory(path());
  const auto span = read_row_journal(path(), [](const StoredRecord&) {});
  ASSERT_FALSE(span);
  EXPECT_NE(span.error().message.find("move the file away"), std::string::npos)
      << span.error().message;
}

TEST_F(RowJournalTest, RefusesWhatFindsNoRoomAndSaysEarlyThatItFills) {
  const auto journal = open(8'192);
  EXPECT_TRUE(journal->has_room());
  std::uint64_t end = 0;
  RequestId id = 0;
  while (true) {
    const auto position = keep(*journal, row_of(++id, 1'000));
    if (!position) {
      EXPECT_EQ(position.error().kind, FaultKind::store);
      break;
    }
    end = *position;
  }
  EXPECT_FALSE(journal->has_room());
  EXPECT_EQ(read().size(), static_cast<std::size_t>(id - 1)) << "the refused row left no trace";
  ASSERT_TRUE(journal->taken(end));
  EXPECT_TRUE(journal->has_room());
  EXPECT_TRUE(keep(*journal, row_of(99, 1'000)));
  EXPECT_FALSE(keep(*journal, row_of(100, 9'000))) << "larger than the whole journal";
  EXPECT_EQ(read().size(), 1U);
}

TEST_F(RowJournalTest, ARowThatWasNotFinishedEndsTheReading) {
  const auto journal = open(1 << 16);
  const std::uint64_t end = *keep(*journal, row_of(1, 100));
  (void)keep(*journal, row_of(2, 100));
  overwrite(static_cast<off_t>(4'096 + end + 60), "torn");
  ASSERT_EQ(read().size(), 1U);
  overwrite(4'096 + 60, "torn");
  EXPECT_TRUE(read().empty());
}

TEST_F(RowJournalTest, IsGoneWhenAllIsTakenAndStaysOtherwise) {
  auto journal = open(1 << 16);
  const std::uint64_t first = *keep(*journal, row_of(1, 100));
  const std::uint64_t second = *keep(*journal, row_of(2, 100));
  EXPECT_TRUE(journal->taken(first));
  journal.reset();
  EXPECT_EQ(row_journals_of(store_path()), std::vector<std::string>{path()});
  EXPECT_EQ(read().size(), 1U);
  journal = open(1 << 16);
  EXPECT_TRUE(read().empty()) << "opening makes it new";
  EXPECT_TRUE(journal->taken(*keep(*journal, row_of(3, 100))));
  journal.reset();
  EXPECT_TRUE(row_journals_of(store_path()).empty());
  EXPECT_TRUE(read().empty()) << "a file that is not there holds nothing";
  EXPECT_GT(second, first);
}

TEST_F(RowJournalTest, AFileOfAnotherProgramIsNotReadAsRows) {
  keep(*open(1 << 16), row_of(1, 100)).value();
  overwrite(0, "elsewise");
  const auto span = read_row_journal(path(), [](const StoredRecord&) {});
  ASSERT_FALSE(span);
  EXPECT_NE(span.error().message.find("does not know"), std::string::npos);
  std::filesystem::resize_file(path(), 3);
  EXPECT_TRUE(read_row_journal(path(), [](const StoredRecord&) {})) << "it was never finished";
}

// A process that is killed the moment it has flushed its rows has not lost them.
TEST_F(RowJournalTest, SurvivesTheKillingOfItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto journal = open_row_journal(path(), 1 << 16);
    for (RequestId id = 1; id <= 20; ++id) (void)(*journal)->put(row_of(id, 200));
    (void)(*journal)->flush();
    (void)(*journal)->put(row_of(21, 200));
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(read().size(), 20U);
}

}  // namespace
}  // namespace wye
