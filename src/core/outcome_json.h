// OutcomeJson: attempts, usage and faults as records keep them. Pure, any thread.
#pragma once

#include <string_view>
#include <vector>

#include "core/outcome.h"
#include "core/rules.h"
#include "wire/json.h"

namespace wye {

void write_fault(JsonWriter& json, JsonKey name, const Fault& fault);
// The usage that was served when the record does not say: that of the last whole answer.
Usage usage_served(const std::vector<Outcome>& outcomes);
void write_usage(JsonWriter& json, JsonKey name, const Usage& usage);
// A whole answer of a streamed request was committed, anything else was not: only the contrary is
// told.
inline bool usually_committed(const Outcome& outcome, bool streamed) {
  return streamed && !outcome.fault;
}
// `base` is the start of the request, from which the times of the attempt count; `streamed`: so its
// client asked.
void write_outcome(JsonWriter& json, const Outcome& outcome, const Rules& rules, TimeMs base,
                   bool streamed);

}  // namespace wye
