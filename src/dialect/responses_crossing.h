// Responses crossing: what a request asks for that only a provider of the Responses API can do, and
// what no such provider can. Internal to this room.
#pragma once

#include "base/result.h"
#include "core/ask.h"
#include "core/content.h"

namespace wye::responses {

// Refuses what would mean something else, or nothing, at a provider of another dialect. The fault
// names the field and says what to do.
Result<void> may_cross(const Content& content);
// The same of a request, of any origin, that is to go to a provider of this dialect.
Result<void> may_come(const Content& content);
// Refuses what asks a provider to keep something where nothing may be kept, and would mean
// something else without it.
Result<void> may_be_kept(const Ask& ask);

}  // namespace wye::responses
