// Reads one HTTP request, head and body, within limits and deadlines. Belongs to one connection.
#pragma once

#include <string>

#include "base/result.h"
#include "io/async.h"
#include "io/buffer.h"
#include "io/http_server.h"
#include "io/stream.h"
#include "io/world.h"
#include "wire/http1.h"

namespace wye {

// `head` holds views into `head_bytes`, so it stays where it was read.
struct ReceivedRequest {
  std::string head_bytes;
  RequestHead head;
  std::string body;
  MonoUs received_us = 0;  // when the head was whole
};

// Takes the head of exactly one request out of `input`. Faults of kind client_gone deserve no
// answer; all others (protocol, too_large, timeout) do, with the status of client_status(), and
// then the connection must close, since what follows cannot be trusted.
Async<Result<void>> read_request_head(World& world, Stream& stream, Buffer& input,
                                      const ServerLimits& limits, ReceivedRequest& out);
// And its body, after the head; the faults are the same.
Async<Result<void>> read_request_body(World& world, Stream& stream, Buffer& input,
                                      const ServerLimits& limits, ReceivedRequest& out);

// Whether the body is worth reading only to be forgotten, so that the connection can be used again.
// A longer one costs more than a new connection, and who asks before sending may never send it.
bool may_skip_body(const RequestHead& head, const Buffer& input);
// Reads and forgets the body. False: it did not come whole, and the connection is of no more use.
Async<bool> skip_request_body(Stream& stream, Buffer& input, const ServerLimits& limits,
                              const ReceivedRequest& request);

}  // namespace wye
