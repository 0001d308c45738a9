// relay: an answer on its way back. One that is not streamed is held whole, so that a broken one
// can still be replaced. A stream is held up to its commit point, which its task chooses; from
// there on events are passed on as they come, and the end is kept back until the record of the
// request is written. A stream that is held whole is sent as one.
#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/client_watch.h"
#include "gateway/continuation.h"
#include "gateway/gateway.h"
#include "gateway/judge.h"
#include "gateway/provider_head.h"
#include "gateway/reply_head.h"
#include "gateway/seam.h"
#include "gateway/settle.h"
#include "gateway/stream_relay.h"
#include "gateway/translate.h"

namespace wye {
namespace {

// Reads what is left of a finished stream, so that its connection can be used again. Bounded: a
// provider that does not end its body loses the connection.
Async<void> read_to_end(World& world, std::unique_ptr<HttpCall> call) {
  constexpr MonoUs patience_us = 250'000;
  const MonoUs until = world.mono_us() + patience_us;
  while (true) {
    const Result<std::string_view> piece = co_await call->read_body(until);
    if (!piece || piece->empty()) co_return;
  }
}

std::size_t length_hint(const ResponseHead& head, std::size_t bytes_max) {
  constexpr std::size_t trusted = 1 << 20;  // more is allocated as bytes come
  if (head.framing != Framing::length) return 4096;
  return std::min<std::size_t>(
             {static_cast<std::size_t>(head.content_length), bytes_max, trusted}) +
         simdjson::SIMDJSON_PADDING;
}

// A longer request is not kept while its answer streams, and so cannot be asked again.
constexpr std::size_t kept_request_bytes_max = 1 << 20;

StreamRules stream_rules(const Exchange& x) {
  return x.task() == nullptr ? StreamRules{} : x.task()->stream;
}

bool finishes_unread(const Exchange& x) { return stream_rules(x).finish_unread; }

// Whether somebody might be asked to go on with this answer when it breaks.
bool may_resume(const Exchange& x) {
  const Plan& plan = x.record.plan;
  const bool anybody = plan.steps.size() > 1 || plan.retries.max > 0;
  return stream_rules(x).resume && anybody && x.ask.facts.choices <= 1 &&
         !x.ask.facts.needs.has(Ability::logprobs) && x.ask.body.size() <= kept_request_bytes_max;
}

// The head counts the attempts that are not over yet.
std::string head_of_attempt(Exchange& x, const Outcome& outcome) {
  const std::size_t over = x.record.outcomes.size();
  if (x.race && x.race->is_on() && over == 0) x.record.outcomes.emplace_back(outcome);
  x.record.outcomes.push_back(outcome);
  std::string head = reply_head(x);
  x.record.outcomes.resize(over);
  return head;
}

void set_going_on(const Exchange& x, Resume how, StreamSetup& setup) {
  const Answer& sent = *x.sent;
  setup.writer = writer_after(x, sent);
  setup.seam.emplace(sent.choices.empty() ? std::string() : text_of(sent.choices.front().parts),
                     how);
  for (const Delta& delta : deltas_of(sent)) setup.passed.add(delta);
}

StreamSetup stream_setup(const Exchange& x, JsonReader& json, const Outcome& attempt) {
  const Provider& provider = x.provider_of(attempt.deployment);
  StreamSetup setup;
  setup.framing = dialect_for(provider).framing;
  setup.reader = dialect_for(provider).open_reader(json, provider);
  setup.pass_usage = x.ask.client_wants_usage;
  setup.choices = x.ask.facts.choices;
  setup.rules = stream_rules(x);
  setup.held_bytes_max = x.rules().server.answer_bytes_max;
  setup.remember = setup.rules.commit == Commit::validated ? is_judged(x.task()) : may_resume(x);
  if (attempt.resume != Resume::none) {
    set_going_on(x, attempt.resume, setup);
  } else if (!is_same_dialect(x, provider) || x.ask.stream_as_array) {
    // Providers stream as events; a client that wants one JSON array gets it written anew.
    setup.writer = x.dialect->open_writer(x.ask);
  }
  return setup;
}

// A write that waits this long waits for its client to read.
constexpr MonoUs slow_write_us = 1'000;

// When its client was slow to read, nobody knows whether the provider was slow as well.
Limit charged(Limit limit, bool client_was_slow) {
  if (client_was_slow && limit.kind == FaultKind::timeout) limit.kind = FaultKind::deadline;
  return limit;
}

}  // namespace

Async<Result<void>> Gateway::relay_whole(Exchange& x, HttpCall& call, const AttemptLimits& limits,
                                         Outcome& outcome) {
  const std::size_t bytes_max = x.rules().server.answer_bytes_max;
  std::string body;
  body.reserve(length_hint(call.head(), bytes_max));
  ClientWatch watch(world_, x.responder);
  Limit silence = limits.silence(world_.mono_us());
  while (true) {
    Result<std::string_view> piece = co_await call.read_body(watch.until(silence.at));
    if (!piece) {
      if (piece.error().kind == FaultKind::stall && watch.may_wait_on(silence.at)) continue;
      if (watch.gone()) co_return fail(ClientWatch::left());
      co_return fail(named_for(std::move(piece.error()), FaultKind::stall, silence));
    }
    silence = limits.silence(world_.mono_us());
    if (piece->empty()) break;
    if (body.size() + piece->size() > bytes_max) {
      co_return fail(answer_too_long());
    }
    body.append(*piece);
  }
  if (x.lost(outcome)) co_return fail(overtaken());
  pad(body);
  AnswerFacts facts = co_await take_answer(x, json_, x.provider_of(outcome.deployment), body);
  if (x.is_drilled(outcome, DrillFault::cut)) co_return break_whole(x, facts, outcome);
  // What its task judges may have to be asked for again.
  if (!is_judged(x.task())) x.forget_request();
  outcome.usage = facts.usage;
  outcome.finish = facts.finish;
  outcome.provider_model = std::move(facts.model);
  settle_outcome(x, {facts.output_bytes, true}, outcome);
  x.reply.status = 200;
  x.reply.body = std::move(body);
  x.record.ttft_us = world_.mono_us() - x.started_us;
  co_return Result<void>{};
}

Async<Result<void>> Gateway::relay_stream(Exchange& x, std::unique_ptr<HttpCall> call,
                                          const AttemptLimits& limits, Outcome& outcome) {
  StreamRelay relay(stream_setup(x, json_, outcome));
  Result<void> ended = co_await pump(x, *call, relay, limits, outcome);
  relay.tell(outcome);
  settle_outcome(x, {relay.output_bytes(), ended.has_value()}, outcome);
  if (!ended) {
    if (x.reply.streaming) x.sent = relay.passed();
    co_return ended;
  }
  if (x.lost(outcome)) co_return fail(overtaken());
  std::string last = relay.take_last();
  if (last.empty() && is_same_dialect(x, x.provider_of(outcome.deployment))) {
    x.dialect->open_writer(x.ask)->finish(last);
  }
  if (x.reply.streaming) {
    x.reply.whole = true;
    x.reply.last = std::move(last);
  } else {
    x.reply.status = 200;
    for (const std::string_view piece : relay.take_pieces()) x.reply.body.append(piece);
    x.reply.body.append(last);
    x.record.ttft_us = world_.mono_us() - x.started_us;
    // What is remembered to go on with it is not looked at, and may have no task.
    if (is_judged(x.task())) x.answer = relay.passed();
  }
  start(read_to_end(world_, std::move(call)));
  co_return Result<void>{};
}

// Reads the stream to its end, and passes on what may be passed on.
Async<Result<void>> Gateway::pump(Exchange& x, HttpCall& call, StreamRelay& relay,
                                  AttemptLimits limits, Outcome& outcome) {
  ClientWatch watch(world_, x.responder);
  Result<void> ended;
  MonoUs now = world_.mono_us();
  MonoUs heard = now;  // when the provider last said something
  MonoUs window_end = no_deadline;
  SpeedFloor floor(x.record.plan.timeouts.tokens_per_s_min);
  bool committed = false;
  bool client_was_slow = false;
  bool unread = false;  // the client left, and the answer is read to its end all the same

  while (ended && !relay.done()) {
    const Limit limit = charged(relay.limit(limits, heard), client_was_slow);
    if (now >= limits.whole().at) {
      ended = relay.broken(fault(charged(limits.whole(), client_was_slow).kind,
                                 "the answer was not whole within its time"));
      break;
    }
    const MonoUs wake = std::min(relay.in_window() ? window_end : no_deadline,
                                 std::min(limit.at, floor.next_look()));
    Result<std::string_view> piece = co_await call.read_body(watch.until(wake));
    const bool had_token = relay.has_token();
    now = world_.mono_us();
    if (piece) {
      heard = now;
      ended = piece->empty() ? relay.end_of_body() : relay.feed(*piece);
    } else if (wake < limit.at && now >= wake) {
      if (relay.in_window() && wake == window_end) relay.end_window();
    } else {
      if (piece.error().kind == FaultKind::stall && !unread && watch.may_wait_on(limit.at))
        continue;
      unread = unread || (watch.gone() && finishes_unread(x));
      // Only silence is waited on: a connection that broke says so again at once.
      if (unread && piece.error().kind == FaultKind::stall && now < limit.at) continue;
      if (watch.gone()) co_return fail(ClientWatch::left());
      ended = relay.broken(named_for(std::move(piece.error()), FaultKind::stall, limit));
    }
    if (relay.has_token() && !had_token) {
      outcome.ttft_us = now - limits.begun_us();
      if (x.record.ttft_us < 0) x.record.ttft_us = now - x.started_us;
      window_end = now + stream_rules(x).window_ms * 1000;
      floor.begin(now);
    }
    if (ended && floor.is_below(now, relay.output_bytes())) {
      ended = relay.broken(fault(FaultKind::stall, "the stream is slower than the task permits"));
    }
    if (!relay.ready_to_write() || relay.held_whole()) continue;
    if (!ended && !x.reply.streaming) continue;  // nothing was sent, and nothing need be
    if (unread) {
      (void)relay.take_pieces();
      continue;
    }
    const MonoUs write_begun = world_.mono_us();
    Result<void> written;
    if (!committed) written = co_await commit(x, outcome);
    committed = committed || written.has_value();
    if (committed) written = co_await x.responder.write(relay.take_pieces());
    now = world_.mono_us();
    if (now - write_begun >= slow_write_us) {
      client_was_slow = true;
      heard = now;
      floor.begin(heard);
    }
    if (!ended || written) continue;
    unread = written.error().kind == FaultKind::client_gone && finishes_unread(x);
    if (!unread) ended = written;
  }
  if (unread) co_return fail(ClientWatch::left());
  if (ended && !x.reply.streaming && !relay.ready_to_write() && !relay.finished()) {
    co_return fail(FaultKind::invalid_output, "the stream ended without an answer");
  }
  co_return ended;
}

// From here on the client has something of this attempt.
Async<Result<void>> Gateway::commit(Exchange& x, Outcome& outcome) {
  if (!x.claims(outcome)) co_return fail(overtaken());
  outcome.committed = true;
  if (x.reply.streaming) co_return Result<void>{};
  x.reply.streaming = true;
  if (!may_resume(x)) x.forget_request();
  x.reply.status = 200;
  x.record.served_by = outcome.deployment;
  const std::string head = head_of_attempt(x, outcome);
  x.responder.set_deadline(x.deadline.at);
  co_return co_await x.responder.begin(200, head);
}

}  // namespace wye
