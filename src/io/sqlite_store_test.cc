// The SQLite store: what is kept, what is refused, and what survives a full disk and a killed
// process.
#include "io/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "io/row_journal.h"
#include "io/sqlite.h"
#include "io/sqlite_schema.h"

namespace wye {
namespace {

namespace fs = std::filesystem;

class SqliteStoreTest : public ::testing::Test {
 public:
  SqliteStoreTest() {
    std::string name = (fs::temp_directory_path() / "wye-store-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~SqliteStoreTest() override {
    std::error_code ignored;
    fs::permissions(directory_, fs::perms::owner_all, ignored);
    fs::remove_all(directory_, ignored);
  }

  std::string path(const std::string& name = "wye.db") const { return directory_ / name; }
  std::int64_t size_of(const std::string& file) const {
    return fs::exists(file) ? static_cast<std::int64_t>(fs::file_size(file)) : 0;
  }

  fs::path directory_;
};

StoredRecord record(RequestId id, std::size_t body_bytes = 60) {
  StoredRecord row;
  row.id = id;
  row.client_id = id % 2 == 0 ? "client-" + std::to_string(id) : "";
  row.task = "chat-support";
  row.deployment = "openai/gpt-4o-mini";
  row.team = "search";
  row.status = 200;
  row.attempts = 2;
  row.cost_nanousd = 380'000 + id;
  row.input_tokens = 812;
  row.output_tokens = 96;
  row.total_us = 1'204'113;
  row.fault = id % 3 == 0 ? "rate_limit" : "";
  row.policy = "9f2c1a";
  row.body = "{\"id\":" + std::to_string(id) + ",\"pad\":\"" + std::string(body_bytes, 'x') + "\"}";
  return row;
}

std::vector<StoredRecord> records(RequestId first, int count, std::size_t body_bytes = 60) {
  std::vector<StoredRecord> rows;
  for (int i = 0; i < count; ++i) rows.push_back(record(first + i, body_bytes));
  return rows;
}

void expect_same(const StoredRecord& a, const StoredRecord& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.client_id, b.client_id);
  EXPECT_EQ(a.task, b.task);
  EXPECT_EQ(a.deployment, b.deployment);
  EXPECT_EQ(a.team, b.team);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.attempts, b.attempts);
  EXPECT_EQ(a.cost_nanousd, b.cost_nanousd);
  EXPECT_EQ(a.input_tokens, b.input_tokens);
  EXPECT_EQ(a.output_tokens, b.output_tokens);
  EXPECT_EQ(a.total_us, b.total_us);
  EXPECT_EQ(a.fault, b.fault);
  EXPECT_EQ(a.policy, b.policy);
  EXPECT_EQ(a.body, b.body);
}

std::unique_ptr<StoreWriter> open_writer(const std::string& path, const SqliteTuning& tuning = {}) {
  auto writer = open_sqlite_writer(path, tuning);
  EXPECT_TRUE(writer) << writer.error().message;
  return writer ? std::move(*writer) : nullptr;
}

std::unique_ptr<StoreReader> open_reader(const std::string& path) {
  auto reader = open_sqlite_reader(path);
  EXPECT_TRUE(reader) << reader.error().message;
  return reader ? std::move(*reader) : nullptr;
}

// Runs `work` in a child process, which must return true.
template <class Work>
void expect_in_child(const Work& work) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
}

TEST_F(SqliteStoreTest, KeepsEveryFieldOfARecord) {
  auto writer = open_writer(path());
  const auto rows = records(1'000, 4);
  ASSERT_TRUE(writer->append(rows));
  auto reader = open_reader(path());
  for (const StoredRecord& row : rows) {
    auto found = reader->find(row.id);
    ASSERT_TRUE(found && *found);
    expect_same(**found, row);
  }
  EXPECT_FALSE(*reader->find(77));
}

TEST_F(SqliteStoreTest, FindsByClientIdTheNewest) {
  auto writer = open_writer(path());
  auto rows = records(10, 3);
  for (StoredRecord& row : rows) row.client_id = "again";
  ASSERT_TRUE(writer->append(rows));
  auto reader = open_reader(path());
  auto found = reader->find_client_id("again");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, 12);
  EXPECT_FALSE(*reader->find_client_id("never"));
  EXPECT_FALSE(*reader->find_client_id(""));
}

