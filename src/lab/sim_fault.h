// Sim fault: the ways in which the simulated provider can go wrong. Plain values and pure
// functions; sim_refusal.h has the words in which a vendor says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  content_filter,  // where the vendor has an answer for it, that and no error
  bad_request,
  no_prefill,  // refuses a request that begins the answer; strikes no other
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
  slow_tokens,       // after some tokens wait_ms before every other (a second when not set)
  cut,               // ends after some tokens, without the end
  cut_arguments,     // calls a tool when there is one, and ends inside its arguments
  stall,             // silent after some tokens
  refusal,           // the model declines
  truncated_json,    // ends as if whole in the middle of the text, or of the arguments
  wrong_json,        // JSON that is not what was asked for
  split_utf8,        // characters of several bytes, cut by the reads
};

std::string_view to_string(SimFaultKind kind);
std::optional<SimFaultKind> sim_fault_kind_from(std::string_view name);
std::vector<std::string_view> sim_fault_names();

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

}  // namespace wye
