// The life of one connection: wait for a request, read it, have it answered, and again; then close
// in a way that lets the client read the last answer.
#include "io/http_server.h"

#include <utility>

#include "io/buffer.h"
#include "io/http_request_reader.h"
#include "io/http_responder.h"
#include "io/patient_read.h"

namespace wye {

// Counts a connection while it is open.
class ConnectionCount {
 public:
  explicit ConnectionCount(ServerConnections* of) : of_(of) {
    if (of_ != nullptr) ++of_->open_;
  }
  ConnectionCount(const ConnectionCount&) = delete;
  ConnectionCount& operator=(const ConnectionCount&) = delete;
  ~ConnectionCount() {
    if (of_ != nullptr) --of_->open_;
  }

 private:
  ServerConnections* of_;
};

// Marks a connection as waiting for a request.
class IdleMark : public Links {
 public:
  IdleMark(ServerConnections* of, Stream& stream) : of_(of), stream_(stream) {
    if (of_ == nullptr) return;
    ++of_->idle_;
    join(of_->waiting_);
  }
  ~IdleMark() {
    if (of_ != nullptr) --of_->idle_;
  }
  Stream& stream() const { return stream_; }

 private:
  ServerConnections* of_;
  Stream& stream_;
};

// Counts a request from its first byte to the end of its answer.
class RequestCount {
 public:
  explicit RequestCount(ServerConnections* of) : of_(of) { add(1); }
  RequestCount(const RequestCount&) = delete;
  RequestCount& operator=(const RequestCount&) = delete;
  ~RequestCount() { add(-1); }

 private:
  // One writer: a load and a store are cheaper than an addition that others could join in.
  void add(std::int64_t more) {
    if (of_ == nullptr) return;
    std::atomic<std::int64_t>& requests = of_->requests_;
    requests.store(requests.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  ServerConnections* of_;
};

void ServerConnections::close_idle() {
  Links marks;
  marks.take_all(waiting_);
  while (!marks.alone()) {
    auto* mark = static_cast<IdleMark*>(marks.next());
    mark->leave();
    mark->stream().close();
  }
}

namespace {

// A refused client may still be sending. Closing at once would make its kernel throw away the
// answer.
constexpr MonoUs linger_us = 2'000'000;
constexpr std::size_t linger_bytes_max = 256 << 10;

class ServedConnection {
 public:
  ServedConnection(World& world, Stream& stream, const ServerLimits& limits, HttpHandler& handler,
                   ServerConnections* connections)
      : world_(world),
        stream_(stream),
        limits_(limits),
        handler_(handler),
        connections_(connections) {}

  Async<void> serve() {
    while (!over_) {
      const bool wanted = co_await wait_for_request();
      if (!wanted) co_return;
      co_await serve_request();
      if (rest_us_ > 0) co_await rest();
    }
    if (lingers_) co_await linger();
  }

 private:
  // False when the connection is over.
  Async<bool> wait_for_request() {
    if (!input_.empty()) co_return true;
    const IdleMark mark(connections_, stream_);
    const MonoUs deadline = world_.mono_us() + limits_.idle_timeout_ms * 1000;
    const IoResult result = co_await patient_read(world_, stream_, input_, deadline);
    co_return result.status == IoStatus::ok;
  }

  Async<void> serve_request() {
    const RequestCount count(connections_);
    ReceivedRequest received;
    auto read = co_await read_request_head(world_, stream_, input_, limits_, received);
    if (read) {
      const auto answer = handler_.turn_away(arrival_of(received));
      if (answer) {
        co_await turn_away(received, *answer);
        co_return;
      }
      read = co_await read_request_body(world_, stream_, input_, limits_, received);
    }
    if (!read) {
      co_await refuse(read.error());
      co_return;
    }
    input_.release_if_empty();
    StreamResponder responder(world_, stream_, handler_, limits_.write_timeout_ms,
                              framing_of(received.head, true));
    HttpRequest request{received.head, std::move(received.body), stream_, received.received_us};
    co_await handler_.handle(request, responder);
    over_ = !responder.may_continue();
    lingers_ = responder.whole();
  }

  static StreamResponder::Request framing_of(const RequestHead& head, bool may_keep_alive) {
    return {.is_head = head.method == "HEAD",
            .keep_alive = head.keep_alive && may_keep_alive,
            .minor_version = head.minor_version};
  }

  HttpArrival arrival_of(const ReceivedRequest& received) const {
    const bool is_counted = received.head.framing == Framing::length;
    const std::size_t length = is_counted ? received.head.content_length : 0;
    const std::string_view begun = input_.bytes().substr(0, length);
    return {received.head, begun, received.received_us,
            connections_ == nullptr ? 1 : connections_->requests(),
            begun.size() == length && received.head.framing != Framing::chunked};
  }

  Async<void> turn_away(const ReceivedRequest& received, const HttpTurnedAway& answer) {
    StreamResponder responder(world_, stream_, handler_, limits_.write_timeout_ms,
                              framing_of(received.head, may_skip_body(received.head, input_)));
    const std::string_view pieces[] = {answer.body};
    (void)co_await responder.respond(answer.status, answer.head_lines, pieces);
    over_ = !responder.may_continue();
    lingers_ = responder.whole();
    if (over_) co_return;
    const bool skipped = co_await skip_request_body(stream_, input_, limits_, received);
    input_.release_if_empty();
    over_ = !skipped;
    lingers_ = skipped;
    if (skipped) rest_us_ = answer.rest_us;
  }

  Async<void> rest() {
    const MonoUs until = world_.mono_us() + std::exchange(rest_us_, 0);
    co_await world_.sleep_until(until);
  }

  Async<void> refuse(const Fault& fault) {
    over_ = true;
    if (fault.kind == FaultKind::client_gone) co_return;
    StreamResponder responder(world_, stream_, handler_, limits_.write_timeout_ms, {});
    const HttpRefusal refusal = handler_.refuse(fault);
    const std::string head = "content-type: application/json\r\n" + refusal.head_lines;
    const std::string_view pieces[] = {refusal.body};
    auto sent = co_await responder.respond(client_status(fault), head, pieces);
    lingers_ = sent.has_value();
  }

  Async<void> linger() {
    stream_.shutdown_write();
    const MonoUs deadline = world_.mono_us() + linger_us;
    for (std::size_t drained = input_.bytes().size(); drained < linger_bytes_max;) {
      input_.consume(input_.bytes().size());
      const IoResult result = co_await patient_read(world_, stream_, input_, deadline);
      if (result.status != IoStatus::ok) break;
      drained += result.bytes;
    }
  }

  World& world_;
  Stream& stream_;
  const ServerLimits& limits_;
  HttpHandler& handler_;
  ServerConnections* connections_;
  Buffer input_;
  MonoUs rest_us_ = 0;    // before the next request is read
  bool over_ = false;     // no further request is served
  bool lingers_ = false;  // the last answer went out whole and may still be on its way
};

}  // namespace

Async<void> serve_connection(World& world, std::unique_ptr<Stream> stream,
                             const ServerLimits& limits, HttpHandler& handler,
                             ServerConnections* connections) {
  const ServerLimits own_limits = limits;  // a reload may replace the caller's
  const ConnectionCount count(connections);
  ServedConnection connection(world, *stream, own_limits, handler, connections);
  co_await connection.serve();
}

}  // namespace wye
