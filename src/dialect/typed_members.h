// Typed members: of what type a request's members must be that are passed on as they are. A
// provider would refuse a wrong one too, but by then it has cost an attempt, and some would be
// blamed for it. Internal to this room; pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "dialect/json_walk.h"

namespace wye {

enum class JsonType : std::uint8_t {
  flag,
  integer,
  number,
  text,
  object,
  array,
  text_or_object
};

struct TypedMember {
  std::string_view name;
  JsonType type;
};

// A fault that names the member when the table has it with another type. Null is "not given".
Result<void> check_type(std::span<const TypedMember> table, walk::Member& member);
// The same for each member of `value`, which must be an object itself; faults begin with `path`.
Result<void> check_types(std::span<const TypedMember> table, JsonValue& value,
                         std::string_view path);

}  // namespace wye
