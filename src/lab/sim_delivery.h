// Sim delivery: sends an answer at a model's pace, and plays the fault that struck the request. One
// delivery a request, on the simulator's loop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/async.h"
#include "io/http_server.h"
#include "io/world.h"
#include "lab/sim_chat.h"
#include "lab/sim_fault.h"

namespace wye {

struct SimPace {
  DurationMs ttft_ms = 0;
  double tokens_per_second = 0;
  double jitter = 0;
};

struct SimDelivery {
  World& world;
  HttpResponder& responder;
  Stream& stream;
  std::string head_lines;
  SimPace pace;
  std::optional<SimFault> fault;
  std::uint64_t seed = 0;  // of the jitter
  // What became of it.
  int status = 0;
  std::string_view outcome = "client_gone";
  std::int64_t tokens_sent = 0;
};

// Any answer that is not a stream; `tokens` is how long the model takes to say it.
Async<void> deliver_whole(SimDelivery& delivery, std::string_view body, std::int64_t tokens);
Async<void> deliver_stream(SimDelivery& delivery, const SimChat& chat);
Async<void> deliver_refusal(SimDelivery& delivery, int status, std::string_view body);

}  // namespace wye
