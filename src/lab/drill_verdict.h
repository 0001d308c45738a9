// Drill verdict: what a drill came to, worked out from its run with the fault and the same run
// without it. Pure arithmetic, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/units.h"
#include "lab/drill.h"

namespace wye {

// Of the requests that were sent in one stretch of time. Times are of those that were answered, by
// nearest rank; -1 when there are none.
struct DrillFigures {
  std::int64_t requests = 0;
  std::int64_t answered = 0;  // degraded ones among them
  std::int64_t degraded = 0;
  std::map<std::string, std::int64_t> failed;       // by class
  std::map<std::string, std::int64_t> served;       // by deployment, "" for a fixed answer
  std::int64_t ttft_p50_us = -1, ttft_p99_us = -1;  // of streams
  std::int64_t total_p50_us = -1, total_p99_us = -1;
  std::int64_t calls = 0;
  NanoUsd cost_nanousd = 0;

  // Parts per million; all, when nothing was asked.
  std::int64_t answered_ppm() const;
};

// What a second or more of the drill looked like, by who served.
struct DrillBucket {
  std::int64_t target = 0;     // whom the fault strikes
  std::int64_t elsewhere = 0;  // anybody else
  std::int64_t degraded = 0;
  std::int64_t failed = 0;
};

inline constexpr std::array<std::string_view, 3> drill_phases = {"before", "during", "after"};

struct DrillVerdict {
  DrillTimes times;
  std::array<DrillFigures, 3> phases;          // before, during, after
  DrillFigures undisturbed;                    // the whole run without the fault
  DrillFigures disturbed;                      // and with it
  std::int64_t target_served_undisturbed = 0;  // 0: the drill proves nothing of the target
  NanoUsd extra_cost_nanousd = 0;
  std::int64_t opened_after_us = -1;  // fault begun to first open circuit of the target, -1: never
  std::int64_t probes = 0;  // calls to a target whose circuit was not closed, during the fault
  std::int64_t back_after_us = -1;  // fault over to first request served by the target, -1: never
  std::int64_t success_ppm = 0;     // answered while the fault lasted, or after it: the lower one
  std::int64_t expected_ppm = 990'000;
  MonoUs bucket_us = 1'000'000;
  std::vector<DrillBucket> timeline;

  bool met() const { return success_ppm >= expected_ppm; }
};

// `times`: of drill_times(), or those that a drill on live traffic really took.
DrillVerdict judge_drill(const Rules& rules, const DrillPlan& plan, const DrillTimes& times,
                         const DrillRun& with_fault, const DrillRun& without,
                         std::int64_t expected_ppm);
DrillVerdict judge_drill(const Rules& rules, const DrillPlan& plan, const DrillRun& with_fault,
                         const DrillRun& without, std::int64_t expected_ppm);

// What a drill on live traffic has beside its figures. Its `disturbed` requests are those that it
// struck, all of them `during` the fault; its `undisturbed` ones are those of the same tasks and
// the same time that it did not strike.
struct LiveFacts {
  std::string id;
  std::string by;  // name of the key that started it
  TimeMs ended = 0;
  std::string ended_because;
  std::int64_t injected = 0;  // attempts
  std::int64_t left_out = 0;  // requests that were wrong themselves
};

// What a page or a document says of a drill beside its figures.
struct DrillStory {
  const Rules& rules;
  const DrillPlan& plan;
  const Traffic& traffic;
  const DrillVerdict& verdict;
  std::string task;                 // "": all
  TimeMs at = 0;                    // when it was played
  const LiveFacts* live = nullptr;  // null: on recorded requests, `traffic`
};
// As in a terminal; `color` adds ANSI colours.
std::string drill_text(const DrillStory& story, bool color);
// {"at":"...","fault":"outage",...} with the figures; field names are stable.
std::string drill_json(const DrillStory& story);

}  // namespace wye
