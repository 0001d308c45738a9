// JSON text: what of a text stands for itself within a JSON string. Pure, any thread.
#pragma once

#include <string_view>

namespace wye {

// True when nothing in it is escaped or would have to be: it is UTF-8 without quotes, backslashes
// and control characters.
bool is_plain_json_text(std::string_view text);

}  // namespace wye
