// Sim delivery: pace and faults, whole and streamed. See sim_delivery.h.
//
// What is awaited gets a name before it is tested: g++ 12 makes broken code of some conditions that
// contain a co_await.
#include "lab/sim_delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/units.h"

namespace wye {
namespace {

using Kind = SimFaultKind;

constexpr std::int64_t poll_us = 50'000;              // how often a silent connection is looked at
constexpr std::int64_t silence_us_max = 600'000'000;  // longer than any client waits
constexpr std::size_t write_bytes_max = 16 << 10;
constexpr DurationMs slow_token_ms = 1'000;  // when the fault does not say
constexpr std::string_view html_type = "content-type: text/html\r\n";
constexpr std::string_view html =
    "<html><head><title>Welcome</title></head><body><h1>Please sign in to the "
    "network</h1></body></html>\n";
constexpr std::string_view junk = "\x16\x03\x01\x02 this is not http \x00\xff\xfe\r\n\r\n{]";

bool struck_by(const SimDelivery& delivery, Kind kind) {
  return delivery.fault && delivery.fault->kind == kind;
}

// When things are due, from the moment the request was there.
class Clock {
 public:
  explicit Clock(const SimDelivery& delivery)
      : pace_(delivery.pace), dice_(delivery.seed), at_us_(delivery.world.mono_us()) {
    at_us_ += vary(static_cast<double>(pace_.ttft_ms * us_per_ms));
  }
  MonoUs first_token() const { return at_us_; }
  // Each call is one more token.
  MonoUs next_token() {
    if (pace_.tokens_per_second > 0) at_us_ += vary(1e6 / pace_.tokens_per_second);
    return at_us_;
  }
  MonoUs after(std::int64_t tokens) const {
    return pace_.tokens_per_second > 0 ? at_us_ + static_cast<MonoUs>(static_cast<double>(tokens) *
                                                                      1e6 / pace_.tokens_per_second)
                                       : at_us_;
  }

 private:
  MonoUs vary(double us) {
    if (pace_.jitter == 0) return static_cast<MonoUs>(us);
    return static_cast<MonoUs>(us * (1 + pace_.jitter * (2 * dice_.unit() - 1)));
  }

  SimPace pace_;
  Dice dice_;
  MonoUs at_us_;
};

// Says nothing until `until`, or until the client has left. True when it is still there.
Async<bool> stay_silent(SimDelivery& delivery, MonoUs until) {
  while (!delivery.responder.client_gone()) {
    const MonoUs now = delivery.world.mono_us();
    if (now >= until) co_return true;
    co_await delivery.world.sleep_until(std::min(until, now + poll_us));
  }
  delivery.client_closed = true;
  co_return false;
}

MonoUs silence_end(const SimDelivery& delivery) {
  const DurationMs wait_ms = delivery.fault->wait_ms;
  return delivery.world.mono_us() + (wait_ms < 0 ? silence_us_max : wait_ms * us_per_ms);
}

// Bytes of our own making past the responder, which writes correct HTTP only; then the end.
Async<void> send_raw(SimDelivery& delivery, std::string_view head, std::string_view body) {
  const std::string_view pieces[] = {head, body};
  (void)co_await delivery.stream.write(pieces);
  delivery.stream.close();
  delivery.outcome = "broken";
}

// The faults that break the connection whatever the answer was to be. True when one was played.
Async<bool> break_connection(SimDelivery& delivery, std::string_view body) {
  if (!delivery.fault) co_return false;
  switch (delivery.fault->kind) {
    case Kind::reset: delivery.stream.close(); break;
    case Kind::hang:
      (void)co_await stay_silent(delivery, silence_end(delivery));
      delivery.stream.close();
      break;
    case Kind::garbage: co_await send_raw(delivery, junk, ""); break;
    case Kind::wrong_length: {
      const std::string head = fmt::format("HTTP/1.1 200 OK\r\n{}{}content-length: {}\r\n\r\n",
                                           json_type, delivery.head_lines, body.size() + 100);
      delivery.status = 200;
      co_await send_raw(delivery, head, body.substr(0, body.size() / 2));
      break;
    }
    default: co_return false;
  }
  delivery.outcome = "broken";
  co_return true;
}

Async<void> send(SimDelivery& delivery, int status, std::string_view type, std::string_view body,
                 std::string_view outcome) {
  delivery.head_lines.insert(0, type);
  const std::string_view pieces[] = {body};
  delivery.status = status;
  const auto sent = co_await delivery.responder.respond(status, delivery.head_lines, pieces);
  if (sent) delivery.outcome = outcome;
}

// Half of an answer, then silence or the end.
Async<void> send_half(SimDelivery& delivery, std::string_view body) {
  const std::string head = fmt::format("HTTP/1.1 200 OK\r\n{}{}content-length: {}\r\n\r\n",
                                       json_type, delivery.head_lines, body.size());
  const std::string_view pieces[] = {head, body.substr(0, body.size() / 2)};
  delivery.status = 200;
  (void)co_await delivery.stream.write(pieces);
  if (delivery.fault->kind == Kind::stall)
    (void)co_await stay_silent(delivery, silence_end(delivery));
  delivery.stream.close();
  delivery.outcome = "broken";
}

// How long each token takes after a collapse; 0: there is none.
std::int64_t slow_token_us(const SimDelivery& delivery) {
  if (!struck_by(delivery, Kind::slow_tokens)) return 0;
  const DurationMs wait_ms = delivery.fault->wait_ms;
  return (wait_ms < 0 ? slow_token_ms : wait_ms) * us_per_ms;
}

// The first byte that is not the first of its character; the size when there is none.
std::size_t inside_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) return at;
  return text.size();
}

