// Sqlite store, the writing side: one connection, one transaction a batch, and a write-ahead log
// that is checkpointed by us and never within a commit. Owned by the books; lives on their thread,
// but for the row journals, which loops write.
//
// journal_mode=WAL with synchronous=NORMAL: a commit writes to the log file and does not wait for
// the disk. What was committed is in the kernel, so a killed or crashed process loses nothing. Only
// when the machine itself loses power may the last commits be gone; the file is whole then, too,
// since the log is synced before a checkpoint copies from it.
#include "io/sqlite_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "io/file_lock.h"
#include "io/row_journal.h"
#include "io/sqlite.h"
#include "io/sqlite_checkpointer.h"
#include "io/sqlite_schema.h"

namespace wye {
namespace {

using sqlite::Connection;
using sqlite::Statement;

constexpr std::string_view insert_sql =
    "INSERT INTO records(id,status,attempts,cost_nanousd,input_tokens,output_tokens,total_us,"
    "client_id,task,deployment,team,fault,policy,body)"
    "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14) ON CONFLICT(id) DO NOTHING";
constexpr std::string_view insert_policy_sql =
    "INSERT INTO policies(fingerprint,first_seen,path,text,catalog_json)VALUES(?1,?2,?3,?4,?5)"
    "ON CONFLICT(fingerprint) DO NOTHING";

struct WriteStatements {
  Statement begin;
  Statement commit;
  Statement rollback;
  Statement insert;
  Statement same_row;
  Statement insert_policy;
};

class SqliteWriter : public StoreWriter {
 public:
  SqliteWriter(FileLock lock, Connection connection, WriteStatements statements,
               const SqliteTuning& tuning, std::int64_t page_bytes,
               std::unique_ptr<sqlite::Checkpointer> checkpointer)
      : lock_(std::move(lock)),
        connection_(std::move(connection)),
        statements_(std::move(statements)),
        log_pages_max_(std::max<std::int64_t>(1, tuning.wal_bytes_max / page_bytes)),
        idle_pages_min_(std::max<std::int64_t>(1, tuning.idle_checkpoint_bytes / page_bytes)),
        checkpointer_(std::move(checkpointer)),
        journal_bytes_(tuning.journal_bytes) {
    sqlite3_wal_hook(connection_.raw(), &SqliteWriter::committed, this);
  }

  Result<std::unique_ptr<RowJournal>> open_journal() override {
    return open_row_journal(row_journal_path(connection_.path(), journals_++), journal_bytes_);
  }

  Result<void> append(std::span<const StoredRecord> records) override {
    if (records.empty()) return {};
    auto kept = in_transaction([&]() -> Result<void> {
      for (const StoredRecord& record : records) {
        if (auto one = insert(record); !one) return one;
      }
      return {};
    });
    // After the commit, so that nobody's answer hangs on a copy that can be made later.
    if (kept && log_growth_pages() >= log_pages_max_) make_checkpoint();
    return kept;
  }

  Result<void> put_policy(const StoredPolicy& policy) override {
    return in_transaction([&]() -> Result<void> {
      Statement& statement = statements_.insert_policy;
      statement.bind(1, policy.fingerprint);
      statement.bind(2, policy.first_seen);
      statement.bind(3, policy.path);
      statement.bind(4, policy.text);
      statement.bind(5, policy.catalog_json);
      return finish(statement);
    });
  }

  void idle() override {
    if (log_growth_pages() >= idle_pages_min_) make_checkpoint();
  }

 private:
  template <class Work>
  Result<void> in_transaction(const Work& work) {
    if (auto begun = finish(statements_.begin); !begun) return begun;
    Result<void> done = work();
    if (done) done = finish(statements_.commit);
    // A failed commit may leave the transaction open (or SQLite may have rolled it back already);
    // either way the next call must find none.
    if (!done && sqlite3_get_autocommit(connection_.raw()) == 0) (void)finish(statements_.rollback);
    return done;
  }

