// The names of refusal reasons, which of them pass with time, and the triggers of route steps.
#include "core/plan.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto reasons = names_of<RefusalReason, RefusalReason::no_fallback>(
    "endpoint", "ability", "context_window", "output_limit", "data_class", "region", "zdr", "price",
    "max_cost", "price_unknown", "circuit_open", "probing", "rate_limited", "out",
    "requests_per_minute", "tokens_per_minute", "parallel", "duplicate", "no_fallback");

}  // namespace

std::string_view to_string(RefusalReason reason) { return reasons.of(reason); }
std::optional<RefusalReason> refusal_reason_from(std::string_view name) {
  return reasons.find(name);
}

bool is_transient(RefusalReason reason) {
  using enum RefusalReason;
  switch (reason) {
    case circuit_open:
    case probing:
    case rate_limited:
    case out:
    case requests_per_minute:
    case tokens_per_minute:
    case parallel: return true;
    case endpoint:
    case ability:
    case context_window:
    case output_limit:
    case data_class:
    case region:
    case zdr:
    case price:
    case max_cost:
    case price_unknown:
    case duplicate:
    case no_fallback: return false;
  }
  return false;
}

}  // namespace wye
