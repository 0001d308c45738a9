// Drill clerk: judges live drills that are over, and keeps their verdicts. Reading the records of a
// quarter of an hour may take seconds, so it has a thread of its own. Owned by the server.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/drill_desk.h"

namespace wye {

class DrillClerk {
 public:
  // Called on the clerk's thread, once a drill.
  using Done = std::function<void(std::string id, DrillResult result)>;

  DrillClerk(std::string store_path, Done done);
  // Judges what it was given, then ends.
  ~DrillClerk();
  DrillClerk(const DrillClerk&) = delete;
  DrillClerk& operator=(const DrillClerk&) = delete;

  // From any thread; all records of the drill are in the store.
  void judge(DrillEntry entry);

 private:
  void work();
  DrillResult judge_one(const DrillEntry& entry) const;

  const std::string store_path_;
  const Done done_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<DrillEntry> waiting_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace wye
