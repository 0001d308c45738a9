// Continuation: what the client of a broken stream has already, and what follows from it for
// whoever goes on: how many tokens are left, and a writer that has written the same. Belongs to the
// request's coroutine.
#pragma once

#include <cstdint>
#include <memory>

#include "gateway/exchange.h"

namespace wye {

// Of the tokens to which the client limited its answer, those that what it has leaves, at least 1.
// Vendors count differently by up to a quarter, so only three quarters of what we count are taken
// off: an answer that is gone on with may become a little longer than asked, but never ends early
// as if the limit had been reached. INT64_MAX: the client set no limit, or has nothing yet.
std::int64_t output_tokens_left(const Exchange& x);

// A writer that has written what the client has.
std::unique_ptr<StreamWriter> writer_after(const Exchange& x, const Answer& sent);

}  // namespace wye
