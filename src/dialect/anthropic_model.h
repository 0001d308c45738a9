// Anthropic model: what a Claude model takes, told by its name. The API refuses members that a
// model does not know or knows no more, so whoever translates must ask here first. Internal to this
// room.
#pragma once

#include <cstdint>
#include <string_view>

namespace wye::anthropic {

enum class ThinkingStyle : std::uint8_t {
  none,
  budget,    // {"type": "enabled", "budget_tokens": N}
  adaptive,  // {"type": "adaptive"} and output_config.effort
};

struct ModelHabits {
  ThinkingStyle thinking = ThinkingStyle::budget;
  bool sampling = true;       // temperature, top_p, top_k
  bool prefill = true;        // continues a last message of the assistant
  bool highest_steps = true;  // effort "xhigh"
};

// Names with a version ("claude-sonnet-4-5-20250929", "claude-3-7-sonnet@20250219") are looked up,
// a Claude without one is taken for the newest, and models of others for what the API first was.
ModelHabits habits_of(std::string_view model);

}  // namespace wye::anthropic
