// OutcomeJson: attempts, usage and faults as records keep them. Pure, any thread.
#pragma once

#include <string_view>

#include "core/outcome.h"
#include "core/rules.h"
#include "wire/json.h"

namespace wye {

void write_fault(JsonWriter& json, std::string_view name, const Fault& fault);
void write_usage(JsonWriter& json, std::string_view name, const Usage& usage);
// `base` is the start of the request, from which the start of the attempt counts.
void write_outcome(JsonWriter& json, const Outcome& outcome, const Rules& rules, TimeMs base);

}  // namespace wye
