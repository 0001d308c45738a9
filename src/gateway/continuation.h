// Continuation: what the client of a broken stream has already, and what follows from it for
// whoever goes on: how many tokens are left, and a writer that has written the same. Belongs to the
// request's coroutine.
#pragma once

#include <cstdint>
#include <memory>

#include "gateway/exchange.h"

namespace wye {

// Of the tokens to which the client limited its answer, those that what it has leaves; counted as
// the model that said it counts, or estimated where nobody knows how that is. May be below zero.
// INT64_MAX: it set no limit, or has nothing yet.
std::int64_t output_tokens_left(const Exchange& x);

// A writer that has written what the client has.
std::unique_ptr<StreamWriter> writer_after(const Exchange& x, const Answer& sent);

// Ends the client's stream as one that has reached its limit of tokens.
void end_at_length(Exchange& x);

}  // namespace wye
