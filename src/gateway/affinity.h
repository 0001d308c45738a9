// Affinity: who made the signatures that a conversation carries. They are worth something to their
// maker alone, so the plan asks it first. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/ask.h"

namespace wye {

// The name of the dialect, "" when the request carries none. Looks only at requests that may:
// signatures stand beside thoughts and tool calls.
std::string signature_maker(const Ask& ask);

}  // namespace wye
