// Wait time: how long a provider asks to wait, in every notation that providers use. Internal to
// this room. Pure: the caller says what time it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/units.h"

namespace wye {

// "1m3.2s", "24m28.8s", "670ms", "0s" (Go), to milliseconds, rounded up.
std::optional<DurationMs> parse_go_duration_ms(std::string_view text);
// "2026-11-22T10:41:07.112Z", with an offset too.
std::optional<TimeMs> parse_rfc3339(std::string_view text);
// "Sun, 22 Nov 2026 10:41:07 GMT".
std::optional<TimeMs> parse_http_date(std::string_view text);

// Any of these, and plain seconds ("3", "0.25"), and times since 1970 in seconds or milliseconds,
// to milliseconds from now; never negative.
std::optional<DurationMs> parse_wait_ms(std::string_view text, TimeMs now);

// "... try again in 1.2s", "... retry in 48.5s", "... after 3 seconds" within a sentence.
std::optional<DurationMs> find_wait_ms(std::string_view sentence);

}  // namespace wye
