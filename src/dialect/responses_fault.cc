// Responses fault: reads a provider's error answer and writes errors to clients. Pure.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/responses.h"

namespace wye::responses {
namespace {

// Bedrock names the error in a header: "ThrottlingException:http://internal.amazon.com/...".
void add_header_words(const Headers& headers, ErrorBody& body) {
  const std::string_view name = headers.get("x-amzn-errortype");
  if (name.empty()) return;
  body.words.insert(body.words.begin(), to_lower(name.substr(0, name.find(':'))));
}

// When a limit is used up its reset is the wait, even if nobody says Retry-After.
std::int64_t wait_of_limits(const Headers& headers, TimeMs now) {
  const LimitsSeen seen = read_limits(LimitHeaders::openai, headers, now);
  std::int64_t wait = -1;
  if (seen.requests_left == 0) wait = std::max(wait, seen.requests_reset_ms);
  if (seen.tokens_left == 0) wait = std::max(wait, seen.tokens_reset_ms);
  return wait;
}

std::string_view code_of(const Fault& fault) {
  return fault.code.empty() ? to_string(fault.kind) : std::string_view(fault.code);
}

void write_param(JsonWriter& json, const Fault& fault) {
  json.key("param");
  fault.param.empty() ? json.null() : json.value(fault.param);
}

// The nested object, and beside it what passes through the clients' libraries.
void write_members(JsonWriter& json, const Fault& fault, std::string_view request_id) {
  json.key("error").begin_object();
  json.field("message", fault.message).field("type", traits(fault.kind).openai_type);
  write_param(json, fault);
  json.field("code", code_of(fault)).end_object();
  json.key("gateway").begin_object().field("request_id", request_id);
  json.field("class", to_string(fault.kind)).end_object();
}

}  // namespace

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  ErrorBody error = read_error_body(reader, body);
  add_header_words(headers, error);
  Fault out = fault_of(status, std::move(error));
  // The header is meant for machines, so it outranks what the message says.
  const std::int64_t wait = read_retry_after_ms(headers, now);
  if (wait >= 0) out.retry_after_ms = wait;
  if (out.retry_after_ms < 0 && status == 429) out.retry_after_ms = wait_of_limits(headers, now);
  return out;
}

std::string write_fault(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_members(json, fault, request_id);
  json.end_object();
  return out;
}

// The specification wants the members flat; libraries raise only what has an `error`, and would
// take a flat event for the regular end. Both are there. How many events came before is not known
// here, and the largest number keeps them rising.
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out = "event: error\ndata: ";
  JsonWriter json(out);
  json.begin_object().field("type", "error");
  json.field("code", code_of(fault)).field("message", fault.message);
  write_param(json, fault);
  json.field("sequence_number", std::numeric_limits<std::int32_t>::max());
  write_members(json, fault, request_id);
  json.end_object();
  out += "\n\n";
  return out;
}

}  // namespace wye::responses
