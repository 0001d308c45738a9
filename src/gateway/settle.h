// Settle: closes the Record: who served, what it cost, what it would have cost, how long it took.
#pragma once

#include "core/record.h"
#include "gateway/exchange.h"
#include "io/store.h"

namespace wye {

// After the last attempt, before the record is written. `now` is the loop's monotonic time.
void settle(Exchange& x, MonoUs now);

// Usage and cost of an attempt that ended: from the provider's own numbers, or estimated from the
// bytes of the answer when the provider gave none.
void settle_outcome(const Exchange& x, std::int64_t output_bytes, Outcome& outcome);

// The row of a settled record.
StoredRecord stored_row(const Record& record);

}  // namespace wye
