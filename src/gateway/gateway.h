// Gateway: one request from its first byte to its record. One Gateway a loop; the books are the
// only thing that loops share.
//
// The story of a request is told by five files: overload.cc (whether it is taken at all), serve.cc
// (always finishes the Record), route.cc (may fail on any line), attempt.cc (one call to one
// provider) and relay.cc (an answer on its way back).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "base/id.h"
#include "core/rules.h"
#include "gateway/books.h"
#include "gateway/call_under_way.h"
#include "gateway/exchange.h"
#include "gateway/google_token.h"
#include "gateway/hedge_budget.h"
#include "gateway/key_memo.h"
#include "gateway/limits.h"
#include "gateway/load_watch.h"
#include "gateway/metrics.h"
#include "gateway/page.h"
#include "gateway/retry_budget.h"
#include "gateway/row_keeper.h"
#include "gateway/stream_relay.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "io/world.h"
#include "policy/next.h"
#include "wire/json.h"

namespace wye {

class MetricsPage;
struct LoopReport;

class Gateway final : public HttpHandler, public BooksClient {
 public:
  // `newest` is the newest request id in the store, 0 when it is empty.
  Gateway(World& world, Books& books, ActivePolicyPtr policy, unsigned loop_index,
          RequestId newest = 0);

  // Turns a request away by what can be seen of it so far, when there is too much to do; nothing of
  // it is recorded, for nothing was decided.
  std::optional<HttpTurnedAway> turn_away(const HttpArrival& arrival) override;
  Async<void> handle(HttpRequest& request, HttpResponder& responder) override;
  HttpRefusal refuse(const Fault& fault) override;
  // An error answer to a request that asks no provider; `allowed` are the methods of its path.
  Page refusal_page(const Fault& fault, const RequestHead& head, std::string_view allowed = {});
  bool draining() const override { return draining_since_ != no_deadline; }

  World& world() override { return world_; }
  void accept_snapshot(SnapshotPtr snapshot) override { snapshot_ = std::move(snapshot); }
  // A reload: requests under way keep the policy they began with.
  void accept_policy(ActivePolicyPtr policy);
  // From now on new requests are refused; those whose head has come are served.
  void drain() { draining_since_ = world_.mono_us(); }
  // How many share the limits. Before the loop runs, or on it.
  void set_loops(unsigned loops) {
    loops_ = std::max(1U, loops);
    retry_budget_ = RetryBudget(loops_);
    drill_retries_ = RetryBudget(loops_);
  }
  bool takes(const HttpRequest& request) const { return request.received_us <= draining_since_; }
  // The time to drain is over: no provider is waited for any more, and what is not answered ends
  // with a fault of kind shutting_down.
  void cut();
  const ActivePolicy& policy() const { return *policy_; }
  // Null: none runs any more. Requests that are struck go on as they began.
  void accept_drill(LiveDrillPtr drill);
  // From now on GET /metrics is answered, to clients on this machine. `page` outlives the requests.
  void set_metrics_page(MetricsPage& page) { metrics_page_ = &page; }
  // Adds what this loop has counted, and what it has left.
  void add_to(LoopReport& report);
  // What a decision by this policy would know now. Draws the seed of its dice.
  Facts facts_now(const ActivePolicy& policy);
  DeploymentFacts facts_of(const DeploymentLive& live, TimeMs now) const;

 private:
  Counted uncounted(const DeploymentLive& live) const;
  void hide_credentials(const Provider& provider, Outcome& outcome);
  static DeploymentLive& counted_at(const Exchange& x, DeploymentLive& live);

  // serve.cc
  Async<void> serve(HttpRequest& request, HttpResponder& responder, InboundRoute inbound);
  Async<void> hold_while_behind();
  void open_record(Exchange& x);
  Async<void> send_reply(Exchange& x);

