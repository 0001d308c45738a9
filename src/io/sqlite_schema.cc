// Sqlite schema: the steps, and walking them. See sqlite_schema.h.
#include "io/sqlite_schema.h"

#include <fmt/format.h>

#include <array>

namespace wye::sqlite {
namespace {

// "wye1" in SQLite's application_id, so that some other program's database is not taken for ours.
constexpr std::int64_t application_id = 0x77796531;

// The request id is the row id and grows with time, so rows are appended at the right edge of one
// B-tree and no index is needed for "newest first". The only index is for those who ask by their
// own request id, and holds only rows that have one.
constexpr const char* version_1 = R"sql(
CREATE TABLE records(
  id INTEGER PRIMARY KEY,
  status INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  cost_nanousd INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  client_id TEXT NOT NULL,
  task TEXT NOT NULL,
  deployment TEXT NOT NULL,
  team TEXT NOT NULL,
  fault TEXT NOT NULL,
  policy TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX records_by_client_id ON records(client_id) WHERE client_id <> '';
CREATE TABLE policies(
  fingerprint TEXT PRIMARY KEY,
  first_seen INTEGER NOT NULL,
  path TEXT NOT NULL,
  text TEXT NOT NULL,
  catalog_json TEXT NOT NULL
) STRICT;
)sql";

// The verdicts of drills.
constexpr const char* version_2 = R"sql(
CREATE TABLE drills(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  policy TEXT NOT NULL,
  fault TEXT NOT NULL,
  target TEXT NOT NULL,
  task TEXT NOT NULL,
  success_ppm INTEGER NOT NULL,
  expected_ppm INTEGER NOT NULL,
  page TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
)sql";

constexpr std::array<const char*, 2> steps_so_far = {version_1, version_2};

// The version of a file that is ours or empty.
Result<std::int64_t> version_of(Connection& connection) {
  auto owner = connection.number("PRAGMA application_id");
  if (!owner) return fail(owner.error());
  auto version = connection.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());
  const bool empty = *owner == 0 && *version == 0 && *tables == 0;
  if (*owner == application_id || empty) return *version;
  return fail(
      FaultKind::store,
      fmt::format("{} is a SQLite database of another program; give the store a path of its own",
                  connection.path()));
}

Fault too_new(const Connection& connection, std::int64_t version, std::size_t known) {
  return fault(
      FaultKind::store,
      fmt::format("{} has schema version {}, this wye knows versions up to {}; use the newer "
                  "wye that wrote it, or another path",
                  connection.path(), version, known));
}

}  // namespace

std::span<const char* const> schema_steps() { return steps_so_far; }

Result<void> migrate(Connection& connection, std::span<const char* const> steps) {
  auto version = version_of(connection);
  if (!version) return fail(version.error());
  if (*version < 0 || static_cast<std::size_t>(*version) > steps.size())
    return fail(too_new(connection, *version, steps.size()));
  for (auto at = static_cast<std::size_t>(*version); at < steps.size(); ++at) {
    auto done = connection.run(
        fmt::format("BEGIN IMMEDIATE;{};PRAGMA application_id={};PRAGMA user_version={};COMMIT",
                    steps[at], application_id, at + 1));
    if (done) continue;
    // Whatever the step had done is undone; the file stays at the version it had.
    if (sqlite3_get_autocommit(connection.raw()) == 0) (void)connection.run("ROLLBACK");
    return done;
  }
  return {};
}

Result<void> check_version(Connection& connection, std::span<const char* const> steps) {
  auto version = version_of(connection);
  if (!version) return fail(version.error());
  const auto known = static_cast<std::int64_t>(steps.size());
  if (*version > known) return fail(too_new(connection, *version, steps.size()));
  if (*version < known)
    return fail(
        FaultKind::store,
        fmt::format("{} has schema version {}, and this wye reads version {}; `wye serve` brings "
                    "it forward when it opens it",
                    connection.path(), *version, known));
  return {};
}

}  // namespace wye::sqlite
