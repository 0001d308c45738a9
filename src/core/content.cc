// Content: the few functions that belong to the hub's request types. Pure.
#include "core/content.h"

#include <array>

namespace wye {
namespace {

constexpr std::array<std::string_view, 5> role_names{"system", "developer", "user", "assistant",
                                                     "tool"};

}  // namespace

const std::string* find_extra(const Extra& extra, std::string_view name) {
  for (const ExtraMember& member : extra) {
    if (member.name == name) return &member.json;
  }
  return nullptr;
}

std::string_view to_string(Role role) { return role_names[static_cast<std::size_t>(role)]; }

std::optional<Role> role_from(std::string_view name) {
  for (std::size_t i = 0; i < role_names.size(); ++i) {
    if (role_names[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

// Out of line because Part is not whole where ToolResult is declared.
bool ToolResult::operator==(const ToolResult& other) const {
  return call_id == other.call_id && name == other.name && parts == other.parts &&
         is_error == other.is_error;
}

}  // namespace wye
