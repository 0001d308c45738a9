// OpenAI habits. Pure.
#include "dialect/openai_habits.h"

#include <algorithm>
#include <array>

#include "base/hash.h"

namespace wye::openai {
namespace {

constexpr std::string_view letters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool is_fitting(std::string_view id, std::size_t length) {
  return id.size() == length && id.find_first_not_of(letters) == std::string_view::npos;
}

constexpr std::array<std::string_view, 7> levels{"none", "minimal", "low", "medium",
                                                 "high", "xhigh",   "max"};

std::ptrdiff_t level_of(std::string_view effort) {
  const auto found = std::find(levels.begin(), levels.end(), effort);
  return found == levels.end() ? -1 : found - levels.begin();
}

}  // namespace

std::string fitting_id(std::string_view id, std::int64_t length) {
  const auto wanted = static_cast<std::size_t>(std::clamp<std::int64_t>(length, 0, 64));
  if (wanted == 0 || is_fitting(id, wanted)) return std::string(id);
  std::string out;
  std::uint64_t bits = hash64(id);
  while (out.size() < wanted) {
    // Ten letters use up the bits of one hash.
    if (out.size() % 10 == 0 && !out.empty()) bits = mix64(bits + out.size());
    out += letters[bits % letters.size()];
    bits /= letters.size();
  }
  return out;
}

bool fits(const Message& message, const ChatHabits& habits) {
  if (message.role == Role::developer && !habits.developer_role) return false;
  if (habits.tool_id_length == 0) return true;
  return std::none_of(message.parts.begin(), message.parts.end(), [](const Part& part) {
    return std::holds_alternative<ToolCall>(part.body) ||
           std::holds_alternative<ToolResult>(part.body);
  });
}

Message fitted(Message message, const ChatHabits& habits) {
  if (message.role == Role::developer && !habits.developer_role) message.role = Role::system;
  for (Part& part : message.parts) {
    if (auto* call = std::get_if<ToolCall>(&part.body)) {
      call->id = fitting_id(call->id, habits.tool_id_length);
    } else if (auto* result = std::get_if<ToolResult>(&part.body)) {
      result->call_id = fitting_id(result->call_id, habits.tool_id_length);
    }
  }
  return message;
}

std::string_view fitting_effort(std::string_view effort, const ChatHabits& habits) {
  const auto& known = habits.reasoning_efforts;
  if (known.empty() || std::find(known.begin(), known.end(), effort) != known.end()) return effort;
  const std::ptrdiff_t wanted = level_of(effort);
  for (const std::string& each : known) {
    if (level_of(each) >= wanted) return each;
  }
  return known.back();
}

bool keeps_unasked(const Provider& provider) { return provider.kind == "openai"; }

}  // namespace wye::openai
