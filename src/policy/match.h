// Match: does a rule of the policy hold for a request? Pure, any thread.
#pragma once

#include "core/ask_facts.h"
#include "core/rules.h"

namespace wye {

// What conditions look at: the request, and what was found out about it.
struct MatchInput {
  const AskFacts& ask;
  TimeMs now = 0;
  int key = -1;         // index into Rules::keys
  int task = -1;        // index into Rules::tasks
  int data_class = -1;  // of the task
};

bool holds(const Condition& condition, const MatchInput& input);
// All conditions hold. A rule without conditions always matches.
bool matches(const Rule& rule, const MatchInput& input);

// The minute of the day in the zone of the condition.
int local_minute(const TimeIs& condition, TimeMs now);

}  // namespace wye
