#include "gateway/page.h"

#include <array>

#include "dialect/dialect.h"
#include "wire/http1.h"

namespace wye {

namespace {

// How long a client should wait, -1 when nobody knows. What is the gateway's own passes soon, or
// another gateway serves.
DurationMs wait_after(const Fault& fault) {
  constexpr DurationMs soon_ms = 1'000;
  if (fault.retry_after_ms >= 0) return fault.retry_after_ms;
  const FaultTraits& kind = traits(fault.kind);
  return kind.whose == Whose::gateway && kind.client_may_retry ? soon_ms : -1;
}

}  // namespace

void write_fault_lines(const Fault& fault, std::string& out) {
  write_header(out, "x-wye-error-class", to_string(fault.kind));
  if (const DurationMs wait = wait_after(fault); wait >= 0) {
    write_header(out, "retry-after", static_cast<std::uint64_t>((wait + 999) / 1000));
    write_header(out, "retry-after-ms", static_cast<std::uint64_t>(wait));
  }
  // A fault that names a time to wait is worth another try after it.
  const bool may_retry = traits(fault.kind).client_may_retry || fault.retry_after_ms >= 0;
  if (!may_retry) write_header(out, "x-should-retry", "false");
}

void write_id_lines(const std::string& own, const std::string& client_id, std::string& out) {
  const std::string& shown = client_id.empty() ? own : client_id;
  write_header(out, "x-request-id", shown);
  write_header(out, "request-id", shown);
  if (!client_id.empty()) write_header(out, "x-wye-request-id", own);
}

Page fault_page(const Fault& fault, RequestId id, const std::string& client_id, DialectId dialect) {
  Page page;
  page.status = client_status(fault);
  const std::string own = format_request_id(id);
  write_id_lines(own, client_id, page.head_lines);
  write_fault_lines(fault, page.head_lines);
  page.body = dialect_of(dialect)->write_fault(fault, own, Ask());
  return page;
}

Async<void> send_page(const Page& page, HttpResponder& responder) {
  std::string head;
  write_header(head, "content-type", page.content_type);
  head += page.head_lines;
  const std::array<std::string_view, 1> body{page.body};
  (void)co_await responder.respond(page.status, head, body);
}

}  // namespace wye
