// serve: opens the Record, lets route() do what it may, and whatever happened there settles the
// Record, has it written, and only then lets the client have the end of its answer.
#include <algorithm>
#include <array>
#include <utility>

#include "gateway/gateway.h"
#include "gateway/loop_reports.h"
#include "gateway/reply_head.h"
#include "gateway/request_head.h"
#include "gateway/settle.h"

namespace wye {

Gateway::Gateway(World& world, Books& books, ActivePolicyPtr policy, unsigned loop_index,
                 RequestId newest)
    : world_(world),
      books_(books),
      policy_(std::move(policy)),
      client_(make_http_client(world)),
      google_tokens_(world, *client_),
      ids_(loop_index, newest),
      like_all_(criticality_of_all(*policy_->rules)) {}

namespace {

constexpr MonoUs look_us = 20'000;
// How long a request is held while the record store is behind, and how often it is looked at.
constexpr MonoUs hold_max_us = 2'000'000;
constexpr MonoUs hold_look_us = 5'000;

// What is posted waits for all that came before it: that is how late the loop is.
Async<void> look_after(World& world, std::weak_ptr<LoadWatch> load) {
  while (!load.expired()) {
    const MonoUs due = world.mono_us() + look_us;
    co_await world.sleep_until(due);
    if (world.mono_us() < due) co_return;  // the loop stops, and wakes everybody
    world.post([&world, load, posted = world.mono_us()] {
      if (const auto still_there = load.lock())
        still_there->note_lateness(world.mono_us() - posted);
    });
  }
}

}  // namespace

// A request that is as critical as any other need not be read to be turned away, which makes that
// cheap enough to be of use. It leaves no record: nothing was decided.
bool Gateway::sheds_unread(const HttpRequest& request) {
  return like_all_ && load_->is_busy() && !request.head.headers.has("x-wye-dry-run") &&
         sheds(*like_all_);
}

void Gateway::watch_load(unsigned loops) {
  loops_ = std::max(1U, loops);
  start(look_after(world_, load_));
}

void Gateway::accept_policy(ActivePolicyPtr policy) {
  policy_ = std::move(policy);
  like_all_ = criticality_of_all(*policy_->rules);
  key_memo_.forget_all();
  client_->close_idle();
}

Async<void> Gateway::handle(HttpRequest& request, HttpResponder& responder) {
  const std::optional<InboundRoute> inbound = inbound_route(request.head.target);
  if (inbound && request.head.method == "POST" && dialect_of(inbound->dialect) != nullptr) {
    if (sheds_unread(request)) {
      metrics_.count_shed();
      const Page page = fault_page(turned_away(*like_all_), ids_.next(world_.now_ms()),
                                   client_request_id(request.head.headers), inbound->dialect);
      co_await send_page(page, responder);
      co_return;
    }
    co_await serve(request, responder, *inbound);
  } else {
    co_await answer_page(request, responder);
  }
}

void Gateway::add_to(LoopReport& report) {
  report.metrics.add(metrics_);
  report.upstream_idle += client_->counts().idle;
  const RetryRules& retries = policy_->rules->reliability.retries;
  report.retries_left += std::max<std::int64_t>(0, retry_budget_.left(retries, world_.mono_us()));
  report.hedges_left += hedge_budget_.left();
  report.lateness_us = std::max(report.lateness_us, load_->lateness_us());
}

void Gateway::open_record(Exchange& x) {
  Record& record = x.record;
  record.started = world_.now_ms();
  record.id = ids_.next(record.started);
  record.client_id = client_request_id(x.request.head.headers);
  record.rules = x.policy->rules;
  record.method_and_path.append(x.request.head.method).append(" ").append(x.request.head.path());
}

// A disk that is slow for a moment makes requests wait, not fail; one that takes nothing is not
// waited for.
Async<void> Gateway::hold_while_behind() {
  const MonoUs until = world_.mono_us() + hold_max_us;
  while (books_.is_behind() && books_.is_writable() && world_.mono_us() < until) {
    co_await world_.sleep_until(world_.mono_us() + hold_look_us);
  }
}

Async<void> Gateway::serve(HttpRequest& request, HttpResponder& responder, InboundRoute inbound) {
  if (books_.is_behind()) co_await hold_while_behind();
  Exchange x(request, responder, policy_, *dialect_of(inbound.dialect));
  open_record(x);

  if (Result<void> routed = co_await route(x, inbound); !routed) {
    set_fault_reply(x, std::move(routed.error()));
  }

  settle(x, world_.mono_us());
  Books::Append work{stored_row(x.record), x.policy->rules, std::move(x.learnt)};
  if (Result<void> kept = books_.append(*this, std::move(work)); !kept) {
    set_fault_reply(x, std::move(kept.error()));
  }

  metrics_.count(x.record, x.struck ? *x.struck->drill().base : *x.policy);
  co_await send_reply(x);
  // The one that lost a race may be connecting still, with the request in its hands.
  while (x.race && !x.race->is_over()) co_await x.race->change();
}

// The client may be gone by now; there is nothing left to do for it then.
Async<void> Gateway::send_reply(Exchange& x) {
  if (!x.reply.streaming) {
    const std::string head = reply_head(x);
    const std::array<std::string_view, 1> body{x.reply.body};
    (void)co_await x.responder.respond(x.reply.status, head, body);
  } else if (x.reply.whole) {
    (void)co_await x.responder.end(x.reply.last);
  } else {
    (void)co_await x.responder.abort(x.reply.last);
  }
}

}  // namespace wye
