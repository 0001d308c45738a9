// Admin address: where a command finds the admin listener of a running gateway.
#pragma once

#include <string>

#include "base/result.h"
#include "core/rules.h"

namespace wye {

// `named` as in http://127.0.0.1:8081; when it is "", the listener of the configuration. Faults:
// config.
Result<ListenAddress> admin_address(const std::string& named, const std::string& config_path);

}  // namespace wye
