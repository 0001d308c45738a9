// route: the straight line of one request, from who is asking to the last step of its plan. It may
// stop on any line with a Fault; serve() tells the client and finishes the Record.
#include <algorithm>
#include <utility>

#include "gateway/affinity.h"
#include "gateway/client_watch.h"
#include "gateway/continuation.h"
#include "gateway/gateway.h"
#include "gateway/keys.h"
#include "gateway/request_head.h"
#include "gateway/seam.h"
#include "gateway/settle.h"
#include "policy/decide.h"

namespace wye {
namespace {

Result<void> check_open(const Gateway& gateway, const Books& books, const HttpRequest& request) {
  if (!gateway.takes(request)) {
    return fail(FaultKind::shutting_down, "this gateway is shutting down; send the request again");
  }
  if (!books.ready()) return fail(FaultKind::store, books.not_ready_reason());
  return {};
}

}  // namespace

Async<Result<void>> Gateway::route(Exchange& x, InboundRoute inbound) {
  co_await check_open(*this, books_, x.request);
  co_await check_single(x.request.head.headers);
  co_await check_encoding(x.request.head.headers);
  // Nothing was waited for yet, so the policy is the one that the memo belongs to.
  const int key = co_await find_key(x.rules(), key_memo_, x.request, x.record.started);
  // Not before it is known who asks: strangers earn nobody a second try.
  retry_budget_.count_request(world_.mono_us());
  hedge_budget_.count_request(x.rules().reliability.hedge.extra_max_ppm);
  x.ask = co_await x.dialect->read_ask(json_, inbound, std::move(x.request.body));
  co_await read_wye_headers(x.request.head.headers, x.ask.facts);
  read_dialect_headers(x.request.head.headers, x.ask);
  co_await check_names(x.ask.facts);
  if (key >= 0) {
    x.ask.facts.key = x.rules().keys[static_cast<std::size_t>(key)].name;
    x.ask.facts.team = x.rules().keys[static_cast<std::size_t>(key)].team;
  }
  x.ask.facts.maker = signature_maker(x.ask);
  // OpenAI's own providers refuse ids that carry somebody's signature.
  if (x.dialect->id == DialectId::openai) x.ask.carries_signatures = !x.ask.facts.maker.empty();
  decide_plan(x);
  if (x.record.plan.fault) co_return fail(*x.record.plan.fault);
  co_await admit(x);
  const LoadWatch::InFlight in_flight(load_);
  const bool dry_run = co_await read_dry_run(x.request.head.headers);
  if (dry_run) {
    x.record.method_and_path += " (dry run)";
    x.reply.status = 200;
    write_plan_json(x.record.plan, x.rules(), x.reply.body);
    x.ask.facts.stream = false;
    co_return Result<void>{};
  }
  x.upstream_headers = upstream_headers(x.request.head.headers);
  co_return co_await follow_plan(x);
}

Facts Gateway::facts_now(const ActivePolicy& policy) {
  Facts facts;
  facts.now = books_.now();
  facts.seed = world_.dice();
  facts.deployments.resize(policy.live.size());
  for (std::size_t i = 0; i < policy.live.size(); ++i) {
    facts.deployments[i] = facts_of(*policy.live[i], facts.now);
  }
  return facts;
}

DeploymentFacts Gateway::facts_of(const DeploymentLive& live, TimeMs now) const {
  DeploymentFacts out;
  if (snapshot_ && live.slot < snapshot_->deployments.size()) {
    out = snapshot_->deployments[live.slot];
  }
  if (out.breaker == BreakerState::open && now >= out.open_until) {
    out.breaker = BreakerState::half_open;
  }
  for (const DeploymentLive* one = &live; one != nullptr; one = one->real) {
    const std::int32_t under_way = one->in_flight.load(std::memory_order_relaxed);
    const std::int64_t tokens = one->tokens_in_flight.load(std::memory_order_relaxed);
    const Counted since = uncounted(*one);
    out.in_flight += under_way;
    out.tokens_in_flight += tokens;
    out.minute_requests += std::max<std::int64_t>(0, since.attempts - under_way);
    out.minute_tokens += std::max<std::int64_t>(0, since.tokens - tokens);
  }
  out.probe_taken = live.probe_taken.load(std::memory_order_relaxed);
  return out;
}

// Of the attempts that began at a deployment those that are in no minute of the snapshot yet,
// whether they are under way or have ended.
Counted Gateway::uncounted(const DeploymentLive& live) const {
  Counted since{live.begun.load(std::memory_order_relaxed),
                live.tokens_begun.load(std::memory_order_relaxed)};
  if (snapshot_ && live.slot < snapshot_->counted.size()) {
    since.attempts -= snapshot_->counted[live.slot].attempts;
    since.tokens -= snapshot_->counted[live.slot].tokens;
  }
  return since;
}

void Gateway::decide_plan(Exchange& x) {
  Record& record = x.record;
  record.ask = x.ask.facts;
  record.facts = facts_now(*x.policy);
  record.plan = decide(x.rules(), record.ask, record.facts);
  record.decided = true;
  if (drill_) strike(x);
  if (record.plan.deadline_ms > 0) {
    // A client that allows less time than the policy does must not make its providers look sick.
    const bool by_client =
        record.ask.timeout_ms > 0 && record.ask.timeout_ms <= record.plan.deadline_ms;
    x.deadline = {world_.mono_us() + record.plan.deadline_ms * 1000,
                  by_client ? FaultKind::deadline : FaultKind::timeout};
  }
}

// What next() is told after a failure is kept with the outcome, so that it can be asked again.
NextFacts Gateway::next_facts(Exchange& x) {
  NextFacts facts = first_next_facts(x.record.facts.now);
  if (x.record.outcomes.empty() || !x.record.outcomes.back().fault) return facts;
  facts.now = books_.now();
  facts.resumable = x.reply.streaming && x.sent && can_go_on(*x.sent) && !x.ask.body.empty();
  facts.retry_allowed = retries_of(x).has_room(x.rules().reliability.retries, world_.mono_us());
  facts.client_gone = x.responder.client_gone();
  facts.draining = draining();
  x.record.outcomes.back().told = facts;
  return facts;
}

// Plan, outcomes, next step: until next() says stop.
Async<Result<void>> Gateway::follow_plan(Exchange& x) {
  while (true) {
    const Step step = next(x.record.plan, x.rules(), x.record.outcomes, next_facts(x));
    if (step.kind == Step::Kind::stop) {
      if (step.fault && !take_kept_answer(x)) co_return fail(*step.fault);
      co_return Result<void>{};
    }
    co_await take_step(x, step);
    if (step.kind == Step::Kind::answer) co_return Result<void>{};
  }
}

Async<void> Gateway::take_step(Exchange& x, const Step& step) {
  const PlanStep& planned = x.record.plan.steps[static_cast<std::size_t>(step.index)];
  // What an earlier step would have been does not speak for this one, unless its head is out.
  if (!x.reply.streaming) x.record.degraded.clear();
  if (planned.degrade) {
    x.record.degraded = planned.deployment < 0 ? "answer" : x.deployment(planned.deployment).name;
    if (planned.drop_reasoning) x.record.degraded += "; drop=reasoning";
  }
  if (step.kind == Step::Kind::answer) {
    answer_fixed(x, step.answer);
    co_return;
  }
  if (x.record.outcomes.empty() && x.record.plan.hedge_after_us > 0) {
    co_await take_hedged_step(x, step);
    co_return;
  }
  const MonoUs begun = world_.mono_us();
  if (step.is_retry) retries_of(x).count_retry(begun);  // before the wait: others ask meanwhile
  if (step.wait_ms > 0) co_await wait_for_retry(begun + step.wait_ms * 1000);

  Outcome outcome = new_outcome(x, step);
  outcome.wait_us = world_.mono_us() - begun;
  // Much may have happened during a long wait.
  if (step.wait_ms > 0 && !cut_ && x.responder.client_gone()) {
    outcome.fault = ClientWatch::left();
    outcome.cost_known = true;
  } else {
    co_await attempt(x, planned, outcome);
  }
  x.provider_us += world_.mono_us() - begun;
  keep_outcome(x, std::move(outcome));
}

// In slices: what is cut at the end of a drain must still be answered.
Async<void> Gateway::wait_for_retry(MonoUs until) {
  constexpr MonoUs slice_us = 200'000;
  for (MonoUs now = world_.mono_us(); now < until && !cut_; now = world_.mono_us()) {
    co_await world_.sleep_until(std::min(until, now + slice_us));
  }
}

Outcome Gateway::new_outcome(const Exchange& x, const Step& step) {
  Outcome outcome;
  outcome.step = step.index;
  outcome.deployment = x.record.plan.steps[static_cast<std::size_t>(step.index)].deployment;
  outcome.retry = step.is_retry ? x.record.outcomes.back().retry + 1 : 0;
  outcome.resume = step.resume;
  outcome.repair = step.repair;
  outcome.started = books_.now();
  return outcome;
}

void Gateway::keep_outcome(Exchange& x, Outcome outcome) {
  DeploymentLive& live = *x.policy->live[static_cast<std::size_t>(outcome.deployment)];
  if (outcome.by_gateway) {
    if (!outcome.fault) x.record.served_by = outcome.deployment;
  } else {
    Books::Learnt learnt{&live, outcome, outcome.begun ? &counted_at(x, live) : nullptr};
    if (outcome.fault) {
      books_.note(std::move(learnt), x.policy->rules);
    } else {
      x.learnt.push_back(std::move(learnt));
      x.record.served_by = outcome.deployment;
    }
  }
  x.record.outcomes.push_back(std::move(outcome));
}

// Nobody else has an answer: one that was put aside is better than none.
bool Gateway::take_kept_answer(Exchange& x) {
  if (!x.kept || x.reply.streaming) return false;
  x.reply = std::move(x.kept->reply);
  x.dropped = std::move(x.kept->dropped);
  x.record.served_by = x.kept->served_by;
  x.record.usage = x.kept->usage;
  x.record.degraded = std::move(x.kept->degraded);
  return true;
}

// A permitted downgrade that needs no provider: a text of the policy's, in the client's dialect.
void Gateway::answer_fixed(Exchange& x, const std::string& text) {
  Answer answer;
  answer.origin = x.dialect->id;
  answer.endpoint = x.ask.facts.endpoint;
  answer.id = format_request_id(x.record.id);
  answer.model = x.ask.facts.model;
  answer.created = x.record.started / 1000;
  Choice choice;
  choice.parts.push_back(Part{Text{text}, {}, {}, {}, {}});
  choice.finish = FinishReason::stop;
  x.dropped.clear();
  answer.choices.push_back(std::move(choice));
  x.reply.status = 200;
  if (!x.ask.facts.stream) {
    x.reply.body = x.dialect->write_answer(answer, x.ask);
    return;
  }
  const std::unique_ptr<StreamWriter> writer = x.dialect->open_writer(x.ask);
  writer->write({0, StartDelta{answer.id, answer.model, answer.created}}, x.reply.body);
  writer->write({0, TextDelta{text}}, x.reply.body);
  writer->write({0, FinishDelta{FinishReason::stop, {}, {}}}, x.reply.body);
  writer->finish(x.reply.body);
}

}  // namespace wye
