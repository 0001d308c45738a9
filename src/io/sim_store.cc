// Sim store: maps instead of tables. See sim_store.h.
#include "io/sim_store.h"

#include <fmt/format.h>

namespace wye {

Result<void> SimStore::try_disk() {
  if (disk_full_) {
    ++failures_;
    return fail(FaultKind::store,
                "cannot write the simulated store: disk full; free some space, then the same "
                "rows are written");
  }
  return {};
}

Result<void> SimStore::try_append() {
  if (auto disk = try_disk(); !disk) return disk;
  if (failing_ > 0) {
    --failing_;
    ++failures_;
    return fail(FaultKind::store,
                "cannot write the simulated store: I/O error (simulated); check the disk");
  }
  return {};
}

// Keeps nothing: nobody is killed in the simulated world.
class SimStore::Journal final : public RowJournal {
 public:
  explicit Journal(SimStore& store) : store_(store) {}
  Result<std::uint64_t> put(const StoredRecord&) override {
    if (has_room()) return ++end_;
    return fail(FaultKind::store, "the simulated journal is full; its rows wait for the database");
  }
  Result<void> flush() override { return store_.try_disk(); }
  Result<void> taken(std::uint64_t) override { return store_.try_disk(); }
  bool has_room() const override { return !store_.journals_full_; }

 private:
  SimStore& store_;
  std::uint64_t end_ = 0;
};

Result<std::unique_ptr<RowJournal>> SimStore::open_journal() {
  return std::make_unique<Journal>(*this);
}

Result<void> SimStore::append(std::span<const StoredRecord> records) {
  if (auto disk = try_append(); !disk) return disk;
  for (const StoredRecord& record : records) {
    const auto at = records_.find(record.id);
    if (at != records_.end() && at->second.body != record.body)
      return fail(FaultKind::internal,
                  fmt::format("cannot write the simulated store: a different record has the "
                              "id {} already",
                              format_request_id(record.id)));
  }
  for (const StoredRecord& record : records) records_.emplace(record.id, record);
  ++appends_;
  return {};
}

Result<void> SimStore::put_policy(const StoredPolicy& policy) {
  if (auto disk = try_append(); !disk) return disk;
  policies_.emplace(policy.fingerprint, policy);
  return {};
}

Result<std::optional<StoredRecord>> SimStore::find(RequestId id) {
  const auto at = records_.find(id);
  return at == records_.end() ? std::nullopt : std::optional(at->second);
}

Result<std::optional<StoredRecord>> SimStore::find_client_id(std::string_view client_id) {
  if (client_id.empty()) return std::nullopt;
  for (auto at = records_.rbegin(); at != records_.rend(); ++at)
    if (at->second.client_id == client_id) return at->second;
  return std::nullopt;
}

Result<std::optional<StoredRecord>> SimStore::last() {
  return records_.empty() ? std::nullopt : std::optional(records_.rbegin()->second);
}

Result<void> SimStore::list(RequestId before, int limit,
                            const std::function<bool(const StoredRecord&)>& row) {
  auto at = before == 0 ? records_.end() : records_.lower_bound(before);
  for (int left = limit; left > 0 && at != records_.begin(); --left)
    if (!row((--at)->second)) break;
  return {};
}

Result<std::optional<StoredPolicy>> SimStore::policy(std::string_view fingerprint) {
  const auto at = policies_.find(fingerprint);
  return at == policies_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace wye
