#include "gateway/page.h"

#include <array>

#include "dialect/dialect.h"
#include "wire/http1.h"

namespace wye {

Page fault_page(const Fault& fault, RequestId id, const std::string& client_id) {
  Page page;
  page.status = client_status(fault);
  const std::string own = format_request_id(id);
  const std::string& shown = client_id.empty() ? own : client_id;
  write_header(page.head_lines, "x-request-id", shown);
  write_header(page.head_lines, "request-id", shown);
  if (!client_id.empty()) write_header(page.head_lines, "x-wye-request-id", own);
  write_header(page.head_lines, "x-wye-error-class", to_string(fault.kind));
  if (!traits(fault.kind).client_may_retry) {
    write_header(page.head_lines, "x-should-retry", "false");
  }
  page.body = dialect_of(DialectId::openai)->write_fault(fault, own, Ask());
  return page;
}

Async<void> send_page(const Page& page, HttpResponder& responder) {
  std::string head;
  write_header(head, "content-type", "application/json");
  head += page.head_lines;
  const std::array<std::string_view, 1> body{page.body};
  (void)co_await responder.respond(page.status, head, body);
}

}  // namespace wye
