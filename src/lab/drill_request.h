// Drill request: a request with given facts, written as a client of OpenAI's format would. What it
// says is made up; what decisions go by is as recorded, but for the needs of a system message and
// of a begun answer, which this format has without declaring them. Pure.
#pragma once

#include <cstdint>

#include "core/ask_facts.h"
#include "core/rules.h"
#include "lab/talk.h"

namespace wye {

// False for endpoints that a drill does not play: all but conversations and embeddings.
bool can_play(const AskFacts& ask);
// `number` tells requests of equal facts apart. The key is the one of drill_secret().
Wish drill_wish(const AskFacts& ask, std::uint64_t number);
// The secret of a virtual key in a drill; real ones are neither read nor needed.
std::string drill_secret(std::string_view key);
// The policy with providers that lead to the simulator and keys with the secrets above.
RulesPtr drill_rules(const Rules& rules);

}  // namespace wye
