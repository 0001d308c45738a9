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
      rows_(world, books, *this),
      policy_(std::move(policy)),
      client_(make_http_client(world)),
      google_tokens_(world, *client_),
      ids_(loop_index, newest),
      criticalities_(criticality_range(*policy_->rules)) {}

namespace {

// How long a request is held while the record store is behind, and how often it is looked at.
constexpr MonoUs hold_max_us = 2'000'000;
constexpr MonoUs hold_look_us = 5'000;

}  // namespace

void Gateway::accept_policy(ActivePolicyPtr policy) {
  policy_ = std::move(policy);
  criticalities_ = criticality_range(*policy_->rules);
  key_memo_.forget_all();
  client_->close_idle();
  world_.forget_trust();
}

Async<void> Gateway::handle(HttpRequest& request, HttpResponder& responder) {
  const std::optional<InboundRoute> inbound = inbound_route(request.head.target);
  if (inbound && request.head.method == "POST" && dialect_of(inbound->dialect) != nullptr) {
    const auto page = page_if_shed({request.head, request.body, request.received_us}, *inbound);
    if (page) {
      co_await send_page(*page, responder);
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
  report.lateness_us = std::max(report.lateness_us, world_.lateness_us());
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
  Result<void> kept = co_await rows_.keep(std::move(work));
  if (!kept) {
    set_fault_reply(x, std::move(kept.error()));
  }

  metrics_.count(x.record, x.struck ? *x.struck->drill().base : *x.policy);
  co_await send_reply(x);
  // The one that lost a race was given up, and may not have heard of it yet.
  if (x.race) x.race->end_all();
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
