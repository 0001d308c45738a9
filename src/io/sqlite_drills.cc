// Drill store over SQLite. See drill_store.h.
#include <sqlite3.h>

#include "io/drill_store.h"
#include "io/sqlite.h"
#include "io/sqlite_schema.h"

namespace wye {
namespace {

using sqlite::Connection;
using sqlite::Statement;

// Somebody waits at a terminal, and a gateway commits in between.
constexpr int busy_timeout_ms = 5'000;

// The file may be one that an earlier wye wrote and that nobody serves from yet.
Result<Connection> open_to_write(const std::string& path) {
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE);
  if (!connection) return connection;
  sqlite3_busy_timeout(connection->raw(), busy_timeout_ms);
  if (auto done = sqlite::migrate(*connection, sqlite::schema_steps()); !done)
    return fail(done.error());
  return connection;
}

Result<Connection> open_to_read(const std::string& path) {
  auto connection = Connection::open(path, SQLITE_OPEN_READONLY);
  if (!connection) return connection;
  if (auto ours = sqlite::check_version(*connection, sqlite::schema_steps()); !ours)
    return fail(ours.error());
  return connection;
}

StoredDrill columns_of(const Statement& statement) {
  return {.id = statement.number(0),
          .at = statement.number(1),
          .policy = statement.text(2),
          .fault = statement.text(3),
          .target = statement.text(4),
          .task = statement.text(5),
          .success_ppm = statement.number(6),
          .expected_ppm = statement.number(7),
          .page = {},
          .body = {}};
}

}  // namespace

Result<std::int64_t> put_drill(const std::string& path, const StoredDrill& drill) {
  auto connection = open_to_write(path);
  if (!connection) return fail(connection.error());
  auto statement = connection->prepare(
      "INSERT INTO drills(at,policy,fault,target,task,success_ppm,expected_ppm,page,body)"
      "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
  if (!statement) return fail(statement.error());
  statement->bind(1, drill.at);
  statement->bind(2, drill.policy);
  statement->bind(3, drill.fault);
  statement->bind(4, drill.target);
  statement->bind(5, drill.task);
  statement->bind(6, drill.success_ppm);
  statement->bind(7, drill.expected_ppm);
  statement->bind(8, drill.page);
  statement->bind(9, drill.body);
  const int code = statement->step();
  if (code != SQLITE_DONE) return fail(connection->fault_of(code, "write"));
  return sqlite3_last_insert_rowid(connection->raw());
}

Result<std::vector<StoredDrill>> list_drills(const std::string& path, int limit) {
  auto connection = open_to_read(path);
  if (!connection) return fail(connection.error());
  auto statement = connection->prepare(
      "SELECT id,at,policy,fault,target,task,success_ppm,expected_ppm FROM drills "
      "ORDER BY id DESC LIMIT ?1");
  if (!statement) return fail(statement.error());
  statement->bind(1, static_cast<std::int64_t>(limit));
  std::vector<StoredDrill> drills;
  int code = statement->step();
  for (; code == SQLITE_ROW; code = statement->step()) drills.push_back(columns_of(*statement));
  if (code != SQLITE_DONE) return fail(connection->fault_of(code, "read"));
  return drills;
}

Result<std::optional<StoredDrill>> find_drill(const std::string& path, std::int64_t id) {
  auto connection = open_to_read(path);
  if (!connection) return fail(connection.error());
  auto statement = connection->prepare(
      "SELECT id,at,policy,fault,target,task,success_ppm,expected_ppm,page,body FROM drills "
      "WHERE ?1=0 OR id=?1 ORDER BY id DESC LIMIT 1");
  if (!statement) return fail(statement.error());
  statement->bind(1, id);
  const int code = statement->step();
  if (code == SQLITE_DONE) return std::optional<StoredDrill>();
  if (code != SQLITE_ROW) return fail(connection->fault_of(code, "read"));
  StoredDrill drill = columns_of(*statement);
  drill.page = statement->text(8);
  drill.body = statement->text(9);
  return std::optional(std::move(drill));
}

}  // namespace wye
