// Zones: the UTC offsets of a time zone around now, from the machine's IANA data base. The date
// library throws; nothing leaves this file.
#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1  // as Debian builds the library
#endif
#include <date/tz.h>

#include <chrono>
#include <exception>

#include "config/loading.h"

namespace wye::config {

bool fill_offsets(TimeIs& window, TimeMs now) {
  using std::chrono::milliseconds;
  try {
    const date::time_zone* zone = date::locate_zone(window.zone);
    // Whole years, so that the same file gives the same rules all year long.
    const auto today = date::floor<date::days>(date::sys_time<milliseconds>(milliseconds(now)));
    const date::year year = date::year_month_day(today).year();
    const auto first =
        date::sys_days(date::year_month_day(year - date::years(1), date::January, date::day(1)));
    const auto last =
        date::sys_days(date::year_month_day(year + date::years(4), date::January, date::day(1)));
    window.offsets.clear();
    for (date::sys_seconds at = first; at < last;) {
      const date::sys_info info = zone->get_info(at);
      const auto from = std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
      window.offsets.emplace_back(from, static_cast<int>(info.offset.count()));
      if (info.end <= at) break;
      at = info.end;
    }
    return !window.offsets.empty();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace wye::config
