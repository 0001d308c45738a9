// Cost: what an answer costs by a price list, in integer nano-dollars. Pure, any thread.
#pragma once

#include "core/deployment.h"
#include "core/outcome.h"

namespace wye {

// The same money by kind of token. Each part is rounded half up by itself, so the parts may differ
// from the total by at most half a nano-dollar each.
struct CostParts {
  NanoUsd input = 0;  // read neither from nor into the cache
  NanoUsd cache_read = 0;
  NanoUsd cache_write = 0;
  NanoUsd output = 0;
};

// Summed exactly in pico-dollars and rounded half up once; saturates instead of overflowing. -1
// when a kind of token that was used has no known price. The tier is that of all input tokens.
NanoUsd cost_of(const Usage& usage, const PriceList& prices);
CostParts cost_parts_of(const Usage& usage, const PriceList& prices);

}  // namespace wye
