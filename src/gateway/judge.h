// Judge: whether a whole answer is what its task asks for, before its client sees any of it. Pure.
#pragma once

#include <optional>

#include "base/fault.h"
#include "core/answer.h"
#include "core/rules.h"

namespace wye {

// Whether the task looks at answers at all; null: no task.
bool is_judged(const Task* task);

// What the answer lacks: a Fault of kind
//  - invalid_output: its text breaks the task's output contract, or, where a fallback lists that
//    failure, it is empty or a tool call in it is cut. A turn that calls tools has no text yet to
//    hold against the contract;
//  - refusal, content_filter: the model declined, or its provider filtered the answer, and a
//    fallback of the task lists that. Elsewhere these are answers like any other.
std::optional<Fault> judge(const Task& task, const Answer& answer);

}  // namespace wye
