// Anthropic thinking: what a wish of another dialect for reasoning becomes: a budget of tokens for
// older models, an effort for newer ones, nothing where the model or the rest of the request does
// not allow it. Decides the limit of the whole answer too, for thoughts count in it. Internal to
// this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/content.h"
#include "core/deployment.h"
#include "dialect/anthropic_turns.h"

namespace wye::anthropic {

struct ThinkingPlan {
  bool thinks = false;
  std::int64_t budget_tokens = 0;  // 0: adaptive
  std::string effort;              // of output_config, "" for none
  bool show = false;               // thoughts are wanted in the answer
  bool dropped = false;            // it was asked for and cannot be
  std::int64_t max_tokens = 0;     // of the answer; the API demands a number
};

// `tool_forced`: the model must call a tool, and may then not think.
ThinkingPlan plan_thinking(const Content& content, const Conversation& conversation,
                           const Deployment& deployment, bool tool_forced);

// A model with a budget refuses to go on from a tool call that is not preceded by its own thought.
bool lacks_thought(const Conversation& conversation);

}  // namespace wye::anthropic
