// Framing and writing of answers. See the header.
#include "io/http_responder.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

namespace wye {
namespace {

// A write that is longer is cut up, since the deadline is about silence and not about the whole.
constexpr std::size_t written_at_once_bytes = 64 << 10;

std::size_t size_of(std::span<const std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  return size;
}

}  // namespace

bool StreamResponder::has_body(int status) const {
  return status >= 200 && status != 204 && status != 304;
}

void StreamResponder::start_head(int status, std::string_view head_lines) {
  keep_alive_ = request_.keep_alive && !handler_.draining();
  body_hidden_ = request_.is_head || !has_body(status);
  constexpr std::size_t own_lines_bytes = 128;
  head_.clear();
  head_.reserve(head_lines.size() + own_lines_bytes);
  write_status_line(head_, status);
  head_ += head_lines;
}

void StreamResponder::end_head() {
  if (!keep_alive_)
    head_ += "connection: close\r\n";
  else if (request_.minor_version == 0)
    head_ += "connection: keep-alive\r\n";
  head_ += "\r\n";
}

Async<Result<void>> StreamResponder::respond(int status, std::string_view head_lines,
                                             std::span<const std::string_view> body) {
  if (state_ != State::fresh) co_return fail(FaultKind::internal, "the answer was begun before");
  start_head(status, head_lines);
  if (has_body(status)) write_header(head_, "content-length", size_of(body));
  end_head();
  std::array<std::string_view, 8> few;
  std::vector<std::string_view> many;
  if (body.size() + 1 > few.size()) many.resize(body.size() + 1);
  const std::span<std::string_view> pieces =
      many.empty() ? std::span(few).first(body.size() + 1) : std::span(many);
  pieces[0] = head_;
  for (std::size_t i = 0; i < body.size(); ++i) pieces[i + 1] = body[i];
  state_ = State::streaming;
  co_await co_await send(body_hidden_ ? pieces.first(1) : pieces);
  state_ = State::whole;
  co_return {};
}

Async<Result<void>> StreamResponder::begin(int status, std::string_view head_lines) {
  if (state_ != State::fresh) co_return fail(FaultKind::internal, "the answer was begun before");
  start_head(status, head_lines);
  // A client of HTTP/1.0 knows no chunks; for it the body ends with the connection.
  chunked_ = request_.minor_version > 0 && has_body(status);
  if (!chunked_ && !body_hidden_) keep_alive_ = false;
  if (chunked_) head_ += "transfer-encoding: chunked\r\n";
  end_head();
  state_ = State::streaming;
  co_return {};
}

Async<Result<void>> StreamResponder::write(std::span<const std::string_view> pieces) {
  if (state_ == State::broken) co_return fail(FaultKind::client_gone, "the client has left");
  if (state_ != State::streaming) co_return fail(FaultKind::internal, "the answer was not begun");
  co_return co_await send_chunk(pieces, {});
}

Async<Result<void>> StreamResponder::end(std::string_view last) {
  if (state_ == State::broken) co_return fail(FaultKind::client_gone, "the client has left");
  if (state_ != State::streaming) co_return fail(FaultKind::internal, "the answer was not begun");
  const std::string_view pieces[] = {last};
  co_await co_await send_chunk(pieces, chunked_ && !body_hidden_ ? last_chunk : std::string_view());
  state_ = State::whole;
  co_return {};
}

Async<Result<void>> StreamResponder::abort(std::string_view last) {
  if (state_ == State::broken) co_return fail(FaultKind::client_gone, "the client has left");
  if (state_ != State::streaming) co_return fail(FaultKind::internal, "the answer was not begun");
  const std::string_view pieces[] = {last};
  auto sent = co_await send_chunk(pieces, {});
  state_ = State::broken;
  // Without chunks an end would look like that of a whole answer.
  chunked_ ? stream_.close() : stream_.reset();
  co_return sent;
}

Async<Result<void>> StreamResponder::send_chunk(std::span<const std::string_view> pieces,
                                                std::string_view after) {
  const std::size_t size = body_hidden_ ? 0 : size_of(pieces);
  if (size == 0 && head_.empty() && after.empty()) co_return {};
  // The chunk's size line joins the head, when that is still to go.
  if (chunked_ && size > 0) write_chunk_head(head_, size);
  std::array<std::string_view, 8> few;
  std::vector<std::string_view> many;
  if (pieces.size() + 3 > few.size()) many.resize(pieces.size() + 3);
  const std::span<std::string_view> all = many.empty() ? std::span(few) : std::span(many);
  std::size_t count = 0;
  all[count++] = head_;
  if (size > 0)
    for (const std::string_view piece : pieces) all[count++] = piece;
  if (chunked_ && size > 0) all[count++] = "\r\n";
  all[count++] = after;
  auto sent = co_await send(all.first(count));
  head_.clear();
  co_return sent;
}

Async<Result<void>> StreamResponder::send(std::span<const std::string_view> pieces) {
  if (size_of(pieces) > written_at_once_bytes) co_return co_await send_slowly(pieces);
  stream_.set_deadline(next_deadline());
  const IoResult result = co_await stream_.write(pieces);
  if (result.status != IoStatus::ok) co_return fail(gone(result));
  co_return {};
}

Async<Result<void>> StreamResponder::send_slowly(std::span<const std::string_view> pieces) {
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::string_view portion[] = {piece.substr(0, written_at_once_bytes)};
      stream_.set_deadline(next_deadline());
      const IoResult result = co_await stream_.write(portion);
      if (result.status != IoStatus::ok) co_return fail(gone(result));
      piece.remove_prefix(portion[0].size());
    }
  }
  co_return {};
}

// Of one write: that of a reader's silence, or that of the whole answer.
MonoUs StreamResponder::next_deadline() const {
  return std::min(world_.mono_us() + write_timeout_ms_ * 1000, deadline_);
}

Fault StreamResponder::gone(const IoResult& result) {
  state_ = State::broken;
  given_up_ = result.status == IoStatus::timed_out && world_.mono_us() >= deadline_;
  if (given_up_) {
    Fault late = fault(FaultKind::deadline,
                       "the client had not taken its answer when the time of its request was over");
    late.code = "client_too_slow";
    return late;
  }
  if (result.status == IoStatus::timed_out)
    return fault(FaultKind::client_gone, fmt::format("the client took nothing for {}",
                                                     format_duration_ms(write_timeout_ms_)));
  return fault(FaultKind::client_gone, "the client left: " + describe(result));
}

}  // namespace wye
