// Anthropic thinking. Pure.
#include "dialect/anthropic_thinking.h"

#include <algorithm>
#include <utility>

#include "dialect/anthropic_model.h"

namespace wye::anthropic {
namespace {

constexpr std::int64_t budget_min = 1024;     // less is refused
constexpr std::int64_t answer_tokens = 4096;  // every model may say so much
constexpr std::int64_t medium_from_tokens = 2049;
constexpr std::int64_t high_from_tokens = 12001;

struct Step {
  std::string_view effort;
  std::int64_t budget_tokens;
  std::string_view word;  // Anthropic's
};
constexpr Step steps[]{
    {"minimal", 1024, "low"}, {"low", 2048, "low"},      {"medium", 8192, "medium"},
    {"high", 24576, "high"},  {"xhigh", 32000, "xhigh"}, {"max", 32000, "max"},
};
constexpr Step default_step{"", 8192, ""};

const Step& step_of(std::string_view effort) {
  for (const Step& step : steps) {
    if (step.effort == effort) return step;
  }
  return default_step;
}

std::string_view effort_of(std::int64_t budget_tokens) {
  if (budget_tokens < medium_from_tokens) return "low";
  return budget_tokens < high_from_tokens ? "medium" : "high";
}

bool wanted(const ReasoningSettings& settings) {
  if (settings.effort == "none" || settings.enabled == false) return false;
  if (settings.budget_tokens == 0) return false;
  return !settings.effort.empty() || settings.budget_tokens || settings.enabled == true;
}

class Planner {
 public:
  Planner(const Content& content, const Conversation& conversation, const Deployment& deployment)
      : settings_(content.reasoning),
        conversation_(conversation),
        habits_(habits_of(deployment.model)),
        room_(deployment.output_tokens_max) {
    limit_ = content.output_tokens_max;
    if (limit_ && room_ > 0) limit_ = std::min(*limit_, room_);
    if (deployment.abilities_known && !deployment.abilities.has(Ability::reasoning)) {
      habits_.thinking = ThinkingStyle::none;
    }
  }

  ThinkingPlan plan(bool tool_forced) {
    ThinkingPlan out;
    if (wanted(settings_)) {
      if (!tool_forced) think(out);
      out.dropped = !out.thinks;
    }
    if (out.max_tokens == 0) out.max_tokens = limit_.value_or(room_ > 0 ? room_ : answer_tokens);
    out.show = out.thinks && (settings_.include == true || !settings_.summary.empty());
    return out;
  }

 private:
  void think(ThinkingPlan& out) const {
    if (habits_.thinking == ThinkingStyle::adaptive) {
      out.thinks = true;
      out.effort = effort_word();
    } else if (habits_.thinking == ThinkingStyle::budget && !lacks_thought(conversation_)) {
      think_with_budget(out);
    }
  }

  std::string_view effort_word() const {
    if (!settings_.effort.empty()) {
      const std::string_view word = step_of(settings_.effort).word;
      return word == "xhigh" && !habits_.highest_steps ? "high" : word;
    }
    const std::int64_t budget = settings_.budget_tokens.value_or(-1);
    return budget > 0 ? effort_of(budget) : std::string_view();
  }

  void think_with_budget(ThinkingPlan& out) const {
    std::int64_t budget = settings_.budget_tokens.value_or(-1);
    if (budget < 0) budget = step_of(settings_.effort).budget_tokens;
    budget = std::max(budget, budget_min);
    const std::int64_t all = limit_.value_or(room_ > 0 ? room_ : budget + answer_tokens);
    // A quarter is left for the answer itself.
    budget = std::min(budget, all - all / 4);
    if (budget < budget_min) return;
    out.thinks = true;
    out.budget_tokens = budget;
    out.max_tokens = all;
  }

  const ReasoningSettings& settings_;
  const Conversation& conversation_;
  ModelHabits habits_;
  std::int64_t room_;
  std::optional<std::int64_t> limit_;
};

}  // namespace

bool lacks_thought(const Conversation& conversation) {
  const std::vector<Turn>& turns = conversation.turns;
  if (turns.size() < 2 || turns.back().assistant) return false;
  if (!std::holds_alternative<ToolResult>(turns.back().parts.front()->body)) return false;
  const Turn& call = turns[turns.size() - 2];
  return !std::holds_alternative<Reasoning>(call.parts.front()->body);
}

ThinkingPlan plan_thinking(const Content& content, const Conversation& conversation,
                           const Deployment& deployment, bool tool_forced) {
  return Planner(content, conversation, deployment).plan(tool_forced);
}

}  // namespace wye::anthropic
