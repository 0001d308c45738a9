// Drill store: the verdicts of drills, kept in the store beside the records. Each call opens the
// file for itself, so that a drill can be kept while a gateway is writing records. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace wye {

struct StoredDrill {
  std::int64_t id = 0;  // from 1, given by the store
  TimeMs at = 0;
  std::string policy;  // fingerprint
  std::string fault;
  std::string target;
  std::string task;  // "": all
  std::int64_t success_ppm = 0;
  std::int64_t expected_ppm = 0;
  std::string page;  // as it was printed
  std::string body;  // JSON
};

// Gives the id. Faults of kind store, also when the file has another program's tables.
Result<std::int64_t> put_drill(const std::string& path, const StoredDrill& drill);
// Newest first, at most `limit`, without page and body.
Result<std::vector<StoredDrill>> list_drills(const std::string& path, int limit);
// The one with this id, 0: the newest.
Result<std::optional<StoredDrill>> find_drill(const std::string& path, std::int64_t id);

}  // namespace wye
