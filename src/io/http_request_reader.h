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

// Takes exactly one request out of `input`. Faults of kind client_gone deserve no answer; all
// others (protocol, too_large, timeout) do, with the status of client_status(), and then the
// connection must close, since what follows cannot be trusted.
Async<Result<void>> read_request(World& world, Stream& stream, Buffer& input,
                                 const ServerLimits& limits, ReceivedRequest& out);

}  // namespace wye
