// Log: what the server tells its operator, one line an event on stderr, with its time in UTC.
// Requests are not logged; they are records. Any thread.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace wye::log {

void set_up(const std::string& level);  // debug, info, warn or error
void write_info(std::string_view text);
void write_warn(std::string_view text);
void write_error(std::string_view text);

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write_info(fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  write_warn(fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write_error(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace wye::log
