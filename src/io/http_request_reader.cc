// Head, then body. Memory for a body grows with the bytes that came, whatever its announced length.
#include "io/http_request_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/grow.h"
#include "io/patient_read.h"

namespace wye {
namespace {

// simdjson reads up to 64 bytes past the end of what it parses.
constexpr std::size_t slack_bytes = 64;
constexpr std::size_t first_reserve_bytes = 256 << 10;
// Of a body that is announced, touched before it comes.
constexpr std::size_t read_at_once_bytes = 64 << 10;
// Of a body that nobody wants.
constexpr std::size_t skipped_bytes_max = 1 << 20;
// Of it, read to learn that there is more.
constexpr std::size_t waited_for_bytes = 4 << 10;

Fault timed_out(std::string_view what, DurationMs limit_ms) {
  Fault made = fault(FaultKind::timeout, fmt::format("{} did not arrive within {}", what,
                                                     format_duration_ms(limit_ms)));
  made.status = 408;
  return made;
}

Fault too_large(const ServerLimits& limits) {
  return fault(FaultKind::too_large,
               fmt::format("the body is larger than {} bytes", limits.body_bytes_max));
}

// The fault of a read that gave no bytes.
Fault no_bytes(const IoResult& result, std::string_view what, DurationMs limit_ms) {
  if (result.status == IoStatus::timed_out) return timed_out(what, limit_ms);
  return fault(FaultKind::client_gone, describe(result));
}

class Reader {
 public:
  Reader(World& world, Stream& stream, Buffer& input, const ServerLimits& limits,
         ReceivedRequest& out)
      : world_(world), stream_(stream), input_(input), limits_(limits), out_(out) {}

  Async<Result<void>> read_body() {
    if (out_.head.framing == Framing::none) co_return {};
    if (out_.head.content_length > limits_.body_bytes_max) co_return fail(too_large(limits_));
    deadline_ = out_.received_us + limits_.body_timeout_ms * 1000;
    if (out_.head.expect_continue && input_.empty()) co_await co_await invite_body();
    if (out_.head.framing == Framing::chunked)
      co_await co_await read_chunked();
    else
      co_await co_await read_length();
    out_.body.reserve(out_.body.size() + slack_bytes);
    co_return {};
  }

  Async<Result<void>> read_head() {
    std::size_t length = co_await head_length(input_.bytes(), limits_.head_bytes_max);
    if (length == 0) deadline_ = world_.mono_us() + limits_.head_timeout_ms * 1000;
    while (length == 0) {
      const IoResult result = co_await patient_read(world_, stream_, input_, deadline_);
      if (result.status != IoStatus::ok)
        co_return fail(no_bytes(result, "the request's head", limits_.head_timeout_ms));
      length = co_await head_length(input_.bytes(), limits_.head_bytes_max);
    }
    out_.received_us = world_.mono_us();
    out_.head_bytes = input_.bytes().substr(0, length);
    input_.consume(length);
    co_await parse_request_head(out_.head_bytes, out_.head);
    co_return {};
  }

 private:
  // The client waits for this before it sends the body.
  Async<Result<void>> invite_body() {
    const std::string_view pieces[] = {"HTTP/1.1 100 Continue\r\n\r\n"};
    stream_.set_deadline(deadline_);
    const IoResult result = co_await stream_.write(pieces);
    if (result.status != IoStatus::ok)
      co_return fail(no_bytes(result, "the request's body", limits_.body_timeout_ms));
    co_return {};
  }

  Async<Result<void>> read_more() {
    const IoResult result = co_await patient_read(world_, stream_, input_, deadline_);
    if (result.status != IoStatus::ok)
      co_return fail(no_bytes(result, "the request's body", limits_.body_timeout_ms));
    co_return {};
  }

  // What did not come with the head is read to where it stays: nothing is copied, and a large body
  // takes few system calls.
  Async<Result<void>> read_length() {
    const auto length = static_cast<std::size_t>(out_.head.content_length);
    std::string& body = out_.body;
    body.reserve(std::min(length, first_reserve_bytes) + slack_bytes);
    body = input_.bytes().substr(0, length);
    input_.consume(body.size());
    std::size_t filled = body.size();
    if (filled < length) stream_.set_deadline(deadline_);
    while (filled < length) {
      if (filled == body.size()) grow(body, length);
      const IoResult result =
          co_await stream_.read(std::span(body.data() + filled, body.size() - filled));
      if (result.status != IoStatus::ok)
        co_return fail(no_bytes(result, "the request's body", limits_.body_timeout_ms));
      filled += result.bytes;
    }
    co_return {};
  }

  // Room for one more portion, in a string that has room for all of it or doubles.
  static void grow(std::string& body, std::size_t length) {
    const std::size_t size = std::min(length, body.size() + read_at_once_bytes);
    if (size > body.capacity()) body.reserve(std::min(length, 2 * body.capacity()) + slack_bytes);
    wye::grow(body, size - body.size());
  }

  Async<Result<void>> read_chunked() {
    ChunkedReader chunks;
    for (;;) {
      const auto piece = co_await chunks.next(input_.bytes());
      if (out_.body.size() + piece.data.size() > limits_.body_bytes_max)
        co_return fail(too_large(limits_));
      out_.body += piece.data;
      input_.consume(piece.consumed);
      if (chunks.done()) co_return {};
      if (piece.consumed == 0) co_await co_await read_more();
    }
  }

  World& world_;
  Stream& stream_;
  Buffer& input_;
  const ServerLimits& limits_;
  ReceivedRequest& out_;
  MonoUs deadline_ = no_deadline;
};

}  // namespace

Async<Result<void>> read_request_head(World& world, Stream& stream, Buffer& input,
                                      const ServerLimits& limits, ReceivedRequest& out) {
  Reader reader(world, stream, input, limits, out);
  co_return co_await reader.read_head();
}

Async<Result<void>> read_request_body(World& world, Stream& stream, Buffer& input,
                                      const ServerLimits& limits, ReceivedRequest& out) {
  Reader reader(world, stream, input, limits, out);
  co_return co_await reader.read_body();
}

bool may_skip_body(const RequestHead& head, const Buffer& input) {
  if (head.framing == Framing::none) return true;
  if (head.framing == Framing::chunked || head.content_length > skipped_bytes_max) return false;
  return !head.expect_continue || !input.empty();
}

Async<bool> skip_request_body(Stream& stream, Buffer& input, const ServerLimits& limits,
                              const ReceivedRequest& request) {
  if (request.head.framing == Framing::none) co_return true;
  auto left = static_cast<std::size_t>(request.head.content_length);
  const std::size_t here = std::min(left, input.bytes().size());
  input.consume(here);
  left -= here;
  stream.set_deadline(request.received_us + limits.body_timeout_ms * 1000);
  std::array<char, waited_for_bytes> forgotten;
  while (left > 0) {
    if (const std::size_t dropped = stream.drop_input(left); dropped > 0) {
      left -= dropped;
      continue;
    }
    const std::span<char> some = std::span(forgotten).first(std::min(left, forgotten.size()));
    const IoResult result = co_await stream.read(some);
    if (result.status != IoStatus::ok) co_return false;
    left -= result.bytes;
  }
  co_return true;
}

}  // namespace wye
