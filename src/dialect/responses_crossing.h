// Responses crossing: what a request asks for that only a provider of the Responses API can do.
// Internal to this room.
#pragma once

#include "base/result.h"
#include "core/content.h"

namespace wye::responses {

// Refuses what would mean something else, or nothing, at a provider of another dialect. The fault
// names the field and says what to do.
Result<void> may_cross(const Content& content);

}  // namespace wye::responses
