// TokenSample: how many tokens a long text has, from pieces of it: for texts that would take too
// long to count where others wait.
//
// Pure, any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/token_count.h"

namespace wye {

// Counts what stands in slices spread evenly over the text, `bytes_max` bytes together, and
// supposes the same of the rest; `exact` is false then. A text that is no longer is counted whole.
// `bytes_max` is at least 1.
TokenCount sample_tokens(Encoding encoding, std::string_view text, std::size_t bytes_max);

}  // namespace wye
