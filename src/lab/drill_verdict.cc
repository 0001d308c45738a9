// Drill verdict: counting. See drill_verdict.h.
#include "lab/drill_verdict.h"

#include <algorithm>

#include "base/units.h"
#include "lab/quantile.h"

namespace wye {
namespace {

constexpr std::int64_t buckets_max = 40;
// Widths of buckets that people read with ease, in seconds.
constexpr std::array<std::int64_t, 10> widths = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600};

// Answers sent from `from` to before `to`.
DrillFigures figures_of(const DrillRun& run, MonoUs from, MonoUs to) {
  DrillFigures figures;
  std::vector<std::int64_t> ttfts;
  std::vector<std::int64_t> totals;
  for (const DrillAnswer& answer : run.answers) {
    if (answer.at_us < from || answer.at_us >= to) continue;
    ++figures.requests;
    figures.calls += answer.calls;
    figures.cost_nanousd += answer.cost_nanousd;
    if (!answer.whole) {
      ++figures.failed[answer.failed];
      continue;
    }
    ++figures.answered;
    if (answer.degraded) ++figures.degraded;
    ++figures.served[answer.served_by];
    if (answer.ttft_us >= 0) ttfts.push_back(answer.ttft_us);
    totals.push_back(answer.total_us);
  }
  figures.ttft_p50_us = quantile(ttfts, 0.5);
  figures.ttft_p99_us = quantile(ttfts, 0.99);
  figures.total_p50_us = quantile(totals, 0.5);
  figures.total_p99_us = quantile(totals, 0.99);
  return figures;
}

bool is_target(const Rules& rules, const DrillPlan& plan, const std::string& deployment) {
  const int index = find_index(rules.deployment_by_name, deployment);
  return index >= 0 && plan.target.has(index);
}

std::int64_t opened_after(const DrillPlan& plan, const DrillTimes& times, const DrillRun& run) {
  for (const CircuitChange& change : run.circuits) {
    const bool in_time = change.at_us >= times.strikes_us && change.at_us < times.over_us;
    if (in_time && change.state == BreakerState::open && plan.target.has(change.deployment))
      return change.at_us - times.strikes_us;
  }
  return -1;
}

BreakerState state_at(const DrillRun& run, int deployment, MonoUs at) {
  BreakerState state = BreakerState::closed;
  for (const CircuitChange& change : run.circuits) {
    if (change.at_us >= at) break;
    if (change.deployment == deployment) state = change.state;
  }
  return state;
}

std::int64_t count_probes(const DrillTimes& times, const DrillRun& run) {
  return std::count_if(run.calls.begin(), run.calls.end(), [&](const DrillCall& call) {
    return call.at_us >= times.strikes_us && call.at_us < times.ends_us &&
           state_at(run, call.deployment, call.at_us) != BreakerState::closed;
  });
}

std::int64_t back_after(const Rules& rules, const DrillPlan& plan, const DrillTimes& times,
                        const DrillRun& run) {
  for (const DrillAnswer& answer : run.answers) {
    if (answer.at_us >= times.ends_us && answer.whole && is_target(rules, plan, answer.served_by))
      return answer.at_us - times.ends_us;
  }
  return -1;
}

MonoUs bucket_width(MonoUs whole_us) {
  for (const std::int64_t seconds : widths)
    if (whole_us <= seconds * us_per_second * buckets_max) return seconds * us_per_second;
  return (whole_us + buckets_max - 1) / buckets_max;
}

void draw_timeline(const Rules& rules, const DrillPlan& plan, const DrillRun& run,
                   DrillVerdict& verdict) {
  verdict.bucket_us = bucket_width(verdict.times.over_us);
  const MonoUs width = verdict.bucket_us;
  verdict.timeline.resize(static_cast<std::size_t>((verdict.times.over_us + width - 1) / width));
  for (const DrillAnswer& answer : run.answers) {
    const auto at = static_cast<std::size_t>(answer.at_us / width);
    if (at >= verdict.timeline.size()) continue;
    DrillBucket& bucket = verdict.timeline[at];
    if (!answer.whole)
      ++bucket.failed;
    else if (answer.degraded)
      ++bucket.degraded;
    else if (is_target(rules, plan, answer.served_by))
      ++bucket.target;
    else
      ++bucket.elsewhere;
  }
}

}  // namespace

std::int64_t DrillFigures::answered_ppm() const {
  return requests == 0 ? whole_ppm : answered * whole_ppm / requests;
}

DrillVerdict judge_drill(const Rules& rules, const DrillPlan& plan, const DrillRun& with_fault,
                         const DrillRun& without, std::int64_t expected_ppm) {
  return judge_drill(rules, plan, drill_times(rules, plan), with_fault, without, expected_ppm);
}

DrillVerdict judge_drill(const Rules& rules, const DrillPlan& plan, const DrillTimes& times,
                         const DrillRun& with_fault, const DrillRun& without,
                         std::int64_t expected_ppm) {
  DrillVerdict verdict;
  verdict.times = times;
  verdict.expected_ppm = expected_ppm;
  verdict.phases = {figures_of(with_fault, 0, times.strikes_us),
                    figures_of(with_fault, times.strikes_us, times.ends_us),
                    figures_of(with_fault, times.ends_us, times.over_us)};
  verdict.disturbed = figures_of(with_fault, 0, times.over_us);
  verdict.undisturbed = figures_of(without, 0, times.over_us);
  for (const auto& [deployment, count] : verdict.undisturbed.served)
    if (is_target(rules, plan, deployment)) verdict.target_served_undisturbed += count;
  verdict.extra_cost_nanousd = verdict.disturbed.cost_nanousd - verdict.undisturbed.cost_nanousd;
  verdict.opened_after_us = opened_after(plan, times, with_fault);
  verdict.probes = count_probes(times, with_fault);
  verdict.back_after_us = back_after(rules, plan, times, with_fault);
  verdict.success_ppm =
      std::min(verdict.phases[1].answered_ppm(), verdict.phases[2].answered_ppm());
  draw_timeline(rules, plan, with_fault, verdict);
  return verdict;
}

}  // namespace wye
