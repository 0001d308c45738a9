// relay: an answer on its way back. One that is not streamed is held whole, so that a broken one
// can still be replaced. A stream is held up to its first token (the commit point); from there on
// events are passed on as they come, and the end is kept back until the record of the request is
// written.
#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/client_watch.h"
#include "gateway/gateway.h"
#include "gateway/provider_head.h"
#include "gateway/reply_head.h"
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

StreamRelay open_relay(const Exchange& x, JsonReader& json, const Provider& provider) {
  const Dialect& theirs = dialect_for(provider);
  std::unique_ptr<StreamReader> reader = theirs.open_reader(json, provider);
  // Providers stream as events; a client that wants one JSON array gets it written anew.
  if (is_same_dialect(x, provider) && !x.ask.stream_as_array) {
    return StreamRelay(theirs.framing, std::move(reader), x.ask.client_wants_usage);
  }
  return StreamRelay(theirs.framing, std::move(reader), x.dialect->open_writer(x.ask));
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
      co_return fail(FaultKind::invalid_output,
                     "the provider's answer is longer than server.limits.answer");
    }
    body.append(*piece);
  }
  pad(body);
  AnswerFacts facts = co_await take_answer(x, json_, x.provider_of(outcome.deployment), body);
  x.forget_request();
  outcome.usage = facts.usage;
  outcome.finish = facts.finish;
  outcome.provider_model = std::move(facts.model);
  settle_outcome(x, facts.output_bytes, outcome);
  x.reply.status = 200;
  x.reply.body = std::move(body);
  x.record.ttft_us = world_.mono_us() - x.started_us;
  co_return Result<void>{};
}

Async<Result<void>> Gateway::relay_stream(Exchange& x, std::unique_ptr<HttpCall> call,
                                          const AttemptLimits& limits, Outcome& outcome) {
  const Provider& provider = x.provider_of(outcome.deployment);
  StreamRelay relay = open_relay(x, json_, provider);
  ClientWatch watch(world_, x.responder);
  Result<void> ended;
  MonoUs heard = world_.mono_us();  // when the provider last said something

  while (ended && !relay.done()) {
    const MonoUs now = world_.mono_us();
    const Limit limit = relay.limit(limits, heard);
    if (now >= limits.whole().at) {
      ended = relay.broken(fault(limits.whole().kind, "the answer was not whole within its time"));
      break;
    }
    Result<std::string_view> piece = co_await call->read_body(watch.until(limit.at));
    const bool had_token = relay.has_token();
    if (piece) heard = world_.mono_us();
    if (!piece) {
      if (piece.error().kind == FaultKind::stall && watch.may_wait_on(limit.at)) continue;
      if (watch.gone()) {
        ended = fail(ClientWatch::left());
        break;
      }
      ended = relay.broken(named_for(std::move(piece.error()), FaultKind::stall, limit));
    } else {
      ended = piece->empty() ? relay.end_of_body() : relay.feed(*piece);
    }
    if (relay.has_token() && !had_token) {
      outcome.ttft_us = world_.mono_us() - limits.begun_us();
      x.record.ttft_us = world_.mono_us() - x.started_us;
    }
    if (!ended || !relay.ready_to_write()) continue;
    if (!x.reply.streaming) {
      x.reply.streaming = true;  // the commit point: from here on nobody else can answer
      x.forget_request();
      x.reply.status = 200;
      x.record.served_by = outcome.deployment;
      x.record.outcomes.push_back(outcome);  // counted in the head as the attempt that serves
      const std::string head = reply_head(x);
      x.record.outcomes.pop_back();
      ended = co_await x.responder.begin(200, head);
      if (!ended) break;
    }
    ended = co_await x.responder.write(relay.take_pieces());
  }

  relay.tell(outcome);
  settle_outcome(x, relay.output_bytes(), outcome);
  if (!ended) co_return ended;
  if (!x.reply.streaming) {
    co_return fail(FaultKind::invalid_output, "the stream ended without an answer");
  }
  x.reply.whole = true;
  x.reply.last = relay.take_last();
  if (x.reply.last.empty() && is_same_dialect(x, provider)) {
    x.dialect->open_writer(x.ask)->finish(x.reply.last);
  }
  start(read_to_end(world_, std::move(call)));
  co_return Result<void>{};
}

}  // namespace wye
