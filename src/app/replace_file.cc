#include "app/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "config/environment.h"

namespace wye {
namespace {

tl::unexpected<Fault> cannot_write(const std::string& path) {
  return fail(FaultKind::config, "cannot write " + path + ": " + std::strerror(errno));
}

// To the disk, so that a rename never leads to a file whose bytes were lost.
Result<void> write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot_write(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return cannot_write(path);
  return {};
}

Result<void> write_beside(std::string& name, mode_t mode, std::string_view text) {
  const int file = ::mkstemp(name.data());
  if (file < 0) return cannot_write(name);
  Result<void> written = write_all(file, text, name);
  if (written && ::fchmod(file, mode) != 0) written = cannot_write(name);
  if (::close(file) != 0 && written) written = cannot_write(name);
  if (!written) ::unlink(name.c_str());
  return written;
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view expected,
                          std::string_view text) {
  std::error_code error;
  const std::string real = std::filesystem::canonical(path, error);
  struct stat about {};
  if (error || ::stat(real.c_str(), &about) != 0)
    return fail(FaultKind::config, "cannot find " + path);
  std::string beside = real + ".XXXXXX";
  if (Result<void> written = write_beside(beside, about.st_mode & 07777, text); !written)
    return written;
  const Result<std::string> now = config::process_environment().read_file(real);
  if (!now || *now != expected) {
    ::unlink(beside.c_str());
    return fail(FaultKind::config, path + " was changed by somebody else; nothing is written");
  }
  if (::rename(beside.c_str(), real.c_str()) == 0) return {};
  const auto failed = cannot_write(real);
  ::unlink(beside.c_str());
  return failed;
}

}  // namespace wye