// A streamed answer under way.
class Streaming {
 public:
  Streaming(SimDelivery& delivery, const SimChat& chat, const SimVoice& voice)
      : delivery_(delivery),
        chat_(chat),
        voice_(voice),
        writer_(voice.open_writer()),
        clock_(delivery) {}

  Async<void> run() {
    const bool opened = co_await open();
    if (!opened) co_return;
    const std::vector<SimStep> steps = steps_of(chat_);
    for (const SimStep& step : steps) {
      if (fault_is_due(step)) {
        fault_played_ = true;
        const bool goes_on = co_await play_fault();
        if (!goes_on) co_return;
      }
      if (step.is_token()) {
        const bool goes_on = co_await wait_for_token();
        if (!goes_on) co_return;
      }
      write(step);
      if (out_.size() >= write_bytes_max) {
        const bool goes_on = co_await flush();
        if (!goes_on) co_return;
      }
    }
    co_await close();
  }

 private:
  void write(const SimStep& step) {
    writer_->write(voice_.delta_of(step), out_);
    if (step.what != SimStep::What::role || step.choice != 0) return;
    // What the prompt cost is known from the beginning; one vendor tells it there.
    Usage usage = chat_.usage();
    usage.output = 0;
    writer_->write({0, UsageDelta{usage, {}}}, out_);
  }

  // The head, when the first token is due; with slow_first_token long before it.
  Async<bool> open() {
    const bool slow = struck_by(delivery_, Kind::slow_first_token);
    if (!slow) {
      const bool still_there = co_await stay_silent(delivery_, clock_.first_token());
      if (!still_there) co_return false;
    }
    delivery_.head_lines.insert(
        0, fmt::format("content-type: {}\r\ncache-control: no-cache\r\n", voice_.stream_type()));
    delivery_.status = 200;
    const auto begun = co_await delivery_.responder.begin(200, delivery_.head_lines);
    if (!begun || !slow) co_return begun.has_value();
    const auto head_sent = co_await delivery_.responder.write({});  // the head alone
    if (!head_sent) co_return false;
    co_return co_await stay_silent(delivery_, silence_end(delivery_));
  }

  bool fault_is_due(const SimStep& step) const {
    if (!delivery_.fault || fault_played_) return false;
    if (delivery_.fault->kind == Kind::cut_arguments)
      return step.what == SimStep::What::finish ||
             (step.what == SimStep::What::arguments && step.piece > 0);
    if (step.what != SimStep::What::finish && delivery_.tokens_sent < delivery_.fault->after_tokens)
      return false;
    return step.is_token() || step.what == SimStep::What::finish;
  }

  // True when the stream goes on.
  Async<bool> play_fault() {
    switch (delivery_.fault->kind) {
      case Kind::malformed_event: out_ += voice_.broken_event(!anything_sent()); co_return true;
      case Kind::stall: co_return co_await fall_silent();
      case Kind::cut:
      case Kind::cut_arguments: co_return co_await break_off();
      case Kind::error_event: {
        out_ += voice_.error_event(!anything_sent());
        const auto ended = co_await delivery_.responder.end(out_);
        if (ended) delivery_.outcome = "broken";
        co_return false;
      }
      default: co_return true;
    }
  }

