// Sqlite checkpointer: copies the write-ahead log into the database file on a thread and a
// connection of its own, because a checkpoint waits for the disk and no request should. Owned by
// the store's writer.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "io/sqlite.h"

namespace wye::sqlite {

class Checkpointer {
 public:
  static Result<std::unique_ptr<Checkpointer>> start(const std::string& path);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Any thread. Returns at once; a wish during a checkpoint leads to one more.
  void request();

 private:
  explicit Checkpointer(Connection connection);
  void run();

  Connection connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// Copies what readers allow, waits for nobody. Failures are left for the next time: nothing is lost
// by a log that stays long.
void checkpoint(Connection& connection);

}  // namespace wye::sqlite
