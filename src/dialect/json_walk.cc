// Json walk: the parts that are not templates. Pure.
#include "dialect/json_walk.h"

#include <cmath>

#include <fmt/format.h>

namespace wye::walk {

Fault wrong_value(std::string_view path, std::string_view must, std::string_view code) {
  Fault bad = fault(FaultKind::bad_request, fmt::format("{} {}", path, must));
  bad.param = path;
  bad.code = code;
  return bad;
}

Fault must_be(std::string_view path, std::string_view wanted) {
  return wrong_value(path, fmt::format("must be {}", wanted), "invalid_type");
}

Fault duplicate(std::string_view path) {
  return wrong_value(path, "is given twice; which one counts would be a guess",
                     "duplicate_parameter");
}

Fault inside(Fault fault, std::string_view outer) {
  std::string path(outer);
  if (!fault.param.empty() && fault.param.front() != '[') path += '.';
  if (fault.message.starts_with(fault.param)) fault.message.insert(0, path);
  fault.param.insert(0, path);
  return fault;
}

Fault inside(Fault fault, std::string_view outer, std::size_t index) {
  return inside(std::move(fault), fmt::format("{}[{}]", outer, index));
}

std::string_view raw(JsonValue value) {
  const std::string_view start = token(value);
  if (start.front() != '{' && start.front() != '[') return start;
  return {start.data(), value_span(start, value).length};
}

std::optional<std::string_view> string_if(JsonValue& value) {
  if (!is_string(value)) return std::nullopt;
  auto text = read_string(value, "");
  if (!text) return std::nullopt;
  return *text;
}

std::optional<std::int64_t> integer_if(JsonValue& value) {
  if (!is_number(value)) return std::nullopt;
  std::int64_t whole = 0;
  if (value.get_int64().get(whole) == simdjson::SUCCESS) return whole;
  const std::optional<double> real = number_if(value);
  if (!real || !(std::abs(*real) < 9e18)) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> number_if(JsonValue& value) {
  if (!is_number(value)) return std::nullopt;
  double real = 0;
  if (value.get_double().get(real) != simdjson::SUCCESS) return std::nullopt;
  return real;
}

std::optional<bool> boolean_if(JsonValue& value) {
  const char first = first_char(value);
  if (first != 't' && first != 'f') return std::nullopt;
  return first == 't';
}

void keep(Extra& extra, Member& member) {
  extra.push_back({std::string(member.key), std::string(raw(member.value))});
}

}  // namespace wye::walk
