// File lock: keeps a second process from writing where one writes already. Advisory (flock), so the
// kernel lets go of it when its owner dies, however it dies.
#pragma once

#include <string>

#include "base/result.h"

namespace wye {

class FileLock {
 public:
  // Takes the lock at `path`, a file that is made for it (mode 0600) and says who holds it. `what`
  // is named in the Fault (kind store) when somebody else has it.
  static Result<FileLock> take(const std::string& path, const std::string& what);

  // Somebody holds the lock at `path` at this moment.
  static bool is_taken(const std::string& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace wye
