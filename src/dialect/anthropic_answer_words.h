// Anthropic answer words: what whole answers and streams for Anthropic clients say alike. Internal
// to this room.
#pragma once

#include <string_view>

#include "core/outcome.h"

namespace wye::anthropic {

inline constexpr std::string_view nameless_id = "msg_wye";  // of a provider that gives none

// For an answer of another dialect; `calls`: it holds calls of tools.
std::string_view stop_reason(FinishReason reason, bool calls, std::string_view stop_sequence);

}  // namespace wye::anthropic
