// attempt: one call to one provider, from the first byte sent to the outcome. The coroutine waits
// only inside io; everything else is arithmetic on what came back.
#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "gateway/client_watch.h"
#include "gateway/credential.h"
#include "gateway/gateway.h"
#include "gateway/judge.h"
#include "gateway/limits.h"
#include "gateway/provider_head.h"
#include "gateway/race.h"
#include "gateway/settle.h"
#include "gateway/translate.h"
#include "policy/estimate.h"
#include "policy/refuse.h"

namespace wye {
namespace {

// Counts an attempt as under way until it ends however it ends.
class UnderWay {
 public:
  UnderWay(DeploymentLive& live, std::int64_t tokens) : live_(live), tokens_(tokens) {
    live_.tokens_in_flight.fetch_add(tokens_, std::memory_order_relaxed);
    others_ = live_.in_flight.fetch_add(1, std::memory_order_relaxed);
    begun_before_ = live_.begun.fetch_add(1, std::memory_order_relaxed);
    tokens_before_ = live_.tokens_begun.fetch_add(tokens_, std::memory_order_relaxed);
  }
  ~UnderWay() {
    live_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    live_.tokens_in_flight.fetch_sub(tokens_, std::memory_order_relaxed);
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  std::int64_t others() const { return others_; }  // under way as well
  std::int64_t begun_before() const { return begun_before_; }
  std::int64_t tokens_before() const { return tokens_before_; }

 private:
  DeploymentLive& live_;
  const std::int64_t tokens_;
  std::int64_t others_;
  std::int64_t begun_before_;
  std::int64_t tokens_before_;
};

bool is_open(const DeploymentFacts& seen, TimeMs now) {
  return seen.breaker == BreakerState::open && seen.open_until > now;
}

// What was free when the request was decided may be taken by now.
std::string_view used_up(const DeploymentLimits& limits, const OwnUse& before,
                         std::int64_t tokens) {
  using enum RefusalReason;
  const std::optional<RefusalReason> reached = own_limit_reached(limits, before, tokens);
  if (!reached) return {};
  if (*reached == parallel) return "its parallel requests are used up by now";
  if (*reached == requests_per_minute) return "its requests of this minute are used up by now";
  return "its tokens of this minute are used up by now";
}

std::string_view lost(const DeploymentFacts& seen, const Outcome& outcome) {
  if (is_open(seen, outcome.started)) return "its circuit has opened since the decision";
  if (would_probe(seen, outcome.started) && !outcome.holds_probe) {
    return "another request is already probing it";
  }
  return {};
}

bool may_be_asked_instead(const PlanStep& step) { return step.after.has(FaultKind::timeout); }

// An answer that is not streamed shows nothing before it is whole. Where nobody has said how long
// that may take, half of what is left of the request's time is kept for whoever could be asked
// instead: a provider that hangs would use up all of it.
Limit deadline_of_attempt(const Exchange& x, const Outcome& outcome, MonoUs begun) {
  const std::span<const PlanStep> later =
      std::span(x.record.plan.steps).subspan(static_cast<std::size_t>(outcome.step) + 1);
  // A client that allows little time must not make its providers look slow.
  const bool unbounded = !x.ask.facts.stream && x.record.plan.timeouts.total_ms == 0 &&
                         x.deadline.kind == FaultKind::timeout;
  const bool in_time = x.deadline.at != no_deadline && x.deadline.at > begun;
  if (!unbounded || !in_time || std::none_of(later.begin(), later.end(), may_be_asked_instead)) {
    return x.deadline;
  }
  return {begun + (x.deadline.at - begun) / 2, FaultKind::timeout};
}

Fault shut_down() {
  return fault(FaultKind::shutting_down,
               "this gateway was shut down before the answer was whole; send the request again");
}

}  // namespace

// Whose limits an attempt is counted against: the provider's own, unless a drill speaks for it.
DeploymentLive& Gateway::counted_at(const Exchange& x, DeploymentLive& live) {
  return live.real != nullptr && !x.struck->drill().replaces_provider() ? *live.real : live;
}

void Gateway::cut() {
  cut_ = true;
  give_up_all(calls_);
}

// Providers repeat what they refuse, and clients and records have no business with it.
void Gateway::hide_credentials(const Provider& provider, Outcome& outcome) {
  if (!outcome.fault) return;
  const std::string token(provider.google ? google_tokens_.newest(*provider.google) : "");
  for (std::string* text : {&outcome.fault->message, &outcome.fault->code, &outcome.fault->param})
    *text = without_credentials(std::move(*text), provider, token);
}

Async<void> Gateway::attempt(Exchange& x, const PlanStep& step, Outcome& outcome) {
  const MonoUs begun = world_.mono_us();
  if (x.ask.facts.endpoint == Endpoint::count_tokens && !counts_tokens(x, json_, step, outcome)) {
    // Before anything is taken that is a provider's: nobody is called.
    outcome.by_gateway = true;
    x.set_dropped(outcome, {});
    Result<void> counted = answer_count(x, json_, x.deployment(step.deployment));
    if (counted && !x.claims(outcome)) counted = fail(overtaken());
    if (!counted) outcome.fault = std::move(counted.error());
    outcome.status = x.reply.status;
    settle_outcome(x, {}, outcome);
    outcome.duration_us = world_.mono_us() - begun;
    co_return;
  }
  DeploymentLive& live = *x.policy->live[static_cast<std::size_t>(step.deployment)];
  DeploymentLive& counted = counted_at(x, live);
  const std::int64_t begun_seen = counted.begun.load(std::memory_order_relaxed);
  const std::int64_t tokens_seen = counted.tokens_begun.load(std::memory_order_relaxed);
  // The circuit as it is now: a later step or a retry was decided when it may have been closed.
  const DeploymentFacts seen = facts_of(live, outcome.started);
  outcome.tokens_expected = tokens_expected(x.ask.facts, seen);
  UnderWay under_way(counted, outcome.tokens_expected);
  outcome.begun = true;
  const OwnUse before{
      under_way.others(),
      seen.minute_requests + seen.in_flight + under_way.begun_before() - begun_seen,
      seen.minute_tokens + seen.tokens_in_flight + under_way.tokens_before() - tokens_seen};
  std::string_view why =
      used_up(x.deployment(step.deployment).limits, before, outcome.tokens_expected);
  // The books give the probe back once they have learnt how it went.
  outcome.holds_probe =
      would_probe(seen, outcome.started) && why.empty() && !live.probe_taken.exchange(true);
  if (why.empty()) why = lost(seen, outcome);
  Result<void> done;
  if (cut_) {
    done = fail(shut_down());
  } else if (!why.empty()) {
    done = fail(FaultKind::no_candidate, std::string(why));
  } else {
    done = co_await call_provider(x, step, outcome);
  }
  // What cannot be read as an answer at all (a web page, a broken head) is no answer that breaks a
  // contract of the task's: the provider is out of order.
  if (!done && done.error().kind == FaultKind::invalid_output) {
    done.error().kind = FaultKind::outage;
  }
  if (done) done = judge_answer(x, outcome);
  // An answer that was held back wins a race only now that its task has found it in order.
  if (done && !x.claims(outcome)) done = fail(overtaken());
  // Being late is no fault of one that had only what others left of the request's time.
  outcome.hurried = !x.record.outcomes.empty() && world_.mono_us() >= x.deadline.at;
  // Whatever a call that was given up looks like, it is nobody's failure but ours.
  if (!done) outcome.fault = cut_ ? shut_down() : std::move(done.error());
  hide_credentials(x.provider_of(outcome.deployment), outcome);
  const bool lost_race = x.lost(outcome);
  if (lost_race) outcome.fault = overtaken();
  // Who did not begin an answer of status 200 bills nothing.
  if (outcome.fault && outcome.status != 200) outcome.cost_known = true;
  // What a provider bills for an answer that nobody read is known to it alone.
  if (lost_race) outcome.cost_known = false;
  outcome.duration_us = world_.mono_us() - begun;
}

Async<Result<void>> Gateway::call_provider(Exchange& x, const PlanStep& step, Outcome& outcome) {
  const MonoUs begun = world_.mono_us();
  const Provider& provider = x.provider_of(step.deployment);
  const AttemptLimits limits(x.record.plan.timeouts, begun, deadline_of_attempt(x, outcome, begun));
  // An answer that is not streamed shows nothing before it is whole, so it has no first token to
  // wait for.
  const Limit first = x.ask.facts.stream ? limits.first_token() : limits.whole();

  ProviderRequest request = co_await request_for(x, json_, step, outcome);
  x.set_dropped(outcome, request.dropped);
  std::unique_ptr<HttpCall> call = call_in_its_place(x, outcome);
  if (!call) call = co_await co_await send_request(x, provider, request, limits, first);
  call = distorted(x, outcome, std::move(call));
  if (x.lost(outcome)) co_return fail(overtaken());
  const CallUnderWay under_way(calls_, *call);
  const CallInRace in_race(x.race.get(), outcome, *call);
  outcome.connect_us = call->connect_us();

  co_await co_await await_head(x, *call, first);
  request = ProviderRequest();  // an answer may take minutes
  outcome.first_byte_us = world_.mono_us() - begun;
  outcome.status = call->head().status;
  outcome.limits = read_limits(provider.limit_headers, call->head().headers, world_.now_ms());
  outcome.provider_request_id = call->head().headers.get("x-request-id");

  if (outcome.status == 401 && provider.google) google_tokens_.forget(*provider.google);
  if (outcome.status != 200) co_return co_await read_error_answer(*call, limits, provider);
  if (x.ask.facts.stream) {
    co_return co_await relay_stream(x, std::move(call), limits, outcome);
  }
  co_return co_await relay_whole(x, *call, limits, outcome);
}

Async<Result<std::unique_ptr<HttpCall>>> Gateway::send_request(const Exchange& x,
                                                               const Provider& provider,
                                                               const ProviderRequest& request,
                                                               const AttemptLimits& limits,
                                                               Limit first) {
  // The time of the whole request may be over first, and then it is not the provider that was late.
  const auto named = [&](Fault late) {
    const bool is_late = late.kind == FaultKind::timeout || late.kind == FaultKind::ttft;
    if (is_late && world_.mono_us() >= limits.whole().at) late.kind = limits.whole().kind;
    return late;
  };
  std::string token;
  if (provider.google) {
    Result<std::string> fetched =
        co_await google_tokens_.fetch(*provider.google, provider.ca_file, limits.connect().at);
    if (!fetched) co_return fail(named(std::move(fetched.error())));
    token = std::move(*fetched);
  }
  const std::string credential = credential_lines(provider, request, token, world_.now_ms());
  const std::string head = provider_head(provider, request, credential, x.upstream_headers);
  const Peer peer{provider.base_url.host, provider.base_url.port, provider.base_url.tls,
                  provider.ca_file};

  Result<std::unique_ptr<HttpCall>> sent =
      co_await client_->send(peer, head, request.body, limits.connect().at, first.at);
  if (!sent) co_return fail(named(std::move(sent.error())));
  co_return sent;
}

// Holds a whole answer, of which the client has seen nothing, against what its task asks for.
Result<void> Gateway::judge_answer(Exchange& x, Outcome& outcome) {
  if (!x.answer || x.reply.streaming) return {};
  const bool spoiled = x.is_drilled(outcome, DrillFault::invalid_json) && spoil_json(*x.answer);
  std::optional<Fault> found = judge(*x.task(), *x.answer);
  if (!found) return {};
  if (spoiled) note_injected(x, outcome);
  found->provider_status = outcome.status;
  if (found->kind == FaultKind::invalid_output) {
    const bool spoke = !x.answer->choices.empty();
    x.invalid = InvalidAnswer{spoke ? text_of(x.answer->choices.front().parts) : std::string(),
                              found->message};
  } else {
    x.kept = KeptAnswer{std::move(x.reply), outcome.deployment, x.dropped_by(outcome),
                        outcome.usage, x.record.degraded};
  }
  x.reply = Reply();
  return fail(std::move(*found));
}

Async<Result<void>> Gateway::await_head(Exchange& x, HttpCall& call, Limit first) {
  ClientWatch watch(world_, x.responder);
  while (true) {
    Result<void> read = co_await call.read_head(watch.until(first.at));
    if (read) co_return read;
    if (read.error().kind == FaultKind::ttft && watch.may_wait_on(first.at)) continue;
    if (watch.gone()) co_return fail(ClientWatch::left());
    co_return fail(named_for(std::move(read.error()), FaultKind::ttft, first));
  }
}

// The body of an error is small; what is not is cut short, since only its beginning is looked at.
Async<Result<void>> Gateway::read_error_answer(HttpCall& call, const AttemptLimits& limits,
                                               const Provider& provider) {
  constexpr std::size_t error_bytes_max = 64 << 10;
  std::string body;
  while (body.size() < error_bytes_max) {
    const Result<std::string_view> piece =
        co_await call.read_body(limits.silence(world_.mono_us()).at);
    if (!piece || piece->empty()) break;  // a cut error body still has its status
    body.append(*piece);
  }
  pad(body);
  co_return fail(dialect_for(provider).read_fault(json_, call.head().status, call.head().headers,
                                                  body, world_.now_ms()));
}

}  // namespace wye