TEST_F(SqliteStoreTest, ListsNewestFirstInPages) {
  auto writer = open_writer(path());
  ASSERT_TRUE(writer->append(records(1, 9)));
  auto reader = open_reader(path());
  std::vector<RequestId> seen;
  const auto note = [&](const StoredRecord& row) {
    seen.push_back(row.id);
    return row.id != 3;
  };
  ASSERT_TRUE(reader->list(0, 4, note));
  EXPECT_EQ(seen, (std::vector<RequestId>{9, 8, 7, 6}));
  ASSERT_TRUE(reader->list(6, 100, note));
  EXPECT_EQ(seen, (std::vector<RequestId>{9, 8, 7, 6, 5, 4, 3}));
  EXPECT_EQ(*reader->count(), 9);
  EXPECT_EQ((*reader->last())->id, 9);
}

TEST_F(SqliteStoreTest, EmptyStoreHasNothing) {
  auto writer = open_writer(path());
  auto reader = open_reader(path());
  EXPECT_EQ(*reader->count(), 0);
  EXPECT_FALSE(*reader->last());
  EXPECT_TRUE(writer->append({}));
}

TEST_F(SqliteStoreTest, KeepsThePolicyFirstSeen) {
  auto writer = open_writer(path());
  const StoredPolicy policy{"abc", 1'000, "wye.yaml", "tasks: {}\n", "{\"models\":[]}"};
  ASSERT_TRUE(writer->put_policy(policy));
  StoredPolicy later = policy;
  later.first_seen = 2'000;
  ASSERT_TRUE(writer->put_policy(later));
  auto reader = open_reader(path());
  auto found = reader->policy("abc");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->first_seen, 1'000);
  EXPECT_EQ((*found)->text, policy.text);
  EXPECT_EQ((*found)->catalog_json, policy.catalog_json);
  EXPECT_FALSE(*reader->policy("def"));
}

TEST_F(SqliteStoreTest, ReaderSeesWhatIsAppendedLater) {
  auto writer = open_writer(path());
  auto reader = open_reader(path());
  ASSERT_TRUE(writer->append(records(1, 1)));
  EXPECT_EQ(*reader->count(), 1);
  ASSERT_TRUE(writer->append(records(2, 1)));
  EXPECT_EQ(*reader->count(), 2);
}

TEST_F(SqliteStoreTest, SameRowsAgainAreKeptOnceAndOtherRowsOfOneIdAreRefused) {
  auto writer = open_writer(path());
  ASSERT_TRUE(writer->append(records(1, 3)));
  EXPECT_TRUE(writer->append(records(1, 5)));
  auto other = record(9);
  auto clash = record(5);
  clash.body = "{}";
  const std::vector<StoredRecord> batch = {other, clash};
  auto refused = writer->append(batch);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::internal);
  EXPECT_NE(refused.error().message.find(format_request_id(5)), std::string::npos);
  auto reader = open_reader(path());
  EXPECT_EQ(*reader->count(), 5) << "all or nothing";
}

