// Settle: closes the Record: who served, what it cost, what it would have cost, how long it took.
#pragma once

#include "core/record.h"
#include "gateway/exchange.h"
#include "io/store.h"

namespace wye {

// After the last attempt, before the record is written. `now` is the loop's monotonic time.
void settle(Exchange& x, MonoUs now);

// What an attempt brought.
struct Came {
  std::int64_t output_bytes = 0;  // of text and arguments
  bool whole = false;             // an answer of status 200, to its end
};

// Usage and cost of an attempt that ended: from the provider's own numbers, or estimated from the
// bytes of prompt and answer when the provider gave none.
void settle_outcome(const Exchange& x, Came came, Outcome& outcome);

// The row of a settled record.
StoredRecord stored_row(const Record& record);

}  // namespace wye
