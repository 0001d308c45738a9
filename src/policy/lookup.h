// Lookup: from the indices of a plan to the nouns of its rules. Pure, any thread.
#pragma once

#include <vector>

#include "core/plan.h"
#include "core/rules.h"

namespace wye {

template <class Noun>
const Noun& at(const std::vector<Noun>& nouns, int index) {
  return nouns[static_cast<std::size_t>(index)];
}

// nullptr: the request names no task.
inline const Task* task_of(const Rules& rules, const Plan& plan) {
  return plan.task < 0 ? nullptr : &at(rules.tasks, plan.task);
}

}  // namespace wye
