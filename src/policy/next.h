// Next: what to do after the attempts so far. The second of the three pure functions of the house.
// Pure, any thread; the gateway tells it the time and what it needs to know of the process.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/next_facts.h"
#include "core/outcome.h"
#include "core/plan.h"
#include "core/rules.h"

namespace wye {

struct Step {
  enum class Kind : std::uint8_t {
    attempt,  // call the deployment of Plan::steps[index]
    degrade,  // the same, and tell the client what was dropped
    answer,   // give the fixed `answer` of Plan::steps[index]
    stop,     // end: with `fault` for the client, or without one when the answer was whole
  };
  Kind kind = Kind::stop;
  int index = -1;                // into Plan::steps
  DurationMs wait_ms = 0;        // before the attempt
  bool is_retry = false;         // of the deployment that just failed; takes from the retry budget
  bool repair = false;           // show the model its invalid answer and ask it to mend it
  Resume resume = Resume::none;  // how to go on with what the client has
  std::string answer;
  std::optional<Fault> fault;
  std::string reason;  // one phrase for people
};

// Decides in this order:
//  - a whole answer stops;
//  - after the commit point everything stops, with the fault as it is, unless somebody may go on
//    with what the client has (`resumable`): the first untried step that is no downgrade and lists
//    the fault, or else the same deployment by the rules below. A model that can continue from a
//    prefix is given it, and asked again without it when it refuses; any other must say the same
//    again. When nobody can, the fault that broke the answer is told.
//    A client that has all the tokens it asked for needs nobody;
//  - an answer that breaks the task's contract is shown to its model once, if the task says so and
//    the budget of retries has room, for it is one;
//  - a client that left, and a request that its provider calls wrong or filters, stop;
//  - past the deadline only a fixed answer is left;
//  - the same deployment again, when the kind of fault, the retry rules, the process-wide budget
//  and
//    the deadline allow. A provider that says it is busy, or asks for a longer wait than our own
//    backoff, is left at once when somebody else may serve. A failure to connect is retried at
//    once, and only once when there is somebody else. Timeouts are never tried again in the same
//    place;
//  - the first untried step whose `after` lists the fault. After context_window only a step with a
//    window known to be larger, or when there is none, one whose window nobody knows;
//  - nothing of that left: the first untried step that lists `exhausted`, degraded ones included;
//  - stop, with one fault that says what was tried.
// An outcome of kind no_candidate (the step could not be started) is passed over, as if decide had
// refused the step: whoever follows must list the fault before it. When nobody was called yet, any
// step may follow. Each step is entered at most once, so a
// request makes at most steps x (retries + 1) attempts.
Step next(const Plan& plan, const Rules& rules, std::span<const Outcome> outcomes,
          const NextFacts& facts);

}  // namespace wye
