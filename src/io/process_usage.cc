#include "io/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace wye {
namespace {

std::int64_t microseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

// The second number of statm, in pages.
std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

ProcessUsage process_usage() {
  ProcessUsage usage;
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) {
    usage.cpu_us = microseconds(used.ru_utime) + microseconds(used.ru_stime);
  }
  usage.resident_bytes = resident_bytes();
  return usage;
}

}  // namespace wye
