// Sqlite store: what can be set about the embedded store beyond its path. Everybody but tests and
// benchmarks takes the defaults through store.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/store.h"

namespace wye {

struct SqliteTuning {
  int page_bytes = 8'192;                        // of a new file
  std::int64_t wal_bytes_max = 16 << 20;         // beyond it, append() asks for a checkpoint
  bool own_thread = true;                        // that makes checkpoints; false: the writer's
  std::int64_t idle_checkpoint_bytes = 1 << 20;  // below it, idle() leaves the log as it is
  std::int64_t pages_max = 0;                    // 0: no bound; a full disk in tests
  int busy_timeout_ms = 500;                     // of a commit, while another process has the lock
  std::int64_t journal_bytes = 16 << 20;         // room of each loop's row journal
};

Result<std::unique_ptr<StoreWriter>> open_sqlite_writer(const std::string& path,
                                                        const SqliteTuning& tuning);

}  // namespace wye
