// JSON text: what may stand in JSON at all, and what for itself within a string. Pure, any thread.
#pragma once

#include <string_view>

namespace wye {

bool is_utf8(std::string_view text);

// True when nothing in it is escaped or would have to be: it is UTF-8 without quotes, backslashes
// and control characters.
bool is_plain_json_text(std::string_view text);

}  // namespace wye
