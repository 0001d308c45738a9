// Sqlite schema: the tables of the store, step by step from the first version to this one. A file
// is brought forward when a writer opens it; a file from a newer wye is refused and left alone.
#pragma once

#include <span>

#include "base/result.h"
#include "io/sqlite.h"

namespace wye::sqlite {

// steps[i] is the SQL that leads from version i to version i + 1.
std::span<const char* const> schema_steps();

// Brings the file to the last of `steps`; each step is one transaction.
Result<void> migrate(Connection& connection, std::span<const char* const> steps);
// For readers: the file must have exactly this version, since they may not change it.
Result<void> check_version(Connection& connection, std::span<const char* const> steps);

}  // namespace wye::sqlite
