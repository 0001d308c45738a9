// Live verdict: what a drill on live traffic came to, from the records of its time: those of the
// requests that it struck, against those of the same tasks that it did not. Reading only; any
// thread.
#pragma once

#include "base/result.h"
#include "gateway/drill_desk.h"
#include "io/store.h"
#include "lab/drill_verdict.h"

namespace wye {

struct LiveVerdict {
  DrillPlan plan;
  LiveFacts facts;
  DrillVerdict verdict;
};

// `entry` is of a drill that has ended. Faults: store.
Result<LiveVerdict> judge_live(StoreReader& store, const DrillEntry& entry);

// As it is printed and kept.
std::string live_text(const LiveVerdict& live, const LiveDrill& drill, bool color);
std::string live_json(const LiveVerdict& live, const LiveDrill& drill);

}  // namespace wye
