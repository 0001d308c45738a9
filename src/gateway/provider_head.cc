#include "gateway/provider_head.h"

#include "wire/http1.h"

namespace wye {
namespace {

void write_credential(const Provider& provider, std::string& out) {
  if (provider.api_key.empty()) return;
  switch (provider.auth) {
    case Auth::bearer: write_header(out, "authorization", "Bearer " + provider.api_key); return;
    case Auth::x_api_key: write_header(out, "x-api-key", provider.api_key); return;
    case Auth::x_goog_api_key: write_header(out, "x-goog-api-key", provider.api_key); return;
    case Auth::api_key: write_header(out, "api-key", provider.api_key); return;
    case Auth::sigv4:
    case Auth::google_oauth:
    case Auth::none: return;
  }
}

std::string host_line(const Url& url) {
  const bool ipv6 = url.host.find(':') != std::string::npos;
  std::string host = ipv6 ? "[" + url.host + "]" : url.host;
  const std::uint16_t usual = url.tls ? 443 : 80;
  if (url.port != usual) host += ":" + std::to_string(url.port);
  return host;
}

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
                          std::string_view passed_on) {
  std::string out;
  out.reserve(512);
  out.append("POST ").append(provider.base_url.path).append(request.path).append(" HTTP/1.1\r\n");
  write_header(out, "host", host_line(provider.base_url));
  write_header(out, "content-type", "application/json");
  write_header(out, "accept", accepted(provider, request));
  write_header(out, "user-agent", "wye");
  for (const auto& [name, value] : request.headers) write_header(out, name, value);
  write_credential(provider, out);
  out.append(passed_on);
  write_header(out, "content-length", static_cast<std::uint64_t>(request.body_bytes));
  out.append("\r\n");
  return out;
}

Fault named_for(Fault fault, FaultKind waited, const Limit& limit) {
  if (fault.kind != waited || limit.kind == waited) return fault;
  fault.kind = limit.kind;
  fault.message += " (limit: " + std::string(to_string(limit.kind)) + ")";
  return fault;
}

}  // namespace wye
