#include "io/sqlite_checkpointer.h"

#include <utility>

#include "io/thread_name.h"

namespace wye::sqlite {

void checkpoint(Connection& connection) {
  sqlite3_wal_checkpoint_v2(connection.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::string& path) {
  auto connection = Connection::open(path, SQLITE_OPEN_READWRITE);
  if (!connection) return fail(std::move(connection.error()));
  auto set = connection->run("PRAGMA synchronous=NORMAL;PRAGMA wal_autocheckpoint=0;");
  if (!set) return fail(std::move(set.error()));
  return std::unique_ptr<Checkpointer>(new Checkpointer(std::move(*connection)));
}

Checkpointer::Checkpointer(Connection connection)
    : connection_(std::move(connection)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void Checkpointer::request() {
  const std::lock_guard lock(mutex_);
  wanted_ = true;
  changed_.notify_one();
}

void Checkpointer::run() {
  name_thread("wye-checkpoint");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    checkpoint(connection_);
    lock.lock();
  }
}

}  // namespace wye::sqlite