  Result<void> insert(const StoredRecord& record) {
    Statement& statement = statements_.insert;
    statement.bind(1, record.id);
    statement.bind(2, record.status);
    statement.bind(3, record.attempts);
    statement.bind(4, record.cost_nanousd);
    statement.bind(5, record.input_tokens);
    statement.bind(6, record.output_tokens);
    statement.bind(7, record.total_us);
    statement.bind(8, record.client_id);
    statement.bind(9, record.task);
    statement.bind(10, record.deployment);
    statement.bind(11, record.team);
    statement.bind(12, record.fault);
    statement.bind(13, record.policy);
    statement.bind(14, record.body);
    if (auto done = finish(statement); !done) return done;
    return sqlite3_changes64(connection_.raw()) == 1 ? Result<void>{} : check_kept(record);
  }

  // The id is there already. The same row is the retry of a batch whose fate was unknown, and well;
  // any other would be lost.
  Result<void> check_kept(const StoredRecord& record) {
    Statement& statement = statements_.same_row;
    statement.bind(1, record.id);
    statement.bind(2, record.body);
    const bool same = statement.step() == SQLITE_ROW;
    statement.reset();
    if (same) return {};
    return fail(FaultKind::internal,
                fmt::format("cannot write {}: a different record has the id {} already",
                            connection_.path(), format_request_id(record.id)));
  }

  Result<void> finish(Statement& statement) {
    const int code = statement.step();
    if (code == SQLITE_DONE) {
      statement.reset();
      return {};
    }
    Fault why =
        connection_.fault_of(code, "write");  // before reset(), which changes the error state
    statement.reset();
    return fail(std::move(why));
  }

  // Copies the log into the file as far as readers allow; never waits for them and never fails an
  // append. When all was copied and nobody reads from it, the next commit starts the log anew. A
  // reader that stays long makes it grow on; then the next try waits for as much growth again.
  // Under steady load the other thread never quite catches up with the writer, so a log that has
  // become very long is finished here: what is left to copy then is little.
  void make_checkpoint() {
    if (checkpointer_ && log_pages_ < inline_factor * log_pages_max_) {
      checkpointer_->request();
    } else {
      sqlite::checkpoint(connection_);
    }
    checkpoint_pages_ = log_pages_;
  }

  std::int64_t log_growth_pages() const { return log_pages_ - checkpoint_pages_; }

  static int committed(void* self, sqlite3*, const char*, int log_pages) {
    auto* writer = static_cast<SqliteWriter*>(self);
    writer->log_pages_ = log_pages;
    if (log_pages < writer->checkpoint_pages_)
      writer->checkpoint_pages_ = 0;  // it was started anew
    return SQLITE_OK;
  }

