// Fault: what went wrong, whose fault it is, and what to do about it. The one error type of the
// house. Every kind has one row in the table of fault.cc; nothing else decides HTTP status, whether
// another deployment may help, or whether a provider's health suffers.
//
// Plain values, usable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wye {

// The kinds up to `exhausted` are also the words users write after `after:` in a fallback.
enum class FaultKind : std::uint8_t {
  outage,          // connect, TLS, DNS, 5xx, reset
  timeout,         // the total limit of the attempt or of the request ran out
  ttft,            // no first token in time
  stall,           // the stream went silent
  cut,             // the stream or the body ended early
  rate_limit,      // 429 of the per-minute sort
  quota,           // the account is out of money or quota
  overloaded,      // the provider says that it is busy
  context_window,  // the request does not fit the model
  content_filter,  // the provider refused the content
  auth,            // the provider refused our credential
  permission,      // the credential may not do this
  model_gone,      // the model does not exist there (any more)
  bad_request,     // the client's request is wrong
  invalid_output,  // the answer breaks its contract
  refusal,         // the model declined
  low_quality,     // the rolling score is under the bar
  exhausted,       // nothing is left to try
  // From here on: the gateway's own.
  unauthenticated,     // no or unknown virtual key
  forbidden,           // the key may not use this task, or the peer may not use this listener
  not_found,           // no such path, task, route or deployment
  method_not_allowed,  // the path exists, the method does not
  too_large,           // head or body over the limit
  no_candidate,        // policy leaves nobody that may serve this
  budget,              // money is out
  not_available,       // documented, but not in this version
  store,               // the record cannot be kept, so nothing is answered
  shed,                // the gateway has more to do than it can
  hedged,              // another deployment, asked beside it, was faster
  shutting_down,       // the gateway drains
  client_gone,         // the client left; nobody reads this
  deadline,            // the time that the client allowed is over, or it was slow to read
  config,              // the configuration is wrong
  protocol,            // malformed HTTP, from either side
  internal,            // a defect of ours
};
inline constexpr int fault_kind_count = static_cast<int>(FaultKind::internal) + 1;

enum class Whose : std::uint8_t {
  client,
  provider,
  gateway,
  policy
};

// One row a kind. `status` is what a client is told when the fault ends its request.
struct FaultTraits {
  FaultKind kind;
  std::string_view name;  // as written in configuration, records and headers
  int status;             // HTTP status for the client
  Whose whose;
  bool retry_same;               // a second try at the same deployment may help
  bool helps_elsewhere;          // another deployment may help
  bool hurts_health;             // counts against the deployment's circuit breaker
  bool client_may_retry;         // false: the answer carries x-should-retry: false
  std::string_view openai_type;  // `type` in the OpenAI error shape
  std::string_view sentence;     // one sentence for documentation and `wye help`
};

const FaultTraits& traits(FaultKind kind);
std::string_view to_string(FaultKind kind);
std::string_view to_string(Whose whose);
// The kind with this name, or nothing.
std::optional<FaultKind> fault_kind_from(std::string_view name);

// The code of a bad_request that only this deployment, or its dialect, cannot do.
inline constexpr std::string_view unsupported_code = "unsupported_parameter";

struct Fault {
  FaultKind kind = FaultKind::internal;
  std::string message;      // what happened and what to do, for people
  std::string code;         // stable machine word, e.g. "context_length_exceeded"; may be empty
  std::string param;        // the field at fault, e.g. "messages[0].role"; may be empty
  int provider_status = 0;  // HTTP status of the provider, 0 when there was none
  std::int64_t retry_after_ms = -1;  // how long to wait, -1 when nobody said
  int status = 0;                    // overrides the kind's HTTP status when not 0
  bool only_here = false;  // a bad_request at this deployment, which another may well serve
};

inline Fault fault(FaultKind kind, std::string message) {
  Fault made;
  made.kind = kind;
  made.message = std::move(message);
  return made;
}

// The HTTP status that a client is told: the fault's own, or its kind's.
inline int client_status(const Fault& fault) {
  return fault.status != 0 ? fault.status : traits(fault.kind).status;
}

}  // namespace wye
