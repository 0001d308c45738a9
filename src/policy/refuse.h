// Refuse: may this deployment serve this request? The same constraints hold for every step of a
// plan, fallbacks and degraded ones included. Pure, any thread.
#pragma once

#include <optional>

#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// What the request and its task demand, worked out once a decision.
struct Demands {
  const Task* task = nullptr;  // nullptr: none
  Endpoint endpoint = Endpoint::chat;
  Abilities abilities;  // of the request and the task together
  Abilities abilities_of_task;
  std::int64_t input_tokens = 0;    // estimated; corrected for each deployment (token_correction.h)
  std::int64_t output_tokens = -1;  // the client's limit, -1: none
  std::int64_t output_room = 0;     // in the window, for the output that the client asks for
  std::int64_t output_expected = 0;  // against tokens per minute
  NanoUsd max_cost_nanousd = -1;
  Where max_cost_where;
};

Demands demands_of(const AskFacts& ask, const Task* task);

// The estimate may be off by a tenth: a request is refused only when it exceeds the window by more.
bool exceeds_window(std::int64_t tokens, std::int64_t window);

// Chat and responses are two spellings of one thing, and the dialects convert between them.
bool serves(Endpoints endpoints, Endpoint wanted);

// Fills `refusal` and returns true when the deployment may not serve. Reasons that no wait can lift
// are looked at first, so that a refusal never hides behind a circuit that is open by chance.
// `cost_nanousd` is the estimate for this deployment, -1: price not known.
bool refuse(const Rules& rules, const Demands& demands, int deployment, NanoUsd cost_nanousd,
            const DeploymentFacts& facts, TimeMs now, Refusal& refusal);

// What of a deployment's own limits is used: attempts under way, and those of the last minute with
// their tokens, where what is under way counts with what it is expected to use.
struct OwnUse {
  std::int64_t parallel = 0;
  std::int64_t requests = 0;
  std::int64_t tokens = 0;
};
// The first of the limits that leaves no room for an attempt that would use so many `tokens` (0:
// none), beside what is used `before` it; nothing when there is room.
std::optional<RefusalReason> own_limit_reached(const DeploymentLimits& limits, const OwnUse& before,
                                               std::int64_t tokens);

// The attempt would be the probe of a circuit whose cooldown is over.
bool would_probe(const DeploymentFacts& facts, TimeMs now);

}  // namespace wye