TEST_F(SqliteStoreTest, FilesAreForTheirOwnerAlone) {
  auto writer = open_writer(path());
  ASSERT_TRUE(writer->append(records(1, 1)));
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat info {};
    ASSERT_EQ(::stat((path() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(SqliteStoreTest, SecondWriterIsToldWhoWrites) {
  auto first = open_writer(path());
  auto second = open_sqlite_writer(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, FaultKind::store);
  EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
      << second.error().message;
  first.reset();
  EXPECT_TRUE(open_sqlite_writer(path()));
}

TEST_F(SqliteStoreTest, RefusesAFileOfANewerWye) {
  open_writer(path()).reset();
  {
    auto raw = sqlite::Connection::open(path(), SQLITE_OPEN_READWRITE);
    ASSERT_TRUE(raw->run("PRAGMA user_version=99"));
  }
  for (const Fault& refused :
       {open_sqlite_writer(path()).error(), open_sqlite_reader(path()).error()}) {
    EXPECT_EQ(refused.kind, FaultKind::store);
    EXPECT_NE(refused.message.find("schema version 99"), std::string::npos) << refused.message;
  }
}

TEST_F(SqliteStoreTest, BringsAnOlderFileForwardStepByStep) {
  const char* const steps[] = {"CREATE TABLE a(x)", "CREATE TABLE b(x)", "CREATE TABLE c(x)"};
  const char* const broken[] = {steps[0], "CREATE TABLE b(x);CREATE TABLE b(x)"};
  auto file = sqlite::Connection::open(path(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  ASSERT_TRUE(file);
  ASSERT_TRUE(sqlite::migrate(*file, std::span(steps).first(1)));
  EXPECT_FALSE(sqlite::check_version(*file, steps)) << "a reader refuses the older file";
  EXPECT_FALSE(sqlite::migrate(*file, broken));
  EXPECT_EQ(*file->number("PRAGMA user_version"), 1) << "a step that failed leaves nothing behind";
  EXPECT_EQ(*file->number("SELECT count(*) FROM sqlite_schema"), 1);
  ASSERT_TRUE(sqlite::migrate(*file, steps));
  EXPECT_EQ(*file->number("PRAGMA user_version"), 3);
  EXPECT_TRUE(sqlite::check_version(*file, steps));
  EXPECT_FALSE(sqlite::migrate(*file, std::span(steps).first(2)));
}

TEST_F(SqliteStoreTest, RefusesForeignAndDamagedFiles) {
  {
    auto raw =
        sqlite::Connection::open(path("other.db"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    ASSERT_TRUE(raw->run("CREATE TABLE t(x)"));
  }
  auto foreign = open_sqlite_writer(path("other.db"));
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find("another program"), std::string::npos);

  std::ofstream(path("text.db")) << std::string(10'000, 'n');
  auto text = open_sqlite_writer(path("text.db"));
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().message.find("not a SQLite database"), std::string::npos)
      << text.error().message;
}

TEST_F(SqliteStoreTest, ReaderOfNoFileIsRefusedAndMakesNone) {
  auto reader = open_sqlite_reader(path("none.db"));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, FaultKind::store);
  EXPECT_FALSE(fs::exists(path("none.db")));
}

TEST_F(SqliteStoreTest, FullDiskSaysSoAndTheSameRowsSucceedLater) {
  auto writer = open_writer(path(), {.pages_max = 12});
  RequestId next = 1;
  Result<void> appended;
  while ((appended = writer->append(records(next, 8, 1'200)))) next += 8;
  EXPECT_EQ(appended.error().kind, FaultKind::store);
  EXPECT_NE(appended.error().message.find("cannot write " + path() + ": disk full"),
            std::string::npos)
      << appended.error().message;
  EXPECT_FALSE(writer->append(records(next, 8, 1'200))) << "still full";
  EXPECT_EQ(*open_reader(path())->count(), next - 1) << "nothing of the batch that failed";
  writer.reset();
  writer = open_writer(path());
  EXPECT_TRUE(writer->append(records(next, 8, 1'200)));
  EXPECT_EQ(*open_reader(path())->count(), next + 7);
}

// The same with real write errors of the kernel, and on one connection.
// The books give a request up after two seconds; until then they must have had their say.
TEST_F(SqliteStoreTest, ALockOfAnotherProcessIsNoSilentStall) {
  auto store = open_sqlite_writer(path());
  ASSERT_TRUE(store);
  auto other = sqlite::Connection::open(path(), SQLITE_OPEN_READWRITE);
  ASSERT_TRUE(other && other->run("BEGIN IMMEDIATE"));
  const auto begun = std::chrono::steady_clock::now();
  const StoredRecord rows[] = {record(1)};
  const Result<void> kept = (*store)->append(rows);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, FaultKind::store);
  EXPECT_NE(kept.error().message.find("locked"), std::string::npos) << kept.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(1'000));
  ASSERT_TRUE(other->run("ROLLBACK"));
  EXPECT_TRUE((*store)->append(rows));
}

TEST_F(SqliteStoreTest, GoesOnWhenTheFileMayGrowAgain) {
  expect_in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    auto writer = open_writer(path(), {.wal_bytes_max = 1 << 20});
    const rlimit before{RLIM_INFINITY, RLIM_INFINITY};
    const rlimit small{300'000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &small);
    RequestId next = 1;
    Result<void> appended;
    while ((appended = writer->append(records(next, 8, 1'200))) && next < 10'000) next += 8;
    if (appended || appended.error().kind != FaultKind::store) return false;
    std::fprintf(stderr, "%s\n", appended.error().message.c_str());
    if (writer->append(records(next, 8, 1'200))) return false;
    ::setrlimit(RLIMIT_FSIZE, &before);
    for (int i = 0; i < 200; ++i, next += 8)
      if (!writer->append(records(next, 8, 1'200))) return false;
    writer->idle();
    return *open_reader(path())->count() == next - 1;
  });
}

TEST_F(SqliteStoreTest, ReadOnlyDirectoryIsNamed) {
  fs::permissions(directory_, fs::perms::owner_read | fs::perms::owner_exec |
                                  fs::perms::others_read | fs::perms::others_exec);
  expect_in_child([&] {
    // Root may write everywhere, so the child becomes somebody else.
    if (::geteuid() == 0 && ::setuid(65'534) != 0) return false;
    auto writer = open_sqlite_writer(path());
    if (writer) return false;
    std::fprintf(stderr, "%s\n", writer.error().message.c_str());
    return writer.error().kind == FaultKind::store &&
           writer.error().message.find("cannot write " + path()) != std::string::npos;
  });
}

TEST_F(SqliteStoreTest, ReadOnlyFileIsNamed) {
  open_writer(path()).reset();
  ::chmod(path().c_str(), 0444);
  ::chmod((path() + ".lock").c_str(), 0666);
  ::chmod(directory_.c_str(), 0755);
  expect_in_child([&] {
    if (::geteuid() == 0 && ::setuid(65'534) != 0) return false;
    auto writer = open_sqlite_writer(path());
    if (writer) return false;
    std::fprintf(stderr, "%s\n", writer.error().message.c_str());
    return writer.error().message.find("writable for this user") != std::string::npos;
  });
}

// What append() reported is there after SIGKILL, whenever it strikes.
TEST_F(SqliteStoreTest, KilledProcessLosesNothingThatWasReported) {
  RequestId expected_at_least = 0;
  for (int round = 0; round < 5; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const RequestId first = (round + 1) * RequestId{1'000'000};
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto writer = open_sqlite_writer(path(), {.wal_bytes_max = 1 << 20});
      if (!writer) ::_exit(1);
      for (RequestId next = first;; next += 16) {
        if (!(*writer)->append(records(next, 16, 1'200))) ::_exit(2);
        const RequestId reported = next + 15;
        if (::write(pipe_ends[1], &reported, sizeof reported) < 0) ::_exit(3);
      }
    }
    ::close(pipe_ends[1]);
    RequestId reported = 0;
    RequestId one = 0;
    const int enough = 40 + 97 * round;
    for (int i = 0; i < enough && ::read(pipe_ends[0], &one, sizeof one) == sizeof one; ++i)
      reported = one;
    ::kill(child, SIGKILL);
    while (::read(pipe_ends[0], &one, sizeof one) == sizeof one) reported = one;
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_GT(reported, first);

    expected_at_least += reported - first + 1;
    auto writer = open_writer(path());  // the lock went with its holder
    ASSERT_NE(writer, nullptr);
    auto reader = open_reader(path());
    for (RequestId id = first; id <= reported; ++id) ASSERT_TRUE(*reader->find(id)) << id;
    EXPECT_GE(*reader->count(), expected_at_least);
    auto raw = sqlite::Connection::open(path(), SQLITE_OPEN_READONLY);
    EXPECT_EQ(
        *raw->number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check='ok'"), 1);
  }
}

// Leaves rows first .. first + count - 1 in a journal, as a process does that is killed then.
void put_and_be_killed(const std::string& path, RequestId first, int count) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto writer = open_sqlite_writer(path, SqliteTuning{.own_thread = false});
    auto journal = writer ? (*writer)->open_journal() : fail(writer.error());
    if (!journal) ::_exit(1);
    for (const StoredRecord& row : records(first, count)) (void)(*journal)->put(row);
    (void)(*journal)->flush();
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST_F(SqliteStoreTest, TheNextWriterTakesInWhatAKilledOneLeftInItsJournal) {
  put_and_be_killed(path(), 1, 2'500);
  ASSERT_FALSE(row_journals_of(path()).empty());
  auto writer = open_sqlite_writer(path());
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_TRUE(row_journals_of(path()).empty());
  auto reader = open_sqlite_reader(path());
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(*(*reader)->count(), 2'500);
  expect_same(**(*reader)->find(2'500), record(2'500));
}

TEST_F(SqliteStoreTest, AReaderTakesInWhatAKilledWriterLeft) {
  put_and_be_killed(path(), 1, 3);
  auto reader = open_sqlite_reader(path());
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(*(*reader)->count(), 3);
  EXPECT_TRUE(row_journals_of(path()).empty());
}

TEST_F(SqliteStoreTest, AReaderWaitsForRowsThatTheWriterHasNotTakenInYet) {
  auto writer = open_sqlite_writer(path());
  ASSERT_TRUE(writer) << writer.error().message;
  auto journal = (*writer)->open_journal();
  ASSERT_TRUE(journal) << journal.error().message;
  const auto position = (*journal)->put(record(1));
  ASSERT_TRUE(position);
  ASSERT_TRUE((*journal)->flush());
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_TRUE((*writer)->append(records(1, 1)));
    (*journal)->taken(*position);
  });
  auto reader = open_sqlite_reader(path());
  later.join();
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(*(*reader)->count(), 1);
}

TEST_F(SqliteStoreTest, LogOfABusyWriterIsBounded) {
  auto writer = open_writer(path(), {.wal_bytes_max = 1 << 20, .own_thread = false});
  std::int64_t largest = 0;
  for (int i = 0; i < 400; ++i) {
    ASSERT_TRUE(writer->append(records(1 + i * 32, 32, 1'200)));
    largest = std::max(largest, size_of(path() + "-wal"));
  }
  EXPECT_LT(largest, 3 << 20);
  EXPECT_GT(size_of(path()), 12 << 20);
}

TEST_F(SqliteStoreTest, IdleEmptiesTheLog) {
  auto writer = open_writer(path(), {.own_thread = false, .idle_checkpoint_bytes = 1});
  ASSERT_TRUE(writer->append(records(1, 200, 1'200)));
  const std::int64_t before = size_of(path());
  writer->idle();
  EXPECT_GT(size_of(path()), before + 200'000);
}

TEST_F(SqliteStoreTest, AReaderThatStaysDoesNotStopTheWriter) {
  auto writer = open_writer(path(), {.wal_bytes_max = 256 << 10, .own_thread = false});
  ASSERT_TRUE(writer->append(records(1, 100, 1'200)));
  auto reader = open_reader(path());
  RequestId next = 1'000;
  ASSERT_TRUE(reader->list(0, 1'000, [&](const StoredRecord&) {
    EXPECT_TRUE(writer->append(records(next, 16, 1'200)));
    next += 16;
    return true;
  }));
  EXPECT_EQ(*reader->count(), 100 + 16 * 100);
  for (int i = 0; i < 100; ++i, next += 16) ASSERT_TRUE(writer->append(records(next, 16, 1'200)));
  EXPECT_EQ(*reader->count(), 100 + 16 * 200);
}

}  // namespace
}  // namespace wye
