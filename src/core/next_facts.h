// NextFacts: what the decision after an attempt may know besides the plan and its outcomes. The
// gateway tells it to policy/next, and the record keeps it for replay. Plain values.
#pragma once

#include "base/units.h"

namespace wye {

struct NextFacts {
  TimeMs now = 0;
  TimeMs started = 0;         // of the request; the plan's deadline counts from here
  bool resumable = false;     // the client has the beginning, and somebody else may go on from it
  bool retry_allowed = true;  // the retry budget of the process has room
  bool client_gone = false;
  bool draining = false;  // the gateway shuts down: nothing is waited for any more
};

// Before anything was tried, nothing matters but the time, which is that of the plan.
inline NextFacts first_next_facts(TimeMs decided) {
  NextFacts facts;
  facts.now = facts.started = decided;
  return facts;
}

}  // namespace wye
