#include "base/fault.h"

#include <array>

namespace wye {
namespace {

using enum FaultKind;

// kind, name, status, whose, retry_same, helps_elsewhere, hurts_health, client_may_retry, type,
// sentence
constexpr std::array<FaultTraits, fault_kind_count> table{{
    {outage, "outage", 502, Whose::provider, true, true, true, false, "server_error",
     "The provider could not be reached or answered with a server error."},
    {timeout, "timeout", 504, Whose::provider, false, true, true, false, "server_error",
     "The whole answer did not arrive within its limit."},
    {ttft, "ttft", 504, Whose::provider, false, true, true, false, "server_error",
     "The first token did not arrive within its limit."},
    {stall, "stall", 504, Whose::provider, false, true, true, false, "server_error",
     "The stream went silent for longer than its limit."},
    {cut, "cut", 502, Whose::provider, true, true, true, false, "server_error",
     "The answer ended before it was whole."},
    {rate_limit, "rate_limit", 429, Whose::provider, true, true, false, true, "rate_limit_error",
     "The provider's rate limit is used up for now."},
    {quota, "quota", 503, Whose::provider, false, true, true, false, "insufficient_quota",
     "The provider account is out of quota or credit."},
    {overloaded, "overloaded", 503, Whose::provider, true, true, true, true, "server_error",
     "The provider says that it is overloaded."},
    {context_window, "context_window", 400, Whose::client, false, true, false, false,
     "invalid_request_error", "The request is longer than the model's context window."},
    {content_filter, "content_filter", 400, Whose::client, false, false, false, false,
     "invalid_request_error", "The provider's content filter refused the request."},
    {auth, "auth", 502, Whose::provider, false, true, true, false, "server_error",
     "The provider refused the credential that wye sent."},
    {permission, "permission", 502, Whose::provider, false, true, true, false, "server_error",
     "The credential that wye sent may not do this at the provider."},
    {model_gone, "model_gone", 502, Whose::provider, false, true, true, false, "server_error",
     "The provider does not know the model, or serves it no more."},
    {bad_request, "bad_request", 400, Whose::client, false, false, false, false,
     "invalid_request_error", "The request is malformed or asks for something impossible."},
    {invalid_output, "invalid_output", 502, Whose::provider, false, true, false, false,
     "server_error", "The answer is not what the contract or the protocol demands."},
    {refusal, "refusal", 200, Whose::provider, false, true, false, false, "server_error",
     "The model declined to answer."},
    {low_quality, "low_quality", 502, Whose::provider, false, true, false, false, "server_error",
     "The deployment's rolling score is under the task's bar."},
    {exhausted, "exhausted", 503, Whose::provider, false, false, false, false, "server_error",
     "Every permitted deployment was tried or refused."},
    {unauthenticated, "unauthenticated", 401, Whose::client, false, false, false, false,
     "authentication_error", "The virtual key is missing or unknown."},
    {forbidden, "forbidden", 403, Whose::client, false, false, false, false, "permission_error",
     "The virtual key may not do this."},
    {not_found, "not_found", 404, Whose::client, false, false, false, false,
     "invalid_request_error", "There is no such path, task, route or deployment."},
    {method_not_allowed, "method_not_allowed", 405, Whose::client, false, false, false, false,
     "invalid_request_error", "The path exists, but not with this method."},
    {too_large, "too_large", 413, Whose::client, false, false, false, false,
     "invalid_request_error", "The request is larger than this server accepts."},
    {no_candidate, "no_candidate", 503, Whose::policy, false, false, false, false, "policy_error",
     "The policy leaves no deployment that may serve this request."},
    {budget, "budget", 402, Whose::policy, false, false, false, false, "insufficient_quota",
     "The budget is used up."},
    {not_available, "not_available", 501, Whose::gateway, false, false, false, false,
     "invalid_request_error", "This version of wye does not do this yet."},
    {store, "store", 503, Whose::gateway, false, false, false, true, "server_error",
     "The record of the request cannot be kept, so it is not answered."},
    {shed, "shed", 503, Whose::gateway, false, false, false, true, "server_error",
     "The gateway has more requests than it can serve, and turned this one away."},
    {hedged, "hedged", 503, Whose::gateway, false, false, false, true, "server_error",
     "Another deployment, asked beside this one, was faster."},
    {shutting_down, "shutting_down", 503, Whose::gateway, false, false, false, true, "server_error",
     "The gateway is draining and takes no new requests."},
    {client_gone, "client_gone", 499, Whose::client, false, false, false, false, "server_error",
     "The client closed the connection before its answer was whole."},
    {deadline, "deadline", 504, Whose::client, false, false, false, false, "server_error",
     "The time that the client itself allowed (x-wye-timeout-ms) is over, or it was too slow to "
     "read its answer within the time of its request."},
    {config, "config", 500, Whose::gateway, false, false, false, false, "server_error",
     "The configuration is wrong."},
    {protocol, "protocol", 400, Whose::client, false, false, false, false, "invalid_request_error",
     "The message is not well-formed HTTP."},
    {internal, "internal", 500, Whose::gateway, false, false, false, false, "server_error",
     "A defect in wye."},
}};

constexpr bool table_is_in_order() {
  for (int i = 0; i < fault_kind_count; ++i) {
    if (static_cast<int>(table[static_cast<std::size_t>(i)].kind) != i) return false;
  }
  return true;
}
static_assert(table_is_in_order(), "one row a kind, in the order of the enum");

}  // namespace

const FaultTraits& traits(FaultKind kind) { return table[static_cast<std::size_t>(kind)]; }

std::string_view to_string(FaultKind kind) { return traits(kind).name; }

std::string_view to_string(Whose whose) {
  switch (whose) {
    case Whose::client: return "client";
    case Whose::provider: return "provider";
    case Whose::gateway: return "gateway";
    case Whose::policy: return "policy";
  }
  return "gateway";
}

std::optional<FaultKind> fault_kind_from(std::string_view name) {
  for (const FaultTraits& row : table) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

}  // namespace wye
