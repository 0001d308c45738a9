// Sqlite: one connection and its prepared statements, with SQLite's codes turned into Faults whose
// words help. Private to the SQLite store; nobody else includes it.
//
// A connection belongs to one thread at a time (opened without SQLite's own mutexes).
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wye::sqlite {

// A statement compiled once and run often. Column numbers start at 0, parameters at 1, as in
// SQLite.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}

  // The text must live until the statement was reset: it is not copied.
  void bind(int parameter, std::string_view text);
  void bind(int parameter, std::int64_t number);
  // Clears errno first, which fault_of() may need.
  int step();
  // Lets go of the row, the locks and the bound texts.
  void reset();
  std::int64_t number(int column) const { return sqlite3_column_int64(raw_.get(), column); }
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

class Connection {
 public:
  // `flags` are SQLITE_OPEN_*.
  static Result<Connection> open(const std::string& path, int flags);

  Result<Statement> prepare(std::string_view sql);
  // Runs one or more statements that give no rows anyone wants.
  Result<void> run(const std::string& sql);
  // The one number of a PRAGMA or a SELECT.
  Result<std::int64_t> number(std::string_view sql);
  // The Fault of the last call on this connection that failed with `code`.
  Fault fault_of(int code, std::string_view doing) const;
  sqlite3* raw() const { return raw_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }
  };
  Connection(sqlite3* raw, std::string path) : raw_(raw), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Close> raw_;
  std::string path_;
};

}  // namespace wye::sqlite
