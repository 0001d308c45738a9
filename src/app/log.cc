#include "app/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace wye::log {

void set_up(const std::string& level) {
  spdlog::drop("wye");  // of an earlier call
  spdlog::set_default_logger(spdlog::stderr_color_mt("wye"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

void write_info(std::string_view text) { spdlog::info("{}", text); }
void write_warn(std::string_view text) { spdlog::warn("{}", text); }
void write_error(std::string_view text) { spdlog::error("{}", text); }

}  // namespace wye::log
