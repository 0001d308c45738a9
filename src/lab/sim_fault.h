// Sim fault: the ways in which the simulated provider can go wrong, and the words in which a real
// provider says so. Plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace wye {

enum class SimFaultKind : std::uint8_t {
  // Answers that say no.
  status_500,
  status_503,
  status_529,
  rate_limit,
  quota,
  auth,
  permission,
  model_gone,
  context_length,
  content_filter,
  bad_request,
  // Connections that break.
  reset,         // closed before the head of the answer
  hang,          // taken and never answered
  garbage,       // bytes that are not HTTP
  wrong_length,  // closed before content-length is reached
  // Answers of status 200 that are wrong.
  html_200,
  empty,
  malformed_event,
  no_done,
  error_event,
  slow_first_token,  // the head at once, the first token after wait_ms
  cut,               // ends after some tokens, without the end
  stall,             // silent after some tokens
};

std::string_view to_string(SimFaultKind kind);
std::optional<SimFaultKind> sim_fault_kind_from(std::string_view name);

struct SimFault {
  SimFaultKind kind = SimFaultKind::status_500;
  double rate = 1;             // share of the requests that it strikes
  std::int64_t count = -1;     // strikes left, -1: no end
  DurationMs for_ms = -1;      // how long it is in force from when it was set, -1: no end
  std::int64_t until_us = -1;  // the same on the simulator's clock, set by the simulator
  DurationMs wait_ms =
      -1;                // slow_first_token and stall: how long; -1: longer than any client waits
  int after_tokens = 5;  // cut, stall, malformed_event, error_event: tokens sent before
  DurationMs retry_after_ms = 1'000;  // rate_limit, status_503: what the answer says; -1: nothing
};

// The header x-sim-fault: "cut", "cut;after_tokens=3", "rate_limit;retry_after_ms=-1".
std::optional<SimFault> parse_sim_fault(std::string_view text);

// The answer of a fault that is told by status and JSON; status 0 for the other kinds.
struct SimRefusal {
  int status = 0;
  std::string body;
};
SimRefusal refusal_of(SimFaultKind kind, std::string_view model, std::int64_t prompt_tokens,
                      std::int64_t context_tokens_max);
// The error shape of OpenAI; `param` and `code` are null when empty.
std::string error_json(std::string_view message, std::string_view type, std::string_view param,
                       std::string_view code);

}  // namespace wye
