// Sim store: a store in memory whose disk can be full or fail, for the simulated world and for
// tests of whoever writes. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "io/store.h"

namespace wye {

class SimStore : public StoreWriter, public StoreReader {
 public:
  Result<std::unique_ptr<RowJournal>> open_journal() override;
  Result<void> append(std::span<const StoredRecord> records) override;
  Result<void> put_policy(const StoredPolicy& policy) override;
  void idle() override { ++idle_calls_; }

  Result<std::optional<StoredRecord>> find(RequestId id) override;
  Result<std::optional<StoredRecord>> find_client_id(std::string_view client_id) override;
  Result<std::optional<StoredRecord>> last() override;
  Result<void> list(RequestId before, int limit,
                    const std::function<bool(const StoredRecord&)>& row) override;
  Result<std::int64_t> count() override { return static_cast<std::int64_t>(records_.size()); }
  Result<std::optional<StoredPolicy>> policy(std::string_view fingerprint) override;

  // The next so many appends to the database fail, and keep nothing; journals go on.
  void fail_next(int appends) { failing_ = appends; }
  // Every write fails, to journals too, until the disk is told to have room again.
  void set_disk_full(bool full) { disk_full_ = full; }
  // Journals take no row, until told otherwise.
  void set_journals_full(bool full) { journals_full_ = full; }

  const std::map<RequestId, StoredRecord>& records() const { return records_; }
  int appends() const { return appends_; }  // that succeeded
  int failures() const { return failures_; }
  int idle_calls() const { return idle_calls_; }

 private:
  class Journal;
  Result<void> try_disk();
  Result<void> try_append();

  std::map<RequestId, StoredRecord> records_;
  std::map<std::string, StoredPolicy, std::less<>> policies_;
  int failing_ = 0;
  bool disk_full_ = false;
  bool journals_full_ = false;
  int appends_ = 0;
  int failures_ = 0;
  int idle_calls_ = 0;
};

}  // namespace wye
