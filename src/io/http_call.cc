// Sending, and reading of the answer. See the header.
#include "io/http_call.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "io/patient_read.h"

namespace wye {
namespace {

constexpr std::size_t head_bytes_max = 64 << 10;
constexpr int interim_answers_max = 16;
// A pooled connection that its peer had closed already ends a round trip after the request was
// written. One that ends later may have carried it to somebody who works on it, and charges for it.
constexpr MonoUs stale_within_us = 500'000;

bool peer_left(const IoResult& result) {
  return result.status == IoStatus::closed || result.status == IoStatus::reset;
}

}  // namespace

StreamCall::StreamCall(std::shared_ptr<HttpPool> pool, const Peer& peer, std::string_view head,
                       std::span<const std::string_view> body, MonoUs connect_deadline,
                       MonoUs send_deadline)
    : pool_(std::move(pool)),
      peer_(peer),
      request_head_(head),
      connect_deadline_(connect_deadline),
      send_deadline_(send_deadline),
      begun_us_(pool_->world().mono_us()),
      to_head_(head.starts_with("HEAD ")) {
  request_.reserve(body.size() + 1);
  request_.push_back(request_head_);
  request_.insert(request_.end(), body.begin(), body.end());
}

std::string StreamCall::name() const { return fmt::format("{}:{}", peer_.host, peer_.port); }

Async<Result<void>> StreamCall::send() {
  stream_ = pool_->take(peer_);
  if (stream_ == nullptr) co_return co_await send_anew();
  pooled_ = true;
  ++pool_->counts.reused;
  const IoResult result = co_await write_request();
  if (result.status == IoStatus::ok) co_return {};
  if (!peer_left(result)) co_return fail(write_fault(result));
  co_return co_await send_anew();
}

// On a connection of our own, in place of a pooled one that proved dead or was not there.
Async<Result<void>> StreamCall::send_anew() {
  if (std::exchange(pooled_, false)) ++pool_->counts.replaced;
  replaced_ = true;
  if (!given_up_) co_await co_await connect();
  // It may have been given up meanwhile.
  if (given_up_) {
    stream_.reset();
    co_return fail(FaultKind::outage, fmt::format("connect to {}: it was given up", name()));
  }
  const IoResult result = co_await write_request();
  write_failed_ = result.status != IoStatus::ok;
  // A peer that refuses a long body may answer and close before it has read all of it.
  if (result.status != IoStatus::ok && !peer_left(result)) co_return fail(write_fault(result));
  co_return {};
}

Async<Result<void>> StreamCall::connect() {
  World& world = pool_->world();
  const MonoUs begun = world.mono_us();
  stream_ = co_await co_await world.connect(peer_, connect_deadline_);
  connect_us_ = world.mono_us() - begun;
  ++pool_->counts.connected;
  co_return {};
}

// A request that is sent again later has the same time to connect and to be sent as it had before,
// within what is left for the answer: whoever reads may only want to look at something else soon.
void StreamCall::grant_time_again(MonoUs read_until) {
  const MonoUs latest = std::max(read_until, send_deadline_);
  const MonoUs passed = pool_->world().mono_us() - begun_us_;
  for (MonoUs* deadline : {&connect_deadline_, &send_deadline_})
    if (*deadline != no_deadline) *deadline = std::min(*deadline + passed, latest);
}

Async<IoResult> StreamCall::write_request() {
  stream_->set_deadline(send_deadline_);
  const IoResult result = co_await stream_->write(request_);
  written_us_ = pool_->world().mono_us();
  co_return result;
}

// Whether a pooled connection that came to its end before any answer had been closed before the
// peer could read the request.
bool StreamCall::was_stale(const IoResult& end) const {
  return pooled_ && !replaced_ && !given_up_ && input_.empty() && peer_left(end) &&
         pool_->world().mono_us() - written_us_ <= stale_within_us;
}

Async<Result<void>> StreamCall::read_head(MonoUs deadline) {
  for (int interim = 0; interim < interim_answers_max; ++interim) {
    co_await co_await find_head(deadline);
    const std::size_t length = co_await take_head();
    head_ = {};
    auto parsed = parse_response_head(head_bytes_, to_head_, head_);
    if (!parsed)
      co_return fail(FaultKind::invalid_output,
                     fmt::format("answer of {}: {}", name(), parsed.error().message));
    input_.consume(length);
    if (head_.status >= 200) {
      request_.clear();
      left_ = head_.content_length;
      const bool empty = head_.framing == Framing::length && left_ == 0;
      if (head_.framing == Framing::none || empty) finish();
      co_return {};
    }
    if (head_.status == 101)
      co_return fail(FaultKind::invalid_output,
                     fmt::format("answer of {}: it switches protocols unasked", name()));
  }
  co_return fail(FaultKind::invalid_output,
                 fmt::format("answer of {}: too many interim answers", name()));
}

// Reads until a whole head is there, on a fresh connection if the pooled one proves dead.
Async<Result<void>> StreamCall::find_head(MonoUs deadline) {
  for (;;) {
    auto length = head_length(input_.bytes(), head_bytes_max);
    if (!length)
      co_return fail(FaultKind::invalid_output,
                     fmt::format("answer of {}: {}", name(), length.error().message));
    if (*length > 0) co_return {};
    const IoResult result = co_await patient_read(pool_->world(), *stream_, input_, deadline);
    if (result.status == IoStatus::ok) continue;
    if (was_stale(result)) {
      grant_time_again(deadline);
      co_await co_await send_anew();
      continue;
    }
    co_return fail(head_fault(result));
  }
}

// Copies the head out of the input, which moves.
Result<std::size_t> StreamCall::take_head() {
  auto length = head_length(input_.bytes(), head_bytes_max);
  if (length) head_bytes_ = input_.bytes().substr(0, *length);
  return length;
}

Fault StreamCall::write_fault(const IoResult& result) const {
  const bool late = result.status == IoStatus::timed_out;
  return fault(late ? FaultKind::timeout : FaultKind::outage,
               fmt::format("write to {}: {}", name(), describe(result)));
}

Fault StreamCall::head_fault(const IoResult& result) const {
  if (result.status == IoStatus::timed_out)
    return fault(FaultKind::ttft, fmt::format("{} did not begin to answer in time", name()));
  if (write_failed_)
    return fault(FaultKind::outage,
                 fmt::format("write to {}: {}", name(), describe({IoStatus::reset})));
  return fault(FaultKind::outage,
               fmt::format("read from {}: {} before the answer", name(), describe(result)));
}

Fault StreamCall::body_fault(const IoResult& result) const {
  if (result.status == IoStatus::timed_out)
    return fault(FaultKind::stall, fmt::format("{} went silent within its answer", name()));
  return fault(FaultKind::cut, fmt::format("read from {}: {} before the answer was whole", name(),
                                           describe(result)));
}

Async<Result<std::string_view>> StreamCall::read_body(MonoUs deadline) {
  for (;;) {
    if (whole_) co_return std::string_view();
    if (stream_ == nullptr)
      co_return fail(FaultKind::cut, fmt::format("answer of {}: it was cut before", name()));
    if (!input_.empty()) {
      if (head_.framing == Framing::length) co_return take_length();
      if (head_.framing == Framing::until_close) {
        const std::string_view all = input_.bytes();
        input_.consume(all.size());
        co_return all;
      }
      const std::string_view data = co_await take_chunks();
      if (!data.empty()) co_return data;
      if (whole_) continue;
    }
    const IoResult result = co_await patient_read(pool_->world(), *stream_, input_, deadline);
    if (result.status == IoStatus::ok) continue;
    if (result.status == IoStatus::closed && head_.framing == Framing::until_close) {
      finish();
      continue;
    }
    co_return fail(body_fault(result));
  }
}

std::string_view StreamCall::take_length() {
  const std::string_view data = input_.bytes().substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input_.bytes().size())));
  input_.consume(data.size());
  left_ -= data.size();
  if (left_ == 0) finish();
  return data;
}

// Removes the framing of all chunks that are there, in place, so that many small chunks that
// arrived together go on as one.
Result<std::string_view> StreamCall::take_chunks() {
  char* const begin = input_.data();
  std::size_t size = 0;
  while (!chunks_.done()) {
    const auto piece = chunks_.next(input_.bytes());
    if (!piece) {
      stream_.reset();
      return fail(FaultKind::cut, fmt::format("answer of {}: {}", name(), piece.error().message));
    }
    if (!piece->data.empty()) std::memmove(begin + size, piece->data.data(), piece->data.size());
    size += piece->data.size();
    if (piece->consumed == 0) break;
    input_.consume(piece->consumed);
  }
  if (chunks_.done()) finish();
  return std::string_view(begin, size);
}

// The answer is whole: the connection is of use to others, if both sides agree where it stands.
void StreamCall::finish() {
  whole_ = true;
  const bool reusable =
      head_.keep_alive && head_.framing != Framing::until_close && input_.empty() && !write_failed_;
  if (reusable) pool_->give(peer_, std::move(stream_));
  stream_.reset();
}

}  // namespace wye
