#include "app/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace wye {
namespace {

constexpr std::size_t files_kept_back = 128;
constexpr rlim_t files_wanted = 1 << 20;

}  // namespace

std::size_t raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  rlimit raised = limit;
  raised.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, files_wanted));
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return static_cast<std::size_t>(std::min(limit.rlim_cur, files_wanted));
}

std::size_t connections_within(std::size_t files) {
  return files > files_kept_back + 2 ? (files - files_kept_back) / 2 : 1;
}

}  // namespace wye
