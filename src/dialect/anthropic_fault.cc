// Anthropic fault: reads a provider's error answer and writes errors to Anthropic clients. Pure.
#include <algorithm>

#include "dialect/anthropic.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/wait_time.h"

namespace wye::anthropic {
namespace {

// When a limit is used up its reset is the wait, even if nobody says Retry-After.
std::int64_t wait_of_limits(const Headers& headers, TimeMs now) {
  const LimitsSeen seen = read_limits(LimitHeaders::anthropic, headers, now);
  std::int64_t wait = -1;
  if (seen.requests_left == 0) wait = std::max(wait, seen.requests_reset_ms);
  if (seen.tokens_left == 0) wait = std::max(wait, seen.tokens_reset_ms);
  return wait;
}

// Anthropic's libraries choose the exception by status and the text by type, so the two must agree.
std::string_view type_of_status(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 402: return "billing_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 408: return "timeout_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 504: return "timeout_error";
    case 529: return "overloaded_error";
    default: return status >= 500 ? "api_error" : "invalid_request_error";
  }
}

std::string_view type_of(const Fault& fault) {
  if (fault.kind == FaultKind::overloaded) return "overloaded_error";
  if (fault.kind == FaultKind::quota) return "billing_error";
  return type_of_status(fault.status != 0 ? fault.status : traits(fault.kind).status);
}

void write_gateway(JsonWriter& json, const Fault& fault) {
  json.key("gateway").begin_object();
  json.field("class", to_string(fault.kind));
  if (!fault.code.empty()) json.field("code", fault.code);
  if (!fault.param.empty()) json.field("param", fault.param);
  json.end_object();
}

// What is beside `error` passes through the clients' libraries.
void write_document(std::string& out, const Fault& fault, std::string_view request_id) {
  JsonWriter json(out);
  json.begin_object().field("type", "error");
  json.key("error").begin_object();
  json.field("type", type_of(fault)).field("message", fault.message).end_object();
  json.field("request_id", request_id);
  write_gateway(json, fault);
  json.end_object();
}

}  // namespace

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  Fault out = fault_of(status, read_error_body(reader, body));
  // The header is meant for machines, so it outranks what the message says.
  if (const std::int64_t wait = read_retry_after_ms(headers, now); wait >= 0) {
    out.retry_after_ms = wait;
  }
  if (out.retry_after_ms < 0 && status == 429) out.retry_after_ms = wait_of_limits(headers, now);
  return out;
}

std::string write_fault(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out;
  write_document(out, fault, request_id);
  return out;
}

// Clients take an error event for the end of the stream; nothing may follow it.
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out = "event: error\ndata: ";
  write_document(out, fault, request_id);
  out += "\n\n";
  return out;
}

}  // namespace wye::anthropic
