#include "gateway/drilled_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "wire/json.h"
#include "wire/sse.h"

namespace wye {
namespace {

// How soon a wait notices that its drill is over, or that it is given up.
constexpr MonoUs wait_look_us = 50'000;

// Of a stream that is cut: what is let through at most, and what of its end is never let through,
// so that it is not whole. The words that end an answer fit into the latter in every dialect.
constexpr std::size_t let_through_bytes = 2'048;
constexpr std::size_t kept_back_bytes = 1'024;

Fault given_up() { return fault(FaultKind::outage, "the call was given up"); }

std::string refusal_body(const std::string& text, int status) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("error").begin_object();
  json.field("message", text).field("code", status).end_object().end_object();
  return body;
}

class RefusingCall final : public HttpCall {
 public:
  RefusingCall(int status, int retry_after_s, const std::string& text)
      : body_(refusal_body(text, status)) {
    write_status_line(lines_, status);
    write_header(lines_, "content-type", "application/json");
    if (retry_after_s > 0) {
      write_header(lines_, "retry-after", static_cast<std::uint64_t>(retry_after_s));
    }
    write_header(lines_, "content-length", static_cast<std::uint64_t>(body_.size()));
    lines_ += "\r\n";
    // The lines are ours and in order.
    (void)parse_response_head(lines_, false, head_);
  }

  Async<Result<void>> read_head(MonoUs) override { co_return Result<void>{}; }
  const ResponseHead& head() const override { return head_; }
  Async<Result<std::string_view>> read_body(MonoUs) override {
    co_return Result<std::string_view>(std::exchange(told_, true) ? std::string_view()
                                                                  : std::string_view(body_));
  }
  void give_up() override {}
  bool pooled() const override { return true; }
  std::int64_t connect_us() const override { return -1; }

 private:
  std::string lines_;
  std::string body_;
  ResponseHead head_;
  bool told_ = false;
};

class HangingCall final : public HttpCall {
 public:
  HangingCall(World& world, const LiveDrill& drill) : world_(world), pulse_(drill.pulse) {}

  Async<Result<void>> read_head(MonoUs deadline) override {
    while (!given_up_ && !pulse_->over && world_.mono_us() < deadline) {
      co_await world_.sleep_until(std::min(deadline, world_.mono_us() + wait_look_us));
    }
    if (given_up_) co_return fail(given_up());
    if (pulse_->over) co_return fail(FaultKind::outage, "the drill ended while it did not answer");
    co_return fail(FaultKind::ttft, "no answer came in time");
  }
  const ResponseHead& head() const override { return head_; }
  Async<Result<std::string_view>> read_body(MonoUs) override { co_return fail(given_up()); }
  void give_up() override { given_up_ = true; }
  bool pooled() const override { return true; }
  std::int64_t connect_us() const override { return -1; }

 private:
  World& world_;
  std::shared_ptr<DrillPulse> pulse_;
  ResponseHead head_;
  bool given_up_ = false;
};

class SlowCall final : public HttpCall {
 public:
  SlowCall(World& world, const LiveDrill& drill, std::unique_ptr<HttpCall> inner, MonoUs event_us)
      : world_(world), pulse_(drill.pulse), inner_(std::move(inner)), event_us_(event_us) {
    due_ = world_.mono_us();
  }

  Async<Result<void>> read_head(MonoUs deadline) override {
    if (!head_came_) {
      const MonoUs begun = world_.mono_us();
      const Result<void> read = co_await inner_->read_head(deadline);
      waited_us_ += world_.mono_us() - begun;
      if (!read) co_return read;
      head_came_ = true;
      put_off();
    }
    co_return co_await until_due(deadline, FaultKind::ttft);
  }
  const ResponseHead& head() const override { return inner_->head(); }

  Async<Result<std::string_view>> read_body(MonoUs deadline) override {
    if (rest_.empty()) {
      const MonoUs begun = world_.mono_us();
      Result<std::string_view> piece = co_await inner_->read_body(deadline);
      waited_us_ += world_.mono_us() - begun;
      if (!piece || piece->empty()) co_return piece;
      rest_ = *piece;
      put_off();
    }
    const Result<void> waited = co_await until_due(deadline, FaultKind::stall);
    if (!waited) co_return fail(waited.error());
    co_return Result<std::string_view>(take_event());
  }
  void give_up() override {
    given_up_ = true;
    inner_->give_up();
  }
  bool pooled() const override { return inner_->pooled(); }
  std::int64_t connect_us() const override { return inner_->connect_us(); }

