// Anthropic turns. Pure.
#include "dialect/anthropic_turns.h"

#include <algorithm>

namespace wye::anthropic {
namespace {

bool is_result(const Part* part) { return std::holds_alternative<ToolResult>(part->body); }

void add_turn(Conversation& out, bool assistant, std::vector<const Part*> parts) {
  if (parts.empty()) return;
  if (out.turns.empty() || out.turns.back().assistant != assistant) {
    out.turns.push_back({assistant, std::move(parts)});
    return;
  }
  std::vector<const Part*>& turn = out.turns.back().parts;
  turn.insert(turn.end(), parts.begin(), parts.end());
}

}  // namespace

Conversation arrange(const Content& content, const WriteOptions& options) {
  Conversation out;
  for (const Message& message : content.messages) {
    std::vector<const Part*> parts;
    for (const Part& part : message.parts) {
      if (is_writable(part, options)) parts.push_back(&part);
    }
    if (message.role == Role::system || message.role == Role::developer) {
      std::copy_if(parts.begin(), parts.end(), std::back_inserter(out.system),
                   [](const Part* part) { return std::holds_alternative<Text>(part->body); });
    } else {
      add_turn(out, message.role == Role::assistant, std::move(parts));
    }
  }
  for (Turn& turn : out.turns) {
    if (!turn.assistant) std::stable_partition(turn.parts.begin(), turn.parts.end(), is_result);
  }
  if (out.turns.empty()) add_turn(out, false, std::move(out.system));
  return out;
}

}  // namespace wye::anthropic
