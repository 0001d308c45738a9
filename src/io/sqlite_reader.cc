// Sqlite store, the reading side, for commands and pages: a read-only connection of its own, which
// never holds the writer back. Each reader belongs to one thread.
#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "io/file_lock.h"
#include "io/row_journal.h"
#include "io/sqlite.h"
#include "io/sqlite_schema.h"
#include "io/store.h"

namespace wye {
namespace {

using sqlite::Connection;
using sqlite::Statement;

#define WYE_COLUMNS                                                             \
  "SELECT id,status,attempts,cost_nanousd,input_tokens,output_tokens,total_us," \
  "client_id,task,deployment,team,fault,policy,body FROM records "

StoredRecord row_of(const Statement& statement) {
  StoredRecord row;
  row.id = statement.number(0);
  row.status = static_cast<int>(statement.number(1));
  row.attempts = static_cast<int>(statement.number(2));
  row.cost_nanousd = statement.number(3);
  row.input_tokens = statement.number(4);
  row.output_tokens = statement.number(5);
  row.total_us = statement.number(6);
  row.client_id = statement.text(7);
  row.task = statement.text(8);
  row.deployment = statement.text(9);
  row.team = statement.text(10);
  row.fault = statement.text(11);
  row.policy = statement.text(12);
  row.body = statement.text(13);
  return row;
}

struct ReadStatements {
  Statement by_id;
  Statement by_client_id;
  Statement newest;
  Statement older_than;
  Statement count;
  Statement policy;
};

class SqliteReader : public StoreReader {
 public:
  SqliteReader(Connection connection, ReadStatements statements)
      : connection_(std::move(connection)), statements_(std::move(statements)) {}

  Result<std::optional<StoredRecord>> find(RequestId id) override {
    statements_.by_id.bind(1, id);
    return one(statements_.by_id);
  }

  Result<std::optional<StoredRecord>> find_client_id(std::string_view client_id) override {
    statements_.by_client_id.bind(1, client_id);
    return one(statements_.by_client_id);
  }

  Result<std::optional<StoredRecord>> last() override { return one(statements_.newest); }

  Result<void> list(RequestId before, int limit,
                    const std::function<bool(const StoredRecord&)>& row) override {
    Statement& statement = statements_.older_than;
    statement.bind(1, before == 0 ? INT64_MAX : before);
    statement.bind(2, static_cast<std::int64_t>(limit));
    int code = statement.step();
    while (code == SQLITE_ROW && row(row_of(statement))) code = statement.step();
    return finish(statement, code);
  }

  Result<std::int64_t> count() override {
    const int code = statements_.count.step();
    const std::int64_t rows = code == SQLITE_ROW ? statements_.count.number(0) : 0;
    if (auto done = finish(statements_.count, code); !done) return fail(done.error());
    return rows;
  }

  Result<std::optional<StoredPolicy>> policy(std::string_view fingerprint) override {
    Statement& statement = statements_.policy;
    statement.bind(1, fingerprint);
    std::optional<StoredPolicy> found;
    const int code = statement.step();
    if (code == SQLITE_ROW)
      found = StoredPolicy{.fingerprint = statement.text(0),
                           .first_seen = statement.number(1),
                           .path = statement.text(2),
                           .text = statement.text(3),
                           .catalog_json = statement.text(4)};
    if (auto done = finish(statement, code); !done) return fail(done.error());
    return found;
  }

 private:
  Result<std::optional<StoredRecord>> one(Statement& statement) {
    std::optional<StoredRecord> found;
    const int code = statement.step();
    if (code == SQLITE_ROW) found = row_of(statement);
    if (auto done = finish(statement, code); !done) return fail(done.error());
    return found;
  }

  // Every read ends here: an unfinished statement would keep the log from being started anew.
  Result<void> finish(Statement& statement, int code) {
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
      statement.reset();
      return {};
    }
    Fault why = connection_.fault_of(code, "read");
    statement.reset();
    return fail(std::move(why));
  }

  Connection connection_;
  ReadStatements statements_;
};

Result<ReadStatements> prepare_reading(Connection& connection) {
  ReadStatements all;
  const std::pair<Statement*, std::string_view> texts[] = {
      {&all.by_id, WYE_COLUMNS "WHERE id=?1"},
      // The second condition lets the planner use the partial index.
      {&all.by_client_id,
       WYE_COLUMNS "WHERE client_id=?1 AND client_id<>'' ORDER BY id DESC LIMIT 1"},
      {&all.newest, WYE_COLUMNS "ORDER BY id DESC LIMIT 1"},
      {&all.older_than, WYE_COLUMNS "WHERE id<?1 ORDER BY id DESC LIMIT ?2"},
      {&all.count, "SELECT count(*) FROM records"},
      {&all.policy,
       "SELECT fingerprint,first_seen,path,text,catalog_json FROM policies "
       "WHERE fingerprint=?1"},
  };
  for (const auto& [statement, sql] : texts) {
    auto prepared = connection.prepare(sql);
    if (!prepared) return fail(prepared.error());
    *statement = std::move(*prepared);
  }
  return all;
}

// Until the living writer has taken in what stands in its journals now. It does so many times a
// second; a writer whose database fails does not, and is not waited for long.
Result<void> wait_for_journals(const std::string& path) {
  constexpr int waits_max = 400;
  constexpr auto wait = std::chrono::milliseconds(5);
  for (const std::string& journal : row_journals_of(path)) {
    auto span = read_row_journal(journal, [](const StoredRecord&) {});
    const std::uint64_t end = span ? span->end : 0;
    for (int waits = 0; span && !span->empty() && span->taken < end; ++waits) {
      if (waits == waits_max)
        return fail(FaultKind::store,
                    fmt::format("{} holds records that are not in {} yet; its writer cannot write "
                                "the database, see /readyz",
                                journal, path));
      std::this_thread::sleep_for(wait);
      span = read_row_journal(journal, [](const StoredRecord&) {});
    }
    if (!span) return fail(span.error());
  }
  return {};
}

// With no writer alive, whoever opens the store next takes the journals in; so we do.
Result<void> settle_journals(const std::string& path) {
  if (row_journals_of(path).empty()) return {};
  if (FileLock::is_taken(path + ".lock")) return wait_for_journals(path);
  auto writer = open_sqlite_writer(path);
  if (writer) return {};
  if (FileLock::is_taken(path + ".lock")) return wait_for_journals(path);  // it started just now
  return fail(writer.error());
}

}  // namespace

Result<std::unique_ptr<StoreReader>> open_sqlite_reader(const std::string& path) {
  if (auto settled = settle_journals(path); !settled) return fail(settled.error());
  auto connection = Connection::open(path, SQLITE_OPEN_READONLY);
  if (!connection) return fail(connection.error());
  if (auto ours = sqlite::check_version(*connection, sqlite::schema_steps()); !ours)
    return fail(ours.error());
  auto statements = prepare_reading(*connection);
  if (!statements) return fail(statements.error());
  return std::make_unique<SqliteReader>(std::move(*connection), std::move(*statements));
}

}  // namespace wye