  FileLock lock_;  // first: let go after the connection is closed
  Connection connection_;
  WriteStatements statements_;
  std::int64_t log_pages_max_;
  std::int64_t idle_pages_min_;
  std::int64_t log_pages_ = 0;         // length of the log at the last commit
  std::int64_t checkpoint_pages_ = 0;  // and at the last checkpoint
  static constexpr std::int64_t inline_factor = 4;
  std::unique_ptr<sqlite::Checkpointer> checkpointer_;  // null: checkpoints are the writer's own
  std::int64_t journal_bytes_;
  std::size_t journals_ = 0;  // opened so far
};

// SQLite gives the log and its index the mode of the file, so the file is made before it opens it.
Result<void> make_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fail(FaultKind::store,
                fmt::format("cannot write {}: {}; the file and its directory must be "
                            "writable for this user",
                            path, std::strerror(errno)));
  ::close(descriptor);
  return {};
}

Result<void> set_up(Connection& connection, const SqliteTuning& tuning) {
  // Large pages: fewer frames, and fewer system calls, for each batch. The cache needs to hold only
  // the right edge of the table and the hot part of the index. Rows are checked by STRICT.
  const std::string settings = fmt::format(
      "PRAGMA page_size={};PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
      "PRAGMA wal_autocheckpoint=0;PRAGMA journal_size_limit={};PRAGMA cache_size=-16384;"
      "PRAGMA temp_store=MEMORY;PRAGMA foreign_keys=OFF;",
      tuning.page_bytes, 4 * tuning.wal_bytes_max);
  if (auto done = connection.run(settings); !done) return done;
  auto in_wal_mode =
      connection.number("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode='wal'");
  if (!in_wal_mode) return fail(in_wal_mode.error());
  if (*in_wal_mode != 1)
    return fail(
        FaultKind::store,
        fmt::format("cannot write {}: its file system does not allow a write-ahead log (shared "
                    "memory files); use a local disk",
                    connection.path()));
  if (auto done = sqlite::migrate(connection, sqlite::schema_steps()); !done) return done;
  if (tuning.pages_max == 0) return {};
  return connection.run(fmt::format("PRAGMA max_page_count={}", tuning.pages_max));
}

Result<WriteStatements> prepare_writing(Connection& connection) {
  WriteStatements all;
  const std::pair<Statement*, std::string_view> texts[] = {
      {&all.begin, "BEGIN IMMEDIATE"},
      {&all.commit, "COMMIT"},
      {&all.rollback, "ROLLBACK"},
      {&all.insert, insert_sql},
      {&all.same_row, "SELECT 1 FROM records WHERE id=?1 AND body=?2"},
      {&all.insert_policy, insert_policy_sql},
  };
  for (const auto& [statement, sql] : texts) {
    auto prepared = connection.prepare(sql);
    if (!prepared) return fail(prepared.error());
    *statement = std::move(*prepared);
  }
  return all;
}

// Takes in what the journals of an earlier process hold; nobody else has them, as the lock is ours.
Result<void> take_in_journals(const std::string& path, StoreWriter& writer) {
  constexpr std::size_t rows_at_once = 1'000;
  for (const std::string& journal : row_journals_of(path)) {
    std::vector<StoredRecord> rows;
    Result<void> kept;
    const auto keep = [&](std::size_t rows_min) {
      if (!kept || rows.size() < rows_min) return;
      kept = writer.append(rows);
      rows.clear();
    };
    const auto read = read_row_journal(journal, [&](StoredRecord row) {
      rows.push_back(std::move(row));
      keep(rows_at_once);
    });
    if (!read) return fail(read.error());
    keep(1);
    if (!kept) return kept;
    std::error_code left_behind;  // then its rows are taken in again, which changes nothing
    std::filesystem::remove(journal, left_behind);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<StoreWriter>> open_sqlite_writer(const std::string& path,
                                                        const SqliteTuning& tuning) {
  auto lock = FileLock::take(path + ".lock", path);
  if (!lock) return fail(lock.error());
  if (auto made = make_file(path); !made) return fail(made.error());
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE);
  if (!connection) return fail(connection.error());
  if (auto ready = set_up(*connection, tuning); !ready) return fail(ready.error());
  // From here on answers wait for commits. Who appends tries again by itself, and has given a
  // request up before long; it must not sit in here meanwhile.
  sqlite3_busy_timeout(connection->raw(), tuning.busy_timeout_ms);
  auto page_bytes = connection->number("PRAGMA page_size");
  if (!page_bytes) return fail(page_bytes.error());
  auto statements = prepare_writing(*connection);
  if (!statements) return fail(statements.error());
  std::unique_ptr<sqlite::Checkpointer> checkpointer;
  if (tuning.own_thread) {
    auto started = sqlite::Checkpointer::start(path);
    if (!started) return fail(started.error());
    checkpointer = std::move(*started);
  }
  auto writer = std::make_unique<SqliteWriter>(std::move(*lock), std::move(*connection),
                                               std::move(*statements), tuning, *page_bytes,
                                               std::move(checkpointer));
  if (auto taken = take_in_journals(path, *writer); !taken) return fail(taken.error());
  return writer;
}

Result<std::unique_ptr<StoreWriter>> open_sqlite_writer(const std::string& path) {
  return open_sqlite_writer(path, SqliteTuning{});
}

}  // namespace wye
