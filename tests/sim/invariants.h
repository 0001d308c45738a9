// Invariants: what must hold after every run, whatever happened in it. One function each, with a
// sentence that says why. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/evidence.h"

namespace wye::sim {

struct Breach {
  std::string_view invariant;
  std::string_view reason;
  int ask = -1;  // the request that shows it, -1: none in particular
  std::string what;
};

// Nothing when it holds; else who showed it and how.
struct Found {
  int ask = -1;
  std::string what;
};
using Verdict = std::optional<Found>;

struct Invariant {
  std::string_view name;
  std::string_view reason;
  Verdict (*check)(const Evidence&);
};

// answer_invariants.cc
Verdict one_terminal_answer(const Evidence&);
Verdict text_of_one_provider(const Evidence&);
Verdict answers_in_time(const Evidence&);
Verdict errors_are_typed(const Evidence&);
// record_invariants.cc
Verdict one_record_a_request(const Evidence&);
Verdict records_agree_with_answers(const Evidence&);
Verdict costs_add_up(const Evidence&);
// replay_invariants.cc
Verdict decisions_replay(const Evidence&);
Verdict steps_replay(const Evidence&);
// attempt_invariants.cc
Verdict attempts_within_the_plan(const Evidence&);
Verdict retries_within_budget(const Evidence&);
Verdict parallel_limits_hold(const Evidence&);
Verdict nothing_after_an_answer(const Evidence&);
// provider_invariants.cc
Verdict calls_are_outcomes(const Evidence&);
Verdict usage_is_the_providers(const Evidence&);
Verdict no_calls_for_clients_who_left(const Evidence&);
// blame_invariants.cc
Verdict providers_are_blamed_for_their_own(const Evidence&);
Verdict failures_counted_are_recorded(const Evidence&);
// breaker_invariants.cc
Verdict open_circuits_are_left_alone(const Evidence&);
// rest_invariants.cc
Verdict nothing_is_left(const Evidence&);

std::span<const Invariant> all_invariants();
std::optional<Breach> judge(const Evidence& evidence);

}  // namespace wye::sim
