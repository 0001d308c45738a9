// Gemini fault: reads a provider's error answer and writes errors to Gemini's clients. Pure.
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dialect/error_body.h"
#include "dialect/fault_class.h"
#include "dialect/gemini.h"

namespace wye::gemini {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 12> status_words{{
    {400, "INVALID_ARGUMENT"},
    {401, "UNAUTHENTICATED"},
    {402, "FAILED_PRECONDITION"},
    {403, "PERMISSION_DENIED"},
    {404, "NOT_FOUND"},
    {405, "UNIMPLEMENTED"},
    {408, "DEADLINE_EXCEEDED"},
    {413, "INVALID_ARGUMENT"},
    {429, "RESOURCE_EXHAUSTED"},
    {499, "CANCELLED"},
    {501, "UNIMPLEMENTED"},
    {504, "DEADLINE_EXCEEDED"},
}};

std::string_view word_of(int status) {
  for (const auto& [each, word] : status_words) {
    if (each == status) return word;
  }
  if (status < 500) return "INVALID_ARGUMENT";
  return status == 500 ? "INTERNAL" : "UNAVAILABLE";
}

// google.rpc.ErrorInfo: a reason for machines, and what helps to find the request again.
void write_info(JsonWriter& json, const Fault& fault, std::string_view request_id) {
  json.begin_object().field("@type", "type.googleapis.com/google.rpc.ErrorInfo");
  json.field("reason", fault.code.empty() ? to_string(fault.kind) : std::string_view(fault.code));
  json.field("domain", "gateway").key("metadata").begin_object();
  json.field("request_id", request_id).field("class", to_string(fault.kind));
  if (!fault.param.empty()) json.field("param", fault.param);
  json.end_object().end_object();
}

void write_retry(JsonWriter& json, std::int64_t wait_ms) {
  json.begin_object().field("@type", "type.googleapis.com/google.rpc.RetryInfo");
  json.field("retryDelay", fmt::format("{}.{:03}s", wait_ms / 1000, wait_ms % 1000)).end_object();
}

void write_document(std::string& out, const Fault& fault, std::string_view request_id) {
  const int status = fault.status != 0 ? fault.status : traits(fault.kind).status;
  JsonWriter json(out);
  json.begin_object().key("error").begin_object();
  json.field("code", status).field("message", fault.message).field("status", word_of(status));
  json.key("details").begin_array();
  write_info(json, fault, request_id);
  if (fault.retry_after_ms >= 0) write_retry(json, fault.retry_after_ms);
  json.end_array().end_object().end_object();
}

}  // namespace

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  Fault out = fault_of(status, read_error_body(reader, body));
  // The header is meant for machines, so it outranks what the message says.
  if (const std::int64_t wait = read_retry_after_ms(headers, now); wait >= 0) {
    out.retry_after_ms = wait;
  }
  return out;
}

// A client that was promised an array gets one, as from Google.
std::string write_fault(const Fault& fault, std::string_view request_id, const Ask& ask) {
  std::string out;
  if (ask.stream_as_array) out += '[';
  write_document(out, fault, request_id);
  if (ask.stream_as_array) out += ']';
  return out;
}

// Clients throw on an error event; nothing may follow it. Of an array it is the last element, and
// at least one came before.
std::string write_fault_event(const Fault& fault, std::string_view request_id, const Ask& ask) {
  std::string out = ask.stream_as_array ? ",\r\n" : "data: ";
  write_document(out, fault, request_id);
  out += ask.stream_as_array ? "]" : "\r\n\r\n";
  return out;
}

}  // namespace wye::gemini
