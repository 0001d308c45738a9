// OpenAI fault: reads a provider's error answer and writes errors to OpenAI clients. Pure.
#include <algorithm>

#include "base/text.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/openai.h"
#include "dialect/wait_time.h"

namespace wye::openai {
namespace {

// Bedrock's OpenAI-style endpoint and others name the error in a header:
// "ThrottlingException:http://internal.amazon.com/...".
void add_header_words(const Headers& headers, ErrorBody& body) {
  const std::string_view name = headers.get("x-amzn-errortype");
  if (!name.empty())
    body.words.insert(body.words.begin(), to_lower(name.substr(0, name.find(':'))));
}

// When a limit is used up its reset is the wait, even if nobody says Retry-After.
std::int64_t wait_of_limits(const Headers& headers, TimeMs now) {
  const LimitsSeen seen = read_limits(LimitHeaders::openai, headers, now);
  std::int64_t wait = -1;
  if (seen.requests_left == 0) wait = std::max(wait, seen.requests_reset_ms);
  if (seen.tokens_left == 0) wait = std::max(wait, seen.tokens_reset_ms);
  if (wait >= 0) return wait;
  const LimitsSeen plain = read_limits(LimitHeaders::openrouter, headers, now);
  return plain.requests_left == 0 ? plain.requests_reset_ms : -1;
}

void write_error_object(JsonWriter& json, const Fault& fault) {
  json.begin_object();
  json.field("message", fault.message);
  json.field("type", traits(fault.kind).openai_type);
  json.key("param");
  fault.param.empty() ? json.null() : json.value(fault.param);
  json.key("code");
  json.value(fault.code.empty() ? to_string(fault.kind) : std::string_view(fault.code));
  json.end_object();
}

// {"error": {...}, "gateway": {...}}: what is beside `error` passes through the clients' libraries.
void write_document(std::string& out, const Fault& fault, std::string_view request_id) {
  JsonWriter json(out);
  json.begin_object();
  json.key("error");
  write_error_object(json, fault);
  json.key("gateway").begin_object();
  json.field("request_id", request_id);
  json.field("class", to_string(fault.kind));
  json.end_object();
  json.end_object();
}

}  // namespace

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  ErrorBody error = read_error_body(reader, body);
  add_header_words(headers, error);
  Fault out = fault_of(status, std::move(error));
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

// Clients take an error event for the end of the stream; nothing may follow it, no end marker
// either.
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask&) {
  std::string out = "data: ";
  write_document(out, fault, request_id);
  out += "\n\n";
  return out;
}

}  // namespace wye::openai
