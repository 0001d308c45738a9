// Watches the folders on the way to the file with inotify, and compares what the path leads to
// after things have been quiet for a moment. Belongs to one loop.
#include "io/file_watch.h"

#include <fmt/core.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <set>
#include <tuple>
#include <utility>

#include "io/timer_wheel.h"

namespace wye {
namespace fs = std::filesystem;
namespace {

constexpr MonoUs quiet_us = 50'000;
constexpr int links_max = 16;
constexpr std::uint32_t interest =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;

// Device, inode, size, time of the last change: what tells one content from another.
using Identity = std::tuple<dev_t, ino_t, off_t, time_t, long>;

Identity identity_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
}

class FileWatchImpl final : public FileWatch, private Timer, private LoopWait, private Watcher {
 public:
  FileWatchImpl(LoopCore& core, int descriptor, std::string path, std::function<void()> action)
      : core_(core),
        descriptor_(descriptor),
        path_(std::move(path)),
        action_(std::move(action)),
        identity_(identity_of(path_)) {
    LoopWait::join(core.waits);
    watch_folders();
    core.reactor.watch(descriptor, *this);
  }
  ~FileWatchImpl() override { on_loop_end(); }

 private:
  // The folder of every name on the way: of the path, and of what each symbolic link points to.
  void watch_folders() {
    std::set<std::string> folders;
    std::error_code ignored;
    fs::path at = fs::absolute(path_, ignored);
    for (int i = 0; i < links_max; ++i) {
      const fs::path folder = at.parent_path();
      folders.insert(folder.string());
      // A link among the folders, such as "..data", changes in the folder that holds it.
      if (fs::is_symlink(folder, ignored)) folders.insert(folder.parent_path().string());
      if (!fs::is_symlink(at, ignored)) break;
      const fs::path target = fs::read_symlink(at, ignored);
      at = target.is_absolute() ? target : folder / target;
    }
    for (const std::string& folder : folders)
      ::inotify_add_watch(descriptor_, folder.c_str(), interest);
  }

  void on_ready(Readiness) override {
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(descriptor_, events.data(), events.size()) > 0) {
    }
    // Not put off by further events: another file of the folder may be written all the time.
    if (!armed()) core_.timers.arm(*this, steady_now_us() + quiet_us);
  }

  void on_timer(MonoUs) override {
    watch_folders();
    const Identity now = identity_of(path_);
    if (now == identity_ || now == Identity{}) return;
    identity_ = now;
    // A copy: the action may replace this watch.
    const auto action = action_;
    action();
  }

  void on_loop_end() override {
    if (descriptor_ < 0) return;
    disarm();
    LoopWait::leave();
    core_.reactor.forget(descriptor_, *this);
    ::close(std::exchange(descriptor_, -1));
  }

  LoopCore& core_;
  int descriptor_;  // of inotify; -1: closed
  const std::string path_;
  const std::function<void()> action_;
  Identity identity_;
};

}  // namespace

Result<std::unique_ptr<FileWatch>> watch_file(LoopCore& core, const std::string& path,
                                              std::function<void()> action) {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0)
    return fail(FaultKind::config,
                fmt::format("watch {}: {}", path, describe(IoResult{IoStatus::failed, 0, errno})));
  return std::make_unique<FileWatchImpl>(core, descriptor, path, std::move(action));
}

}  // namespace wye
