// Plan: the ordered attempts that a decision permits, and every refusal with its reason and the
// configuration line behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "core/ability.h"
#include "core/ask_facts.h"
#include "core/rules.h"

namespace wye {

enum class RefusalReason : std::uint8_t {
  endpoint,        // the model does not serve this endpoint
  ability,         // `missing` is what it lacks
  context_window,  // `wanted` tokens against `limit`
  output_limit,    // the client asks for more output than the model can give
  data_class,      // its provider is not approved for the task's data class
  region,          // its provider is in none of the permitted regions
  zdr,             // its provider retains data
  price,     // over the task's price ceiling (`wanted` = price, `limit` = ceiling, pico-dollars)
  max_cost,  // estimated cost `wanted` over `limit`, nano-dollars
  price_unknown,  // a cost limit is set and nobody knows the price
  circuit_open,   // until `until`
  probing,        // half-open, and another request is the probe
  rate_limited,   // the provider asked to wait until `until`
  out,            // quota, credential or model gone, until `until`
  requests_per_minute,
  tokens_per_minute,
  parallel,     // `wanted` against `limit` of the deployment
  duplicate,    // already earlier in the plan
  no_fallback,  // permitted, but the client asked for no fallback (x-wye-no-fallback)
};
inline constexpr int refusal_reason_count = static_cast<int>(RefusalReason::no_fallback) + 1;
std::string_view to_string(RefusalReason reason);
std::optional<RefusalReason> refusal_reason_from(std::string_view name);
// True when waiting may lift the refusal (circuit, rate limits), false when only another request or
// another configuration can.
bool is_transient(RefusalReason reason);
// The triggers of a step that comes from the route itself: every fault with
// FaultTraits::helps_elsewhere (a test compares the two).
inline constexpr Triggers helpful_triggers{
    FaultKind::outage,         FaultKind::timeout,    FaultKind::ttft,
    FaultKind::stall,          FaultKind::cut,        FaultKind::rate_limit,
    FaultKind::quota,          FaultKind::overloaded, FaultKind::context_window,
    FaultKind::auth,           FaultKind::permission, FaultKind::model_gone,
    FaultKind::invalid_output, FaultKind::refusal,    FaultKind::low_quality,
};

struct Refusal {
  int deployment = 0;
  RefusalReason reason = RefusalReason::ability;
  Ability missing = Ability::tools;
  std::int64_t wanted = 0;
  std::int64_t limit = 0;
  TimeMs until = 0;
  Where where;
};

// One permitted attempt. Steps of the route come first, fallbacks after them in configured order.
struct PlanStep {
  int deployment = -1;  // -1: the fixed answer of `fallback`
  int fallback = -1;    // index into Task::fallbacks, -1: from the route itself
  Triggers after;  // faults of an earlier step that lead here; all helpful ones for route steps
  bool degrade = false;
  bool drop_reasoning = false;
  bool probe = false;  // half-open: the attempt must win the probe first
  // What the strategy ranked by: weight, nano-dollars, microseconds, in-flight (parts per million
  // of the limit where there is one), parts per million of headroom; -1 when that is not known.
  std::int64_t rank = 0;
  NanoUsd cost_nanousd = -1;      // estimated, -1: price unknown
  std::int64_t duration_us = -1;  // estimated whole answer, -1: never measured
};

struct Plan {
  int task = -1;
  TaskSource task_source = TaskSource::none;
  int route = -1;                  // -1: a deployment was named directly
  int rule = -1;                   // first rule that matched, -1: none
  std::vector<int> rules_matched;  // all that matched
  Strategy strategy = Strategy::priority;
  bool stuck = false;  // sticky moved its deployment to the front
  std::vector<PlanStep> steps;
  std::vector<Refusal> refusals;
  Timeouts timeouts;
  DurationMs deadline_ms = 0;
  RetryRules retries;
  std::int64_t hedge_after_us = 0;  // how long the first step is waited for alone, 0: for ever
  std::uint64_t seed = 0;
  std::int64_t output_tokens = 0;      // the estimate behind the costs
  NanoUsd baseline_cost_nanousd = -1;  // estimate on the configured baseline
  std::optional<Fault> fault;          // nobody may serve this
};

}  // namespace wye
