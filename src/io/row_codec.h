// Row codec: a stored record as bytes, for the row journal alone. Numbers as they stand in memory
// (a journal does not leave its machine), texts with their length before them. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "io/store.h"

namespace wye {

// Appends.
void write_row(const StoredRecord& row, std::string& into);
// A Fault when the bytes are not exactly one row.
Result<StoredRecord> read_row(std::string_view bytes);

}  // namespace wye