 private:
  // What has just come is due nine more times the time that it took. While it waits the provider
  // goes on, so what comes next is often there at once: events have a pace of their own.
  void put_off() {
    due_ = std::max(due_, world_.mono_us() + waited_us_ * (drill_slower_by - 1));
    waited_us_ = 0;
  }
  Async<Result<void>> until_due(MonoUs deadline, FaultKind late) {
    const MonoUs until = std::min(due_, deadline);
    while (!given_up_ && !pulse_->over && world_.mono_us() < until) {
      co_await world_.sleep_until(std::min(until, world_.mono_us() + wait_look_us));
    }
    if (given_up_) co_return fail(given_up());
    if (!pulse_->over && world_.mono_us() < due_) {
      co_return fail(late, "the answer is slower than its limits");
    }
    co_return Result<void>{};
  }
  std::string_view take_event() {
    const std::size_t at = pulse_->over ? std::string_view::npos : rest_.find(sse_event_end);
    const std::size_t size =
        at == std::string_view::npos ? rest_.size() : at + sse_event_end.size();
    const std::string_view event = rest_.substr(0, size);
    rest_.remove_prefix(size);
    due_ = world_.mono_us() + event_us_;
    return event;
  }

  World& world_;
  std::shared_ptr<DrillPulse> pulse_;
  std::unique_ptr<HttpCall> inner_;
  MonoUs event_us_;
  MonoUs due_ = 0;        // when what has come may be seen
  MonoUs waited_us_ = 0;  // for the provider, since something came
  bool head_came_ = false;
  bool given_up_ = false;
  std::string_view rest_;  // of the piece that came last
};

class CutCall final : public HttpCall {
 public:
  CutCall(const LiveDrill& drill, std::unique_ptr<HttpCall> inner)
      : pulse_(drill.pulse), inner_(std::move(inner)) {}

  Async<Result<void>> read_head(MonoUs deadline) override { return inner_->read_head(deadline); }
  const ResponseHead& head() const override { return inner_->head(); }

  Async<Result<std::string_view>> read_body(MonoUs deadline) override {
    while (!ended_ && held_.size() <= kept_back()) {
      const Result<std::string_view> piece = co_await inner_->read_body(deadline);
      if (!piece) co_return piece;
      ended_ = piece->empty();
      held_.append(*piece);
    }
    given_ = take();
    if (given_.empty() && !pulse_->over) {
      inner_->give_up();
      co_return fail(FaultKind::cut, "the connection ended before the answer was whole");
    }
    co_return Result<std::string_view>(given_);
  }
  void give_up() override { inner_->give_up(); }
  bool pooled() const override { return inner_->pooled(); }
  std::int64_t connect_us() const override { return inner_->connect_us(); }

 private:
  std::size_t kept_back() const { return pulse_->over ? 0 : kept_back_bytes; }
  std::string take() {
    std::size_t size = held_.size() - std::min(held_.size(), kept_back());
    if (!pulse_->over) size = std::min(size, let_through_bytes - given_bytes_);
    std::string taken = held_.substr(0, size);
    held_.erase(0, size);
    given_bytes_ = std::min(given_bytes_ + size, let_through_bytes);
    return taken;
  }

  std::shared_ptr<DrillPulse> pulse_;
  std::unique_ptr<HttpCall> inner_;
  std::string held_;
  std::string given_;
  std::size_t given_bytes_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<HttpCall> refusing_call(const LiveDrill& drill, const std::string& provider) {
  const bool limited = drill.fault == DrillFault::rate_limit;
  const int status = limited ? 429 : 503;
  return std::make_unique<RefusingCall>(
      status, limited ? drill_retry_after_s : 0,
      fmt::format("{}: this gateway said {} in place of {}", drill.id, status, provider));
}

std::unique_ptr<HttpCall> hanging_call(World& world, const LiveDrill& drill) {
  return std::make_unique<HangingCall>(world, drill);
}

std::unique_ptr<HttpCall> slow_call(World& world, const LiveDrill& drill,
                                    std::unique_ptr<HttpCall> inner, MonoUs event_us) {
  return std::make_unique<SlowCall>(world, drill, std::move(inner), event_us);
}

std::unique_ptr<HttpCall> cut_call(const LiveDrill& drill, std::unique_ptr<HttpCall> inner) {
  return std::make_unique<CutCall>(drill, std::move(inner));
}

}  // namespace wye
