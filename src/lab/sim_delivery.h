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
#include "lab/sim_refusal.h"
#include "lab/sim_voice.h"

namespace wye {

inline constexpr std::string_view json_type = "content-type: application/json\r\n";

struct SimPace {
  DurationMs ttft_ms = 0;
  double tokens_per_second = 0;
  double jitter = 0;
};

struct SimDelivery {
  World& world;
  HttpResponder& responder;
  Stream& stream;
  std::string head_lines = {};
  SimPace pace = {};
  std::optional<SimFault> fault = {};
  std::uint64_t seed = 0;  // of the jitter
  // What became of it.
  int status = 0;
  std::string_view outcome = "client_gone";
  bool client_closed = false;  // it left while it was kept waiting
  std::int64_t tokens_sent = 0;
};

// Any answer that is not a stream; `tokens` is how long the model takes to say it. `error_body` is
// what stands there when the provider gives up in the middle.
Async<void> deliver_whole(SimDelivery& delivery, std::string_view body, std::int64_t tokens,
                          std::string_view error_body);
Async<void> deliver_stream(SimDelivery& delivery, const SimChat& chat, const SimVoice& voice);
Async<void> deliver_refusal(SimDelivery& delivery, const SimRefusal& refusal);

}  // namespace wye
