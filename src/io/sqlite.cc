// Sqlite: connections, statements, and what SQLite's codes mean in words. See sqlite.h.
#include "io/sqlite.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace wye::sqlite {
namespace {

constexpr int busy_timeout_ms = 5'000;

// What to tell the operator. `error` is the errno of the system call that failed, 0 when unknown.
std::string advice(int code, int error, const char* sqlite_says) {
  if ((code & 0xff) == SQLITE_FULL || error == ENOSPC || error == EDQUOT)
    return "disk full; free some space, then the same rows are written";
  if (error == EFBIG) return "the file size limit of this process is reached (ulimit -f); raise it";
  switch (code & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return "read-only; make the file and its directory writable for this user";
    case SQLITE_CANTOPEN:
      return fmt::format(
          "it cannot be opened ({}); check the path, and that this user may write both "
          "the file and its directory",
          error != 0 ? std::strerror(error) : sqlite_says);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fmt::format("not a SQLite database, or damaged ({}); move it away or restore a copy",
                         sqlite_says);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process keeps the database locked";
    case SQLITE_IOERR:
      return fmt::format("I/O error ({}); check the disk",
                         error != 0 ? std::strerror(error) : sqlite_says);
    default: return sqlite_says;
  }
}

}  // namespace

void Statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL, and an empty view may hold one.
  sqlite3_bind_text64(raw_.get(), parameter, text.data() != nullptr ? text.data() : "", text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(raw_.get(), parameter, number);
}

int Statement::step() {
  errno = 0;
  return sqlite3_step(raw_.get());
}

void Statement::reset() { sqlite3_reset(raw_.get()); }

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
  if (bytes == nullptr) return {};
  return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column)));
}

Result<Connection> Connection::open(const std::string& path, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(raw, path);
  if (code != SQLITE_OK) return fail(connection.fault_of(code, "open"));
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(raw_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return fail(fault_of(code, "read"));
  return Statement(raw);
}

Result<void> Connection::run(const std::string& sql) {
  const int code = sqlite3_exec(raw_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(fault_of(code, "write"));
  return {};
}

Result<std::int64_t> Connection::number(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(statement.error());
  const int code = statement->step();
  if (code != SQLITE_ROW) return fail(fault_of(code, "read"));
  return statement->number(0);
}

Fault Connection::fault_of(int code, std::string_view doing) const {
  // SQLite keeps the errno of failed opens, and not of writes within a statement.
  int error = raw_ ? sqlite3_system_errno(raw_.get()) : ENOMEM;
  if (error == 0 && (code & 0xff) == SQLITE_IOERR) error = errno;
  const char* says = raw_ ? sqlite3_errmsg(raw_.get()) : sqlite3_errstr(code);
  Fault result = fault(FaultKind::store,
                       fmt::format("cannot {} {}: {}", doing, path_, advice(code, error, says)));
  result.code = fmt::format("sqlite_{}", code);
  return result;
}

}  // namespace wye::sqlite
