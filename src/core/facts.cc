// The names of the states of a circuit breaker.
#include "core/facts.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto states =
    names_of<BreakerState, BreakerState::half_open>("closed", "open", "half_open");

}  // namespace

std::string_view to_string(BreakerState state) { return states.of(state); }
std::optional<BreakerState> breaker_state_from(std::string_view name) { return states.find(name); }

}  // namespace wye
