// Invariants of replay: what the pure functions say again of what is recorded. See invariants.h.
#include <fmt/format.h>

#include <algorithm>

#include "policy/next.h"
#include "sim/invariants.h"

namespace wye::sim {
namespace {

constexpr std::int64_t us_per_ms = 1'000;

// What a record does not hold of what next() knew: all that it can have been.
std::vector<NextFacts> possible_facts(const Kept& kept, std::size_t done, TimeMs about) {
  std::vector<NextFacts> all;
  const auto committed = std::span(kept.record.outcomes).first(done);
  NextFacts facts;
  facts.started = kept.record.facts.now;
  facts.committed = std::any_of(committed.begin(), committed.end(),
                                [](const Outcome& one) { return one.committed; });
  constexpr unsigned ways = 16;
  for (unsigned way = 0; way < ways; ++way) {
    facts.retry_allowed = (way & 1) == 0;
    facts.resumable = facts.committed && (way & 2) != 0;
    facts.client_gone = (way & 4) != 0;
    facts.draining = (way & 8) != 0;
    // Recorded times are whole milliseconds.
    for (facts.now = about - 1; facts.now <= about + 1; ++facts.now) all.push_back(facts);
  }
  return all;
}

// Whether next() may have said what `fits`, after so many outcomes.
template <class Fits>
bool may_have_said(const Kept& kept, std::size_t done, TimeMs about, Fits fits) {
  const std::vector<NextFacts> all = possible_facts(kept, done, about);
  return std::any_of(all.begin(), all.end(), [&](const NextFacts& facts) {
    const auto outcomes = std::span(kept.record.outcomes).first(done);
    return fits(next(kept.plan, *kept.rules, outcomes, facts));
  });
}

bool leads_to(const Step& step, const Outcome& outcome) {
  return (step.kind == Step::Kind::attempt || step.kind == Step::Kind::degrade) &&
         step.index == outcome.step && step.is_retry == (outcome.retry > 0) &&
         step.wait_ms * us_per_ms == outcome.wait_us && step.resume == outcome.resume &&
         step.repair == outcome.repair;
}

// An answer that the task would rather have from somebody else, and that nobody else had.
bool took_kept_answer(const Replay& record) {
  return !record.fault &&
         std::any_of(record.outcomes.begin(), record.outcomes.end(), [](const Outcome& one) {
           return one.fault && one.status == 200 &&
                  (one.fault->kind == FaultKind::refusal ||
                   one.fault->kind == FaultKind::content_filter);
         });
}

bool ends_as(const Step& step, const Replay& record) {
  if (record.degraded.starts_with("answer")) return step.kind == Step::Kind::answer;
  if (step.kind != Step::Kind::stop) return false;
  if (!step.fault || !record.fault) {
    return step.fault.has_value() == record.fault.has_value() || took_kept_answer(record);
  }
  return step.fault->kind == record.fault->kind;
}

TimeMs end_of(const Replay& record) {
  if (record.outcomes.empty()) return record.facts.now;
  const Outcome& last = record.outcomes.back();
  return last.started + last.duration_us / us_per_ms;
}

}  // namespace

Verdict decisions_replay(const Evidence& evidence) {
  for (const Kept& kept : evidence.kept) {
    if (kept.record.decided && !kept.replays)
      return Found{number_of(kept.row.client_id), "the plan made again differs"};
  }
  return std::nullopt;
}

Verdict steps_replay(const Evidence& evidence) {
  if (evidence.clock_was_set) return std::nullopt;  // waits are then not what they seem
  for (const Kept& kept : evidence.kept) {
    if (!kept.record.decided || kept.plan.fault) continue;
    const int number = number_of(kept.row.client_id);
    const std::vector<Outcome>& outcomes = kept.record.outcomes;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const TimeMs decided_at = outcomes[i].started - outcomes[i].wait_us / us_per_ms;
      if (!may_have_said(kept, i, decided_at,
                         [&](const Step& step) { return leads_to(step, outcomes[i]); }))
        return Found{number, fmt::format("next() never leads to attempt {}", i + 1)};
    }
    if (!may_have_said(kept, outcomes.size(), end_of(kept.record),
                       [&](const Step& step) { return ends_as(step, kept.record); }))
      return Found{number, "next() never ends as the record does"};
  }
  return std::nullopt;
}

}  // namespace wye::sim
