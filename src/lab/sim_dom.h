// Sim dom: short reads from a simdjson DOM, in which a missing field or one of another type is
// simply absent. The simulator wants random access to small documents; the gateway itself never
// uses this.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace wye::dom {

using Element = simdjson::dom::element;

inline std::optional<Element> get(const Element& object, std::string_view name) {
  Element value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

inline bool is_null(const Element& value) {
  return value.type() == simdjson::dom::element_type::NULL_VALUE;
}

inline std::optional<std::string_view> text(const Element& value) {
  std::string_view found;
  if (value.get_string().get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
inline std::optional<std::int64_t> integer(const Element& value) {
  std::int64_t found = 0;
  if (value.get_int64().get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
inline std::optional<double> number(const Element& value) {
  double found = 0;
  if (value.get_double().get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
inline std::optional<bool> flag(const Element& value) {
  bool found = false;
  if (value.get_bool().get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
inline std::optional<simdjson::dom::array> array(const Element& value) {
  simdjson::dom::array found;
  if (value.get_array().get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}
inline std::optional<simdjson::dom::object> object(const Element& value) {
  simdjson::dom::object found;
  if (value.get_object().get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

// The same of a field of an object.
inline std::optional<std::string_view> text(const Element& object, std::string_view name) {
  const auto value = get(object, name);
  return value ? text(*value) : std::nullopt;
}
inline std::optional<std::int64_t> integer(const Element& object, std::string_view name) {
  const auto value = get(object, name);
  return value ? integer(*value) : std::nullopt;
}
inline std::optional<double> number(const Element& object, std::string_view name) {
  const auto value = get(object, name);
  return value ? number(*value) : std::nullopt;
}
inline std::optional<bool> flag(const Element& object, std::string_view name) {
  const auto value = get(object, name);
  return value ? flag(*value) : std::nullopt;
}
inline std::optional<simdjson::dom::array> array(const Element& object, std::string_view name) {
  const auto value = get(object, name);
  return value ? array(*value) : std::nullopt;
}
inline std::optional<simdjson::dom::object> object(const Element& object_, std::string_view name) {
  const auto value = get(object_, name);
  return value ? object(*value) : std::nullopt;
}

}  // namespace wye::dom
