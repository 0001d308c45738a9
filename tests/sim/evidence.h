// Evidence: all that is known after a run, from every side: what clients received, what providers
// saw, what the store holds, what the books told loops, and what is left over. The invariants judge
// it. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/plan.h"
#include "core/record_read.h"
#include "gateway/books.h"
#include "io/store.h"
#include "lab/sim_config.h"
#include "lab/sim_log.h"
#include "sim/answer_reading.h"
#include "sim/scenario.h"

namespace wye::sim {

// One row of the store, read again with the policy that decided it.
struct Kept {
  StoredRecord row;
  RulesPtr rules;
  Replay record;
  Plan plan;  // decided again
  bool replays = false;
};

// Text and token counts of the whole answer of a provider to an ask.
struct WholeAnswer {
  std::string text;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

// Whether somebody was asked to go on with an answer that broke.
bool went_on(const Kept& kept);

// One answered, or not answered, ask.
struct AskEvidence {
  const AskPlan& plan;
  Received received = {};
  Reading reading = {};
  std::vector<std::size_t> kept = {};  // indices into Evidence::kept
  // Of the providers that answered it: what they had to say; nothing when they refuse the ask.
  std::map<std::string, std::optional<WholeAnswer>> whole = {};
};

struct CallSeen {
  std::string provider;
  SimLogEntry entry;
};

// What the books told at some moment about every deployment.
struct Sighting {
  TimeMs at_ms = 0;  // of the clock that decisions go by
  SnapshotPtr snapshot;
};

struct Leftovers {
  bool drained = false;                // every client connection was over in time
  std::size_t client_connections = 0;  // at the gateway
  std::size_t provider_connections = 0;
  std::size_t events = 0;                // timers and the like, long after the end
  std::vector<std::string> deployments;  // that still count attempts or hold a probe
};

// Refers to its scenario, which outlives it.
struct Evidence {
  const Scenario* scenario = nullptr;
  std::vector<RulesPtr> policies;   // that were in force, the first at the start
  std::map<int, AskEvidence> asks;  // by number
  std::vector<Kept> kept;
  std::vector<std::string> unreadable;         // rows that could not be read again
  std::map<int, std::vector<CallSeen>> calls;  // by ask, in order of arrival
  std::vector<CallSeen> strange_calls;         // of no ask of ours
  std::vector<Sighting> sightings;
  std::map<std::string, std::size_t> slots;  // of deployments, in snapshots
  bool clock_was_set = false;
  MonoUs closed_at_us = no_deadline;  // the listeners; from then on nobody is answered
  Leftovers left;
  std::string network_trace;
};

// False for an outcome that stands for no call: the place was taken, nobody waited any more, or the
// gateway was stopped before it began.
bool was_begun(const Outcome& outcome);

const std::string& provider_of(const Rules& rules, int deployment);

// A provider answered without a text, or declined, when asked for this.
bool had_nothing_to_say(const Evidence& evidence, int ask, const std::string& provider);

// Worked out by the simulator's own pure function; nothing when the provider refuses the ask.
std::optional<WholeAnswer> whole_answer(const AskPlan& ask, const ProviderPlan& provider);

SimModel sim_model_of(const ProviderPlan& provider);

}  // namespace wye::sim
