// Anthropic said. Pure.
#include "dialect/anthropic_said.h"

#include "dialect/anthropic_parts.h"
#include "dialect/error_body.h"
#include "dialect/fault_class.h"

namespace wye::anthropic {

std::int64_t text_bytes(JsonValue& value) {
  if (!walk::is_string(value)) return 0;
  return static_cast<std::int64_t>(walk::token(value).size()) - 2;
}

void CallCount::add(std::string_view name) { ++(name == answer_tool ? answers_ : calls_); }

FinishReason CallCount::settle(FinishReason said) const {
  return said == FinishReason::tool_calls && only_answer() ? FinishReason::stop : said;
}

std::optional<Fault> read_inner_fault(JsonValue& error) {
  if (walk::is_null(error)) return std::nullopt;
  ErrorBody body = read_error_value(error);
  if (!body.found) return std::nullopt;
  return fault_of(200, std::move(body));
}

}  // namespace wye::anthropic
