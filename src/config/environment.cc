// The real environment; see environment.h.
#include "config/environment.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace wye::config {
namespace {

constexpr std::size_t file_bytes_max = 16 << 20;

Result<std::string> read_whole_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file)
    return fail(FaultKind::config, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  std::string text;
  std::array<char, 65536> buffer;
  while (true) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (got == 0) break;
    text.append(buffer.data(), got);
    if (text.size() > file_bytes_max)
      return fail(FaultKind::config, fmt::format("{} is too large", path));
  }
  if (std::ferror(file.get()) != 0) {
    return fail(FaultKind::config, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  }
  return text;
}

}  // namespace

Environment process_environment() {
  Environment environment;
  environment.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  environment.read_file = read_whole_file;
  environment.now = std::chrono::duration_cast<std::chrono::milliseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  return environment;
}

}  // namespace wye::config
