// Status table: the admin listener's status as people read it in a terminal. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace wye {

// `status_json` is what GET /admin/v1/status answered. `color` adds ANSI colours; every state is
// told in words as well. A Fault of kind bad_request when it is no status.
Result<std::string> status_table(std::string_view status_json, bool color);

}  // namespace wye