  // overload.cc
  Result<void> admit(Exchange& x);
  bool sheds(Criticality criticality, std::uint64_t dice) const;
  std::int64_t in_flight_max() const;
  std::optional<Page> page_if_shed(const HttpArrival& arrival, const InboundRoute& inbound);

  // route.cc
  Async<Result<void>> route(Exchange& x, InboundRoute inbound);
  Async<Result<void>> follow_plan(Exchange& x);
  Async<void> take_step(Exchange& x, const Step& step);
  Async<void> wait_for_retry(MonoUs until);
  Outcome new_outcome(const Exchange& x, const Step& step);
  void keep_outcome(Exchange& x, Outcome outcome);
  void decide_plan(Exchange& x);
  NextFacts next_facts(Exchange& x);
  bool take_kept_answer(Exchange& x);
  void answer_fixed(Exchange& x, const std::string& text);

  // hedged_step.cc
  Async<void> take_hedged_step(Exchange& x, const Step& first);
  Async<void> run_leg(Exchange& x, int leg);

  // attempt.cc
  Async<void> attempt(Exchange& x, const PlanStep& step, Outcome& outcome);
  Async<Result<void>> call_provider(Exchange& x, const PlanStep& step, Outcome& outcome);
  Result<void> judge_answer(Exchange& x, Outcome& outcome);
  Async<Result<std::unique_ptr<HttpCall>>> send_request(const Exchange& x, const Provider& provider,
                                                        const ProviderRequest& request,
                                                        const AttemptLimits& limits, Limit first);
  Async<Result<void>> await_head(Exchange& x, HttpCall& call, Limit first);
  Async<Result<void>> read_error_answer(HttpCall& call, const AttemptLimits& limits,
                                        const Provider& provider);

  // drilled.cc
  void strike(Exchange& x);
  std::unique_ptr<HttpCall> call_in_its_place(const Exchange& x, Outcome& outcome);
  std::unique_ptr<HttpCall> distorted(const Exchange& x, Outcome& outcome,
                                      std::unique_ptr<HttpCall> call);
  Result<void> break_whole(Exchange& x, const AnswerFacts& facts, Outcome& outcome);
  RetryBudget& retries_of(const Exchange& x) { return x.struck ? drill_retries_ : retry_budget_; }
  HedgeBudget& hedges_of(const Exchange& x) { return x.struck ? drill_hedges_ : hedge_budget_; }

  // relay.cc
  Async<Result<void>> relay_whole(Exchange& x, HttpCall& call, const AttemptLimits& limits,
                                  Outcome& outcome);
  Async<Result<void>> relay_stream(Exchange& x, std::unique_ptr<HttpCall> call,
                                   const AttemptLimits& limits, Outcome& outcome);
  Async<Result<void>> pump(Exchange& x, HttpCall& call, StreamRelay& relay, AttemptLimits limits,
                           Outcome& outcome);
  Async<Result<void>> commit(Exchange& x, Outcome& outcome);

  // pages.cc
  Async<void> answer_page(HttpRequest& request, HttpResponder& responder);

  World& world_;
  Books& books_;
  RowKeeper rows_;
  ActivePolicyPtr policy_;
  SnapshotPtr snapshot_;
  std::unique_ptr<HttpClient> client_;
  GoogleTokens google_tokens_;
  JsonReader json_;
  KeyMemo key_memo_;  // of policy_
  RequestIds ids_;
  RetryBudget retry_budget_;
  HedgeBudget hedge_budget_;
  LiveDrillPtr drill_;
  RetryBudget drill_retries_;  // of the requests that it strikes
  HedgeBudget drill_hedges_;
  LoadWatch load_;
  unsigned loops_ = 1;
  CriticalityRange criticalities_;  // of policy_
  Metrics metrics_;
  MetricsPage* metrics_page_ = nullptr;
  MonoUs draining_since_ = no_deadline;
  bool cut_ = false;
  Links calls_;  // of CallUnderWay
};

}  // namespace wye
