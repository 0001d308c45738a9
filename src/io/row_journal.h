// Row journal: the last moments of the embedded store. A loop writes the rows of a turn into a
// file of its own before it ends their answers; the books put the rows into the database many at a
// time, a moment later, and say how far they have come. What a killed process left here is taken
// into the database when the store is opened the next time.
//
// The file is a ring of fixed size, its blocks taken when it is made, so a full disk does not keep
// an answered request from being recorded. Writing to it is one pwrite() into the page cache,
// two where the ring begins anew.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/store.h"

namespace wye {

// Makes the file, or empties it; `bytes` is the room for rows. Faults are of kind store.
Result<std::unique_ptr<RowJournal>> open_row_journal(const std::string& path, std::int64_t bytes);

// The journals beside the store at `store_path`, of whichever loops there were.
std::vector<std::string> row_journals_of(const std::string& store_path);
// The name of the journal of loop `index`, from 0.
std::string row_journal_path(const std::string& store_path, std::size_t index);

// How far a journal has come: rows from `taken` to `end` are not in the database yet.
struct JournalSpan {
  std::uint64_t taken = 0;
  std::uint64_t end = 0;
  bool empty() const { return taken == end; }
};

// Reads what a journal holds, also while it is written. `row` gets each whole row that is not in
// the database yet, oldest first; a row whose writer was killed in the middle ends the reading.
Result<JournalSpan> read_row_journal(const std::string& path,
                                     const std::function<void(StoredRecord)>& row);

}  // namespace wye
