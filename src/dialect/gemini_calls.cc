// Gemini calls. Pure.
#include "dialect/gemini_calls.h"

#include <fmt/format.h>

#include "dialect/gemini_fields.h"
#include "dialect/gemini_signature.h"
#include "dialect/open_calls.h"

namespace wye::gemini {
namespace {

class CallMatcher {
 public:
  void take(Part& part) {
    if (auto* call = std::get_if<ToolCall>(&part.body)) {
      if (call->id.empty()) call->id = fmt::format("call_{}", calls_.size());
      calls_.add(call->id, call->name);
    } else if (auto* result = std::get_if<ToolResult>(&part.body)) {
      answer(*result);
    }
  }

 private:
  // The first call with this id, else the first unanswered one with this name.
  void answer(ToolResult& result) {
    OpenCalls::Call* const call = result.call_id.empty() ? calls_.oldest_by_name(result.name)
                                                         : calls_.first_by_id(result.call_id);
    if (call != nullptr) {
      call->open = false;
      result.call_id = call->id;
      if (result.name.empty()) result.name = call->name;
    } else if (result.call_id.empty()) {
      result.call_id = fmt::format("call_{}", calls_.size());
    }
  }

  OpenCalls calls_;
};

// Collects the thoughts before one that is signed by somebody else.
class ThoughtJoiner {
 public:
  void take(Part& part) {
    auto* thought = std::get_if<Reasoning>(&part.body);
    if (thought == nullptr) return open_.clear();
    if (part.signature.empty()) return open_.push_back(&part);
    if (!is_own(part.signature)) {
      std::string text;
      for (Part* piece : open_) text += std::exchange(std::get<Reasoning>(piece->body).text, {});
      thought->text.insert(0, text);
    }
    open_.clear();
  }
  void end() { open_.clear(); }

 private:
  std::vector<Part*> open_;
};

bool is_spent(const Part& part) {
  const auto* thought = std::get_if<Reasoning>(&part.body);
  return thought != nullptr && thought->text.empty() && part.signature.empty();
}

bool has_foreign_thought(const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    for (const Part& part : message.parts) {
      const bool thought = std::holds_alternative<Reasoning>(part.body);
      if (thought && !part.signature.empty() && !is_own(part.signature)) return true;
    }
  }
  return false;
}

}  // namespace

void match_calls(std::vector<Message>& messages) {
  CallMatcher matcher;
  for (Message& message : messages) {
    for (Part& part : message.parts) matcher.take(part);
  }
}

void join_thoughts(std::vector<Message>& messages) {
  if (!has_foreign_thought(messages)) return;
  ThoughtJoiner joiner;
  for (Message& message : messages) {
    if (message.role != Role::assistant) joiner.end();
    for (Part& part : message.parts) joiner.take(part);
  }
  for (Message& message : messages) std::erase_if(message.parts, is_spent);
  std::erase_if(messages, [](const Message& message) {
    return message.role == Role::assistant && message.parts.empty();
  });
}

}  // namespace wye::gemini
