// Bedrock fault: AWS names the error in a header, "ThrottlingException:http://...", or in the
// body's
// __type, "com.amazon.coral.service#ThrottlingException". Pure.
#include "base/text.h"
#include "dialect/bedrock.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"

namespace wye::bedrock {
namespace {

void add_header_word(const Headers& headers, ErrorBody& body) {
  const std::string_view name = headers.get("x-amzn-errortype");
  if (name.empty()) return;
  body.words.insert(body.words.begin(), to_lower(name.substr(0, name.find(':'))));
}

void cut_namespaces(ErrorBody& body) {
  for (std::string& word : body.words) {
    if (const std::size_t mark = word.rfind('#'); mark != std::string::npos) {
      word.erase(0, mark + 1);
    }
  }
}

}  // namespace

Fault read_fault(JsonReader& reader, int status, const Headers& headers, std::string& body,
                 TimeMs now) {
  ErrorBody error = read_error_body(reader, body);
  cut_namespaces(error);
  add_header_word(headers, error);
  Fault out = fault_of(status, std::move(error));
  if (const std::int64_t wait = read_retry_after_ms(headers, now); wait >= 0) {
    out.retry_after_ms = wait;
  }
  return out;
}

}  // namespace wye::bedrock