  Async<bool> fall_silent() {
    const bool flushed = co_await flush();
    if (!flushed) co_return false;
    const bool still_there = co_await stay_silent(delivery_, silence_end(delivery_));
    if (!still_there || delivery_.fault->wait_ms >= 0) co_return still_there;
    co_return co_await break_off();
  }

  Async<bool> break_off() {
    (void)co_await delivery_.responder.abort(out_);
    delivery_.outcome = "broken";
    co_return false;
  }

  // A model whose reader has left says no more.
  Async<bool> wait_for_token() {
    MonoUs due = clock_.next_token();
    const std::int64_t slow_us = slow_token_us(delivery_);
    if (slow_us > 0 && delivery_.tokens_sent >= delivery_.fault->after_tokens)
      due = delivery_.world.mono_us() + slow_us;
    if (due > delivery_.world.mono_us() || struck_by(delivery_, Kind::split_utf8)) {
      const bool flushed = co_await flush();
      if (!flushed) co_return false;
      const bool still_there = co_await stay_silent(delivery_, due);
      if (!still_there) co_return false;
    }
    ++delivery_.tokens_sent;
    co_return true;
  }

  Async<bool> flush() {
    if (out_.empty()) co_return true;
    flushed_ = true;
    std::string_view rest = out_;
    if (struck_by(delivery_, Kind::split_utf8)) {
      const std::string_view pieces[] = {rest.substr(0, inside_character(rest))};
      const auto written = co_await delivery_.responder.write(pieces);
      if (!written) co_return false;
      rest.remove_prefix(pieces[0].size());
      // Both halves at once would be read at once.
      co_await delivery_.world.sleep_until(delivery_.world.mono_us() + us_per_ms);
    }
    const std::string_view pieces[] = {rest};
    const auto written = co_await delivery_.responder.write(pieces);
    out_.clear();
    co_return written.has_value();
  }

  bool anything_sent() const { return flushed_ || !out_.empty(); }

  Async<void> close() {
    std::string end;
    writer_->write({0, UsageDelta{chat_.usage(), {}}}, end);
    writer_->finish(end);
    if (struck_by(delivery_, Kind::no_done)) end.resize(voice_.before_end(end));
    out_ += end;
    const auto ended = co_await delivery_.responder.end(out_);
    if (ended) delivery_.outcome = "answered";
  }

  SimDelivery& delivery_;
  const SimChat& chat_;
  const SimVoice& voice_;
  std::unique_ptr<StreamWriter> writer_;
  Clock clock_;
  std::string out_;
  bool flushed_ = false;
  bool fault_played_ = false;
};

}  // namespace

Async<void> deliver_whole(SimDelivery& delivery, std::string_view body, std::int64_t tokens,
                          std::string_view error_body) {
  const bool broken = co_await break_connection(delivery, body);
  if (broken) co_return;
  MonoUs due = struck_by(delivery, Kind::slow_first_token) ? silence_end(delivery)
                                                           : Clock(delivery).after(tokens);
  due += tokens * slow_token_us(delivery);
  const bool still_there = co_await stay_silent(delivery, due);
  if (!still_there) co_return;
  delivery.tokens_sent = tokens;
  if (struck_by(delivery, Kind::html_200))
    co_return co_await send(delivery, 200, html_type, html, "broken");
  if (struck_by(delivery, Kind::cut) || struck_by(delivery, Kind::stall) ||
      struck_by(delivery, Kind::cut_arguments))
    co_return co_await send_half(delivery, body);
  if (struck_by(delivery, Kind::error_event))
    co_return co_await send(delivery, 200, json_type, error_body, "broken");
  if (struck_by(delivery, Kind::malformed_event))
    co_return co_await send(delivery, 200, json_type, body.substr(0, body.size() / 2), "broken");
  co_await send(delivery, 200, json_type, body, "answered");
}

Async<void> deliver_stream(SimDelivery& delivery, const SimChat& chat, const SimVoice& voice) {
  const bool broken = co_await break_connection(delivery, R"({"id":"chatcmpl-short"})");
  if (broken) co_return;
  if (struck_by(delivery, Kind::html_200))
    co_return co_await send(delivery, 200, html_type, html, "broken");
  Streaming streaming(delivery, chat, voice);
  co_await streaming.run();
}

Async<void> deliver_refusal(SimDelivery& delivery, const SimRefusal& refusal) {
  delivery.head_lines += refusal.head_lines;
  co_await send(delivery, refusal.status, json_type, refusal.body, "refused");
}

}  // namespace wye
