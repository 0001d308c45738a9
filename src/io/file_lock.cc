// File lock: flock on a file beside the thing that is guarded. See file_lock.h.
#include "io/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace wye {
namespace {

constexpr int tries_max = 30;
constexpr auto look_again = std::chrono::milliseconds(10);

// What the holder wrote about itself, or a guess for a file that is being written.
std::string holder(int descriptor) {
  std::array<char, 64> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  std::string who(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!who.empty() && who.back() == '\n') who.pop_back();
  return who.empty() ? "another process" : who;
}

// The file stays behind when its owner ends: removing it would let two processes lock two files of
// the same name.
void sign(int descriptor) {
  const std::string text = fmt::format("process {}\n", ::getpid());
  // The words are a courtesy; the lock holds without them, for instance on a full disk.
  if (::ftruncate(descriptor, 0) != 0) return;
  if (::pwrite(descriptor, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path, const std::string& what) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fail(
        FaultKind::store,
        fmt::format("cannot write {}: its lock file {} cannot be made ({}); the directory must "
                    "exist and be writable for this user",
                    what, path, std::strerror(errno)));
  FileLock lock(descriptor);
  // Commands look whether it is taken, and take in what a killed process left; they soon let go.
  for (int tries = 0; tries < tries_max; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(look_again);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
      sign(descriptor);
      return lock;
    }
    if (errno != EWOULDBLOCK) break;
  }
  if (errno == EWOULDBLOCK)
    return fail(FaultKind::store,
                fmt::format("cannot write {}: {} is writing it already; stop that one "
                            "or use another path",
                            what, holder(descriptor)));
  return fail(FaultKind::store, fmt::format("cannot write {}: cannot lock {} ({})", what, path,
                                            std::strerror(errno)));
}

bool FileLock::is_taken(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool taken = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return taken;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace wye
