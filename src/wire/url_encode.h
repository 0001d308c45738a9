// Percent-encoding, the counterpart of percent_decode in http1.h. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace wye {

// Every byte but letters, digits, "-._~" and those of `kept` becomes %XX, in capitals.
std::string url_encode(std::string_view text, std::string_view kept = "");

}  // namespace wye
