#include "gateway/provider_head.h"

#include "gateway/credential.h"
#include "wire/http1.h"

namespace wye {
namespace {

std::string_view accepted(const Provider& provider, const ProviderRequest& request) {
  if (!request.stream) return "application/json";
  switch (dialect_of(provider.dialect)->framing) {
    case StreamFraming::sse: return "text/event-stream";
    case StreamFraming::json_lines: return "application/x-ndjson";
    case StreamFraming::event_stream: return "application/vnd.amazon.eventstream";
  }
  return "text/event-stream";
}

}  // namespace

std::string provider_head(const Provider& provider, const ProviderRequest& request,
                          std::string_view credential, std::string_view passed_on) {
  std::string out;
  out.reserve(512);
  out.append("POST ").append(provider.base_url.path).append(request.path).append(" HTTP/1.1\r\n");
  write_header(out, "host", host_of(provider.base_url));
  write_header(out, "content-type", "application/json");
  write_header(out, "accept", accepted(provider, request));
  write_header(out, "user-agent", "wye");
  for (const auto& [name, value] : request.headers) write_header(out, name, value);
  out.append(credential).append(passed_on);
  write_header(out, "content-length", static_cast<std::uint64_t>(request.body_bytes));
  out.append("\r\n");
  return out;
}

Fault named_for(Fault fault, FaultKind waited, const Limit& limit) {
  if (fault.kind != waited || limit.kind == waited) return fault;
  fault.kind = limit.kind;
  fault.message += limit.kind == FaultKind::deadline
                       ? " (the time that the client allows was over)"
                       : " (limit: " + std::string(to_string(limit.kind)) + ")";
  return fault;
}

}  // namespace wye
