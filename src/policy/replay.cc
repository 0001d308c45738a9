#include "policy/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/units.h"
#include "policy/hedge.h"
#include "policy/next.h"

namespace wye {
namespace {

bool leads_to(const Step& step, const Outcome& outcome, std::int64_t late_us_max) {
  const std::int64_t late_us = outcome.wait_us - step.wait_ms * us_per_ms;
  // Who waits when the gateway is shut down is told so at once.
  const bool cut_short = outcome.fault && outcome.fault->kind == FaultKind::shutting_down;
  return (step.kind == Step::Kind::attempt || step.kind == Step::Kind::degrade) &&
         step.index == outcome.step && step.is_retry == (outcome.retry > 0) &&
         (late_us >= 0 || cut_short) && late_us <= late_us_max && step.resume == outcome.resume &&
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

// A text of the policy's own; a deployment's name may begin like that, but then it served.
bool gave_fixed_answer(const Replay& record) {
  return record.served_by.empty() && record.degraded.starts_with("answer");
}

bool ends_as(const Step& step, const Replay& record) {
  if (gave_fixed_answer(record)) return step.kind == Step::Kind::answer;
  if (step.kind != Step::Kind::stop) return false;
  if (!step.fault || !record.fault) {
    return step.fault.has_value() == record.fault.has_value() || took_kept_answer(record);
  }
  return step.fault->kind == record.fault->kind;
}

// A dry run, or a request that was turned away when it had its plan.
bool nobody_was_to_be_asked(const Replay& record) {
  return record.outcomes.empty() && !gave_fixed_answer(record);
}

// One record, step after step.
class Steps {
 public:
  Steps(const Plan& plan, const Rules& rules, const Replay& record, std::int64_t late_us_max)
      : plan_(plan), rules_(rules), record_(record), late_us_max_(late_us_max) {}

  StepsReplay made_again() {
    if (plan_.fault || nobody_was_to_be_asked(record_)) return {};
    const std::size_t attempts = record_.outcomes.size();
    for (std::size_t i = 0; i < attempts; ++i) {
      if (!fits_attempt(i))
        return {StepsReplay::Verdict::different,
                fmt::format("attempt {} is not the next step", i + 1)};
    }
    if (!fits_said(attempts, [&](const Step& step) { return ends_as(step, record_); }))
      return {StepsReplay::Verdict::different, "the steps do not end as the record does"};
    return {whole_ ? StepsReplay::Verdict::identical : StepsReplay::Verdict::partial, {}};
  }

 private:
  bool fits_attempt(std::size_t index) {
    const Outcome& outcome = record_.outcomes[index];
    if (outcome.hedge) return outcome.step == step_to_hedge_with(plan_, record_.ask.stream);
    // A slow first attempt and the one that was asked beside it are recorded in either order, and
    // next() had said the first of them only.
    const bool raced = index < 2 && began_as_a_race(record_.outcomes);
    return fits_said(raced ? 0 : index,
                     [&](const Step& step) { return leads_to(step, outcome, late_us_max_); });
  }

  // Whether what next() said after so many outcomes fits; true when it is not known what it was
  // told.
  template <class Fits>
  bool fits_said(std::size_t done, Fits fits) {
    const auto outcomes = std::span(record_.outcomes).first(done);
    NextFacts facts = first_next_facts(record_.facts.now);
    if (done > 0 && outcomes.back().fault) {
      if (!outcomes.back().told) {
        whole_ = false;
        return true;
      }
      facts = *outcomes.back().told;
    }
    return fits(next(plan_, rules_, outcomes, facts));
  }

  const Plan& plan_;
  const Rules& rules_;
  const Replay& record_;
  std::int64_t late_us_max_;
  bool whole_ = true;
};

}  // namespace

std::string_view to_string(StepsReplay::Verdict verdict) {
  switch (verdict) {
    case StepsReplay::Verdict::identical: return "identical";
    case StepsReplay::Verdict::partial: return "partial";
    case StepsReplay::Verdict::different: return "different";
  }
  return "";
}

StepsReplay replay_steps(const Plan& plan, const Rules& rules, const Replay& record,
                         std::int64_t late_us_max) {
  return Steps(plan, rules, record, late_us_max).made_again();
}

}  // namespace wye
