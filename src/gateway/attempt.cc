// attempt: one call to one provider, from the first byte sent to the outcome. The coroutine waits
// only inside io; everything else is arithmetic on what came back.
#include <utility>

#include "gateway/gateway.h"
#include "gateway/limits.h"
#include "gateway/provider_head.h"
#include "gateway/settle.h"

namespace wye {
namespace {

// Counts an attempt as under way, and holds the probe of a half-open breaker, until it ends however
// it ends.
class UnderWay {
 public:
  UnderWay(DeploymentLive& live, bool probe) : live_(live) {
    live_.in_flight.fetch_add(1, std::memory_order_relaxed);
    holds_probe_ = probe && !live_.probe_taken.exchange(true);
    lost_probe_ = probe && !holds_probe_;
  }
  ~UnderWay() {
    live_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    if (holds_probe_) live_.probe_taken.store(false);
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  bool lost_probe() const { return lost_probe_; }

 private:
  DeploymentLive& live_;
  bool holds_probe_ = false;
  bool lost_probe_ = false;
};

Fault shut_down() {
  return fault(FaultKind::shutting_down,
               "this gateway was shut down before the answer was whole; send the request again");
}

}  // namespace

void Gateway::cut() {
  cut_ = true;
  give_up_all(calls_);
}

Async<void> Gateway::attempt(Exchange& x, const PlanStep& step, Outcome& outcome) {
  const MonoUs begun = world_.mono_us();
  UnderWay under_way(*x.policy->live[static_cast<std::size_t>(step.deployment)], step.probe);
  Result<void> done;
  if (cut_) {
    done = fail(shut_down());
  } else if (under_way.lost_probe()) {
    done = fail(FaultKind::no_candidate, "another request is already probing this deployment");
  } else {
    done = co_await call_provider(x, step, outcome);
  }
  // Whatever a call that was given up looks like, it is nobody's failure but ours.
  if (!done) outcome.fault = cut_ ? shut_down() : std::move(done.error());
  // What cannot be read as an answer at all (a web page, a broken head) is no answer that breaks a
  // contract of the task's: the provider is out of order.
  if (outcome.fault && outcome.fault->kind == FaultKind::invalid_output) {
    outcome.fault->kind = FaultKind::outage;
  }
  // Who did not begin an answer of status 200 bills nothing.
  if (outcome.fault && outcome.status != 200) outcome.cost_known = true;
  outcome.committed = x.reply.streaming;
  outcome.duration_us = world_.mono_us() - begun;
}

Async<Result<void>> Gateway::call_provider(Exchange& x, const PlanStep& step, Outcome& outcome) {
  const MonoUs begun = world_.mono_us();
  const Deployment& deployment = x.deployment(step.deployment);
  const Provider& provider = x.provider_of(step.deployment);
  const AttemptLimits limits(x.record.plan.timeouts, begun, x.deadline);
  // An answer that is not streamed shows nothing before it is whole, so it has no first token to
  // wait for.
  const Limit first = x.ask.facts.stream ? limits.first_token() : limits.whole();

  const ProviderRequest request =
      x.dialect->splice(x.ask, deployment, provider, step.drop_reasoning);
  const std::string head = provider_head(provider, request, x.upstream_headers);
  const Peer peer{provider.base_url.host, provider.base_url.port, provider.base_url.tls,
                  provider.ca_file};

  std::unique_ptr<HttpCall> call =
      co_await co_await client_->send(peer, head, request.body, limits.connect().at, first.at);
  const CallUnderWay under_way(calls_, *call);
  outcome.connect_us = call->connect_us();

  if (Result<void> read = co_await call->read_head(first.at); !read) {
    co_return fail(named_for(std::move(read.error()), FaultKind::ttft, first));
  }
  outcome.first_byte_us = world_.mono_us() - begun;
  outcome.status = call->head().status;
  outcome.limits = read_limits(provider.limit_headers, call->head().headers, world_.now_ms());
  outcome.provider_request_id = call->head().headers.get("x-request-id");

  if (outcome.status != 200) co_return co_await read_error_answer(*call, limits, x);
  if (x.ask.facts.stream) {
    co_return co_await relay_stream(x, std::move(call), limits, outcome);
  }
  co_return co_await relay_whole(x, *call, limits, outcome);
}

// The body of an error is small; what is not is cut short, since only its beginning is looked at.
Async<Result<void>> Gateway::read_error_answer(HttpCall& call, const AttemptLimits& limits,
                                               Exchange& x) {
  constexpr std::size_t error_bytes_max = 64 << 10;
  std::string body;
  while (body.size() < error_bytes_max) {
    const Result<std::string_view> piece =
        co_await call.read_body(limits.silence(world_.mono_us()).at);
    if (!piece || piece->empty()) break;  // a cut error body still has its status
    body.append(*piece);
  }
  pad(body);
  co_return fail(
      x.dialect->read_fault(json_, call.head().status, call.head().headers, body, world_.now_ms()));
}

}  // namespace wye
