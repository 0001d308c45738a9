// Store: where records and policies are kept. One thread writes (the books); reading is for
// commands and pages, on connections of their own. SQLite is the embedded implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/units.h"

namespace wye {

// One record as the store keeps it: what is searched for as columns, all else as JSON.
struct StoredRecord {
  RequestId id = 0;
  std::string client_id;
  std::string task;
  std::string deployment;  // that served, "" when none
  std::string team;
  int status = 0;
  int attempts = 0;
  NanoUsd cost_nanousd = 0;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t total_us = 0;
  std::string fault;   // kind, "" when answered
  std::string policy;  // fingerprint
  std::string body;    // JSON
};

struct StoredPolicy {
  std::string fingerprint;
  TimeMs first_seen = 0;
  std::string path;
  std::string text;
  std::string catalog_json;
};

// Where the rows of one loop are kept from the end of a request until they are in the database.
class RowJournal {
 public:
  virtual ~RowJournal() = default;
  // On the loop's thread. Takes the row on, for the next flush(); the position is said again to
  // taken(). A Fault of kind store when there is no room.
  virtual Result<std::uint64_t> put(const StoredRecord& row) = 0;
  // On the loop's thread. When it returns well all rows that were put are in the kernel, so that
  // killing the process does not lose them. A Fault of kind store when the disk fails: of the rows
  // since the last flush() none is kept then.
  virtual Result<void> flush() = 0;
  // On the books' thread: the rows up to this position are in the database. A Fault of kind store
  // when that could not be noted down; nothing has changed then, and it is to be said again.
  virtual Result<void> taken(std::uint64_t position) = 0;
  // Any thread. False when new requests should not be begun: what is left is for those under way.
  virtual bool has_room() const = 0;
};

class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  // One for each loop; ends before its store does.
  virtual Result<std::unique_ptr<RowJournal>> open_journal() = 0;
  // All or nothing, in one transaction; when it returns well the rows are in the kernel, so that
  // killing the process loses none of them. A Fault of kind store when the disk is full or
  // read-only; the same rows may then be tried again.
  virtual Result<void> append(std::span<const StoredRecord> records) = 0;
  virtual Result<void> put_policy(const StoredPolicy& policy) = 0;
  // Housekeeping when there is nothing else to do (checkpoint of the write-ahead log).
  virtual void idle() = 0;
};

class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual Result<std::optional<StoredRecord>> find(RequestId id) = 0;
  virtual Result<std::optional<StoredRecord>> find_client_id(std::string_view client_id) = 0;
  virtual Result<std::optional<StoredRecord>> last() = 0;
  // Newest first, older than `before` (0: from the newest), at most `limit`; stops when `row` says
  // false.
  virtual Result<void> list(RequestId before, int limit,
                            const std::function<bool(const StoredRecord&)>& row) = 0;
  virtual Result<std::int64_t> count() = 0;
  virtual Result<std::optional<StoredPolicy>> policy(std::string_view fingerprint) = 0;
};

// `path` is made when it is not there (mode 0600). Another live writer on the file is a Fault. Rows
// that a killed process left in its journals are taken into the database first.
Result<std::unique_ptr<StoreWriter>> open_sqlite_writer(const std::string& path);
// The file must exist; reads while a writer is at work. Waits until every record of a request that
// has been answered by now can be read (some hundredths of a second at most), and takes in what a
// killed process left behind.
Result<std::unique_ptr<StoreReader>> open_sqlite_reader(const std::string& path);

}  // namespace wye
