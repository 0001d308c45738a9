// Provider fault. Pure.
#include "dialect/provider_fault.h"

#include "dialect/dialect.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"

namespace wye {

Fault read_provider_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                          TimeMs now) {
  Fault out = fault_of(status, read_error_body(reader, body));
  // The header is meant for machines, so it outranks what the message says.
  if (const std::int64_t wait = read_retry_after_ms(headers, now); wait >= 0) {
    out.retry_after_ms = wait;
  }
  return out;
}

Fault no_answer(std::string message) {
  Fault bad = fault(FaultKind::invalid_output, std::move(message));
  bad.provider_status = 200;
  return bad;
}

}  // namespace wye
