// The server side of HTTP/1.1 over any Stream: reads one request after the other within limits and
// deadlines, refuses what is malformed, and hands whole requests to a Handler.
//
// One coroutine a connection, on the connection's loop. Holds no buffer while idle.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/links.h"
#include "io/stream.h"
#include "io/world.h"
#include "wire/http1.h"

namespace wye {

struct ServerLimits {
  std::size_t head_bytes_max = 64 << 10;
  std::size_t body_bytes_max = 32 << 20;
  DurationMs head_timeout_ms = 10'000;
  DurationMs body_timeout_ms = 60'000;
  DurationMs idle_timeout_ms = 75'000;
  DurationMs write_timeout_ms = 60'000;  // silence of a reader that does not take what is written
};

// One whole request. Views live until the handler returns.
struct HttpRequest {
  const RequestHead& head;
  std::string body;        // moved out by the handler when it wants to keep it
  Stream& stream;          // for peer facts only
  MonoUs received_us = 0;  // when the head was whole
};

// Answers one request: either respond() once, or begin(), write()*, end(). Every call that waits
// gives client_gone when the client left or does not read.
class HttpResponder {
 public:
  virtual ~HttpResponder() = default;
  // `head_lines` are finished header lines ("name: value\r\n"...), without framing headers, which
  // the responder adds (content-length or chunked, connection, date is not sent).
  virtual Async<Result<void>> respond(int status, std::string_view head_lines,
                                      std::span<const std::string_view> body) = 0;
  virtual Async<Result<void>> begin(int status, std::string_view head_lines) = 0;
  // Writes one chunk of all pieces together; nothing for no bytes. The head that begin() prepared
  // goes out with the first call of this, so that both are one system call; with no bytes it goes
  // alone.
  virtual Async<Result<void>> write(std::span<const std::string_view> pieces) = 0;
  // Writes `last` (may be empty) and the end of the body in one go.
  virtual Async<Result<void>> end(std::string_view last) = 0;
  // After begin(): writes `last` and closes the connection without ending the body, so that no
  // client takes it for whole.
  virtual Async<Result<void>> abort(std::string_view last) = 0;
  virtual bool begun() const = 0;
  // From now on nothing that is written waits for the client beyond this: what it has not taken by
  // then gives deadline, and the connection closes without the end of the body.
  virtual void set_deadline(MonoUs at) = 0;
  // True when the client has left. Never blocks.
  virtual bool client_gone() = 0;
};

// The answer to a message that never became a request.
struct HttpRefusal {
  std::string head_lines;  // finished, without content type (JSON) and framing
  std::string body;
};

// A request of which only the head has come, and some of the body with it.
struct HttpArrival {
  const RequestHead& head;
  std::string_view body_begun;  // what is here of a body of known length
  MonoUs received_us = 0;       // when the head was whole
  // Requests of this loop from their first byte to the end of their answer, this one included.
  std::int64_t under_way = 1;
  bool body_is_whole = true;  // there is nothing of it beyond body_begun
};

// The answer to a request that is turned away before its body is read.
struct HttpTurnedAway {
  int status = 503;
  std::string head_lines;  // finished, without framing
  std::string body;
  MonoUs rest_us = 0;  // after the answer, no request is read from this connection for so long
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // Gives an answer when the request is not to be read, let alone handled. The client has it at
  // once; a short body is then read and forgotten, and after a long one the connection closes.
  virtual std::optional<HttpTurnedAway> turn_away(const HttpArrival&) { return std::nullopt; }
  // Must answer through the responder before it returns.
  virtual Async<void> handle(HttpRequest& request, HttpResponder& responder) = 0;
  virtual HttpRefusal refuse(const Fault& fault) = 0;
  // True while the server drains: every answer from then on closes its connection.
  virtual bool draining() const = 0;
};

// The connections of one listener on one loop: counted, and closed while they idle when the server
// stops. Outlives them.
class ServerConnections {
 public:
  std::size_t open() const { return open_; }
  std::size_t idle() const { return idle_; }
  // Requests from their first byte to the end of their answer; from any thread.
  std::int64_t requests() const { return requests_.load(std::memory_order_relaxed); }
  // Closes those that wait for a request.
  void close_idle();

 private:
  friend class ConnectionCount;
  friend class IdleMark;
  friend class RequestCount;
  Links waiting_;
  std::size_t open_ = 0;
  std::size_t idle_ = 0;
  std::atomic<std::int64_t> requests_{0};  // written by the loop alone
};

// Serves one connection until it closes. Never fails; what goes wrong ends the connection.
Async<void> serve_connection(World& world, std::unique_ptr<Stream> stream,
                             const ServerLimits& limits, HttpHandler& handler,
                             ServerConnections* connections = nullptr);

}  // namespace wye
