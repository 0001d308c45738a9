// Result: a value or a Fault. House code returns it instead of throwing. `TRY` style macros are an
// internal compiler error inside coroutines of g++ 12, so a coroutine writes
// `auto value = co_await result;` (see io/async.h) and a plain function checks by hand.
#pragma once

#include <tl/expected.hpp>

#include "base/fault.h"

namespace wye {

template <class T>
using Result = tl::expected<T, Fault>;

inline tl::unexpected<Fault> fail(FaultKind kind, std::string message) {
  return tl::unexpected<Fault>(fault(kind, std::move(message)));
}
inline tl::unexpected<Fault> fail(Fault fault) { return tl::unexpected<Fault>(std::move(fault)); }

}  // namespace wye
