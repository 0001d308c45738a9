#include "io/clocks.h"

#include <ctime>

namespace wye {
namespace {

std::int64_t clock_us(clockid_t which) {
  timespec time{};
  clock_gettime(which, &time);
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

}  // namespace

TimeMs wall_clock_ms() { return clock_us(CLOCK_REALTIME) / 1'000; }
std::int64_t boot_clock_us() { return clock_us(CLOCK_BOOTTIME); }

}  // namespace wye
