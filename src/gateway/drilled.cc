// drilled: the requests that a live drill strikes. They are decided by what the drill's own books
// say, and their attempts at its target are answered by the gateway or spoiled on their way back.
#include <utility>

#include "gateway/drilled_call.h"
#include "gateway/gateway.h"
#include "gateway/settle.h"
#include "policy/decide.h"

namespace wye {
namespace {

constexpr MonoUs usual_us_per_token = 16'667;  // of a deployment that nobody measured

bool may_strike(const LiveDrill& drill, const Exchange& x) {
  // Between the posts of a reload, the drill may still be of the policy before.
  return drill.policy->rules == x.policy->rules && !x.request.head.headers.has("x-wye-dry-run") &&
         drill.strikes(x.record.plan.task, x.record.facts.seed, x.record.facts.now);
}

// An event of a stream is about a token.
MonoUs event_us(const Exchange& x, const Outcome& outcome) {
  if (!x.ask.facts.stream) return 0;
  const std::int32_t known = x.record.facts.of(outcome.deployment).us_per_token;
  return (known >= 0 ? known : usual_us_per_token) * drill_slower_by;
}

}  // namespace

void note_injected(const Exchange& x, Outcome& outcome) {
  if (std::exchange(outcome.drill, true)) return;
  x.struck->drill().pulse->injected.fetch_add(1, std::memory_order_relaxed);
}

void Gateway::accept_drill(LiveDrillPtr drill) {
  const bool is_new = drill && (!drill_ || drill_->id != drill->id);
  drill_ = std::move(drill);
  if (!is_new) return;
  drill_retries_ = RetryBudget(loops_);
  drill_hedges_ = HedgeBudget();
}

// Decides anew, by the drill's books and with the same dice.
void Gateway::strike(Exchange& x) {
  if (!may_strike(*drill_, x)) return;
  Record& record = x.record;
  x.struck.emplace(drill_);
  x.policy = drill_->policy;
  record.drill = drill_->id;
  const std::uint64_t seed = record.facts.seed;
  record.facts = facts_now(*x.policy);
  record.facts.seed = seed;
  record.plan = decide(x.rules(), record.ask, record.facts);
  drill_retries_.count_request(world_.mono_us());
  drill_hedges_.count_request(x.rules().reliability.hedge.extra_max_ppm);
}

// Null when the provider itself is to be called.
std::unique_ptr<HttpCall> Gateway::call_in_its_place(const Exchange& x, Outcome& outcome) {
  for (const DrillFault fault : {DrillFault::outage, DrillFault::rate_limit, DrillFault::hang}) {
    if (!x.is_drilled(outcome, fault)) continue;
    note_injected(x, outcome);
    const LiveDrill& drill = x.struck->drill();
    if (fault == DrillFault::hang) return hanging_call(world_, drill);
    return refusing_call(drill, x.provider_of(outcome.deployment).name);
  }
  return nullptr;
}

std::unique_ptr<HttpCall> Gateway::distorted(const Exchange& x, Outcome& outcome,
                                             std::unique_ptr<HttpCall> call) {
  if (x.is_drilled(outcome, DrillFault::slow)) {
    note_injected(x, outcome);
    return slow_call(world_, x.struck->drill(), std::move(call), event_us(x, outcome));
  }
  // An answer that is not streamed is broken when it is there, so that its cost is known.
  if (x.ask.facts.stream && x.is_drilled(outcome, DrillFault::cut)) {
    note_injected(x, outcome);
    return cut_call(x.struck->drill(), std::move(call));
  }
  return call;
}

Result<void> Gateway::break_whole(Exchange& x, const AnswerFacts& facts, Outcome& outcome) {
  note_injected(x, outcome);
  x.answer.reset();
  outcome.usage = facts.usage;
  outcome.provider_model = facts.model;
  settle_outcome(x, {facts.output_bytes, true}, outcome);
  return fail(FaultKind::cut, "the connection ended before the answer was whole");
}

}  // namespace wye
