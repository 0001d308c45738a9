// Decide: which deployments may serve a request, in which order, and why not the others. The first
// of the three pure functions of the house. Live serving, replay, backtests and the simulator all
// call this one. Pure, any thread; the time and the seed of the dice are in the facts.
#pragma once

#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

// 1. The task: model "task/x", header, metadata, the key's default; the first that is present.
// 2. The target: the first rule that matches (all that match are recorded), else the task's route,
//    else the client's model name as route, deployment or catalog model. When a task with a route
//    is known the model name is not consulted: routing by rule, not by developer whim.
// 3. Every member is refused with a reason, or ranked by the route's strategy.
// 4. The task's fallbacks in configured order, under the same constraints; permitted degradations
//    last. With x-wye-no-fallback only the first step stays.
// A plan with steps has no fault; a plan without steps has one, with what to do about it.
Plan decide(const Rules& rules, const AskFacts& ask, const Facts& facts);

}  // namespace wye
