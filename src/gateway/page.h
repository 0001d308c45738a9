// Page: a small answer that asks no provider. Plain values; belongs to one request.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.h"
#include "base/id.h"
#include "core/deployment.h"
#include "io/async.h"
#include "io/http_server.h"

namespace wye {

struct Page {
  int status = 200;
  std::string body;
  std::string head_lines;  // beside the content type
  std::string_view content_type = "application/json";
};

// The lines that every answer with a fault has: its class, and whether and when to come again.
void write_fault_lines(const Fault& fault, std::string& out);

// The lines by which the answer is found again: the client's own id where it gave one, and ours.
void write_id_lines(const std::string& own, const std::string& client_id, std::string& out);

// Tells of the fault, with the id of the request in lines and body. `client_id` is the id that the
// client gave, "" for none.
Page fault_page(const Fault& fault, RequestId id, const std::string& client_id,
                DialectId dialect = DialectId::openai);

Async<void> send_page(const Page& page, HttpResponder& responder);

}  // namespace wye
