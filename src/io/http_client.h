// The client side of HTTP/1.1: keep-alive pools per Peer, and one call at a time on a connection.
//
// One HttpClient a loop; nothing is shared between loops.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/stream.h"
#include "io/world.h"
#include "wire/http1.h"

namespace wye {

class HttpClient;

// One request on one connection, and its answer. Destroying it before the answer is whole closes
// the connection; after the whole answer of a keep-alive peer the connection goes back to the pool.
class HttpCall {
 public:
  virtual ~HttpCall() = default;

  // Reads up to the end of the answer's head, 1xx skipped. Faults: outage (reset, refused), ttft
  // when `deadline` passed, invalid_output for what is not HTTP.
  virtual Async<Result<void>> read_head(MonoUs deadline) = 0;
  // Valid after read_head(), until the call dies.
  virtual const ResponseHead& head() const = 0;

  // The next bytes of the body, framing removed; empty at its end. The view holds until the next
  // call. Faults: cut (ended early, bad framing), stall when `deadline` passed.
  virtual Async<Result<std::string_view>> read_body(MonoUs deadline) = 0;

  // Closes the connection: a read under way, and every later one, is a fault.
  virtual void give_up() = 0;

  virtual bool pooled() const = 0;              // the connection had been used before
  virtual std::int64_t connect_us() const = 0;  // -1 when pooled
};

// For metrics; they only grow, but for `idle`.
struct HttpClientCounts {
  std::uint64_t connected = 0;  // new connections
  std::uint64_t reused = 0;     // requests on pooled ones
  std::uint64_t replaced = 0;   // pooled connections that proved dead
  std::size_t idle = 0;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Takes a live pooled connection or makes one, and sends the whole request. `head` is complete
  // with its blank line. A pooled connection that ends at once, before the first byte of the
  // answer, is replaced once, silently (the peer had closed it before it could read the request);
  // so the bytes of `body` must stay until read_head() has returned. One that ends later is an
  // outage: the peer may have begun to work. Faults: outage, timeout (connect), shed (this process
  // has no descriptor or memory left).
  virtual Async<Result<std::unique_ptr<HttpCall>>> send(const Peer& peer, std::string_view head,
                                                        std::span<const std::string_view> body,
                                                        MonoUs connect_deadline,
                                                        MonoUs send_deadline) = 0;
  virtual HttpClientCounts counts() const = 0;
  // Closes idle connections, for the end of the program and after a reload.
  virtual void close_idle() = 0;
};

// `idle_max` connections are kept per peer, each for `idle_timeout_ms` at most.
std::unique_ptr<HttpClient> make_http_client(World& world, std::size_t idle_max = 256,
                                             DurationMs idle_timeout_ms = 60'000);

}  // namespace wye
