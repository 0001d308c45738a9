#include "lab/live_verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "core/record_read.h"

namespace wye {
namespace {

// A quarter of an hour at more than a thousand requests a second.
constexpr int rows_max = 1'000'000;

class Reading {
 public:
  explicit Reading(const DrillEntry& entry) : entry_(entry), drill_(*entry.drill) {
    states_.resize(rules().deployments.size(), BreakerState::closed);
  }

  Result<void> read(StoreReader& store) {
    // Ids grow with time, so the first that this millisecond could have had bounds the drill.
    const RequestId first = RequestIds(0).next(drill_.began);
    auto done = store.list(0, rows_max, [&](const StoredRecord& row) {
      if (row.id >= first) take_row(row);
      return row.id >= first;
    });
    if (!done) return done;
    // What was read is newest first.
    for (DrillRun* run : {&struck_, &others_}) {
      std::reverse(run->answers.begin(), run->answers.end());
      std::reverse(run->calls.begin(), run->calls.end());
    }
    note_circuits();
    return {};
  }

  const DrillRun& struck() const { return struck_; }
  const DrillRun& others() const { return others_; }
  std::int64_t left_out() const { return left_out_; }

 private:
  const Rules& rules() const { return *drill_.base->rules; }

  void take_row(const StoredRecord& row) {
    const auto& names = drill_.task_names;
    if (std::find(names.begin(), names.end(), row.task) == names.end()) return;
    Result<Replay> record = read_record(row.body, rules());
    if (!record || !record->decided || record->method_and_path.ends_with("(dry run)")) return;
    const bool struck = record->drill == drill_.id;
    if (!struck && record->started > entry_.ended) return;
    // A client that leaves may have left because of what was played; what it asked for was right.
    if (record->fault && record->fault->kind != FaultKind::client_gone &&
        traits(record->fault->kind).whose == Whose::client) {
      ++left_out_;
      return;
    }
    take_record(*record, struck ? struck_ : others_);
    if (struck) facts_.push_back({since_began(record->started), std::move(record->facts)});
  }

  MonoUs since_began(TimeMs at) const {
    // Whoever was struck was struck while it ran; two clocks may differ by a millisecond on that.
    const MonoUs length_us = std::max<MonoUs>(0, (entry_.ended - drill_.began) * us_per_ms);
    return std::clamp<MonoUs>((at - drill_.began) * us_per_ms, 0, length_us);
  }

  void take_record(const Replay& record, DrillRun& run) {
    DrillAnswer& answer = run.answers.emplace_back();
    answer.at_us = since_began(record.started);
    answer.whole = !record.fault;
    if (record.fault) answer.failed = to_string(record.fault->kind);
    answer.served_by = record.served_by;
    answer.degraded = !record.degraded.empty();
    if (record.ask.stream) answer.ttft_us = record.ttft_us;
    answer.total_us = record.total_us;
    answer.cost_nanousd = record.cost_nanousd;
    for (const Outcome& outcome : record.outcomes) {
      if (!was_called(outcome)) continue;
      ++answer.calls;
      if (outcome.drill) run.calls.push_back({since_began(outcome.started), outcome.deployment});
    }
  }

  // The drill's own circuits, as the decisions of the struck requests saw them.
  void note_circuits() {
    for (auto seen = facts_.rbegin(); seen != facts_.rend(); ++seen) {
      for (const int deployment : drill_.target.deployments) {
        const DeploymentFacts& facts = seen->facts.of(deployment);
        BreakerState& state = states_[static_cast<std::size_t>(deployment)];
        if (facts.breaker == state) continue;
        state = facts.breaker;
        const bool opened = state == BreakerState::open && facts.opened_at >= drill_.began;
        struck_.circuits.push_back(
            {opened ? since_began(facts.opened_at) : seen->at_us, deployment, state});
      }
    }
    std::stable_sort(
        struck_.circuits.begin(), struck_.circuits.end(),
        [](const CircuitChange& a, const CircuitChange& b) { return a.at_us < b.at_us; });
  }

  struct Seen {
    MonoUs at_us = 0;
    Facts facts;
  };

  const DrillEntry& entry_;
  const LiveDrill& drill_;
  DrillRun struck_;
  DrillRun others_;
  std::vector<Seen> facts_;  // of struck requests, newest first
  std::vector<BreakerState> states_;
  std::int64_t left_out_ = 0;
};

// Two groups of different size: what a struck request cost more than another one, times theirs.
NanoUsd extra_cost(const DrillVerdict& verdict) {
  const DrillFigures& struck = verdict.disturbed;
  const DrillFigures& others = verdict.undisturbed;
  if (struck.requests == 0 || others.requests == 0) return 0;
  const double usual = static_cast<double>(others.cost_nanousd) *
                       static_cast<double>(struck.requests) / static_cast<double>(others.requests);
  return struck.cost_nanousd - static_cast<NanoUsd>(usual);
}

std::string tasks_of(const LiveDrill& drill) {
  return fmt::format("{}", fmt::join(drill.task_names, ", "));
}

DrillStory story_of(const LiveVerdict& live, const LiveDrill& drill, const Traffic& none) {
  return {*drill.base->rules, live.plan,   none,       live.verdict,
          tasks_of(drill),    drill.began, &live.facts};
}

}  // namespace

Result<LiveVerdict> judge_live(StoreReader& store, const DrillEntry& entry) {
  const LiveDrill& drill = *entry.drill;
  Reading reading(entry);
  if (auto done = reading.read(store); !done) return fail(std::move(done.error()));
  LiveVerdict live;
  live.plan.fault = drill.fault;
  live.plan.target = drill.target;
  live.plan.for_ms = drill.for_ms;
  live.plan.share = static_cast<double>(drill.share_ppm) / whole_ppm;
  live.facts = {
      drill.id,          drill.by, entry.ended, entry.ended_because, drill.pulse->injected.load(),
      reading.left_out()};
  const MonoUs length_us = std::max<MonoUs>((entry.ended - drill.began) * us_per_ms + 1, 1);
  const DrillTimes times{0, length_us, length_us};
  DrillVerdict& verdict = live.verdict;
  verdict = judge_drill(*drill.base->rules, live.plan, times, reading.struck(), reading.others(),
                        drill.expected_ppm);
  verdict.extra_cost_nanousd = extra_cost(verdict);
  verdict.back_after_us = -1;  // real traffic never left the target
  // What was never tried was not survived.
  if (verdict.disturbed.requests == 0) verdict.success_ppm = 0;
  return live;
}

std::string live_text(const LiveVerdict& live, const LiveDrill& drill, bool color) {
  const Traffic none;
  return drill_text(story_of(live, drill, none), color);
}

std::string live_json(const LiveVerdict& live, const LiveDrill& drill) {
  const Traffic none;
  return drill_json(story_of(live, drill, none));
}

}  // namespace wye
