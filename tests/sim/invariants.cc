// The list of all invariants. See invariants.h.
#include "sim/invariants.h"

namespace wye::sim {
namespace {

constexpr Invariant table[] = {
    {"one_terminal_answer", "a client must know whether it has an answer", one_terminal_answer},
    {"text_of_one_provider", "an answer mixed of two, or with a hole, is worse than none",
     text_of_one_provider},
    {"errors_are_typed", "clients act on the type of an error and on its status", errors_are_typed},
    {"answers_in_time", "a deadline that is not kept is no deadline", answers_in_time},
    {"one_record_a_request", "every answer can be explained later, none twice",
     one_record_a_request},
    {"decisions_replay", "a decision that cannot be made again cannot be proven", decisions_replay},
    {"steps_replay", "an attempt that nobody can explain cannot be justified", steps_replay},
    {"records_agree_with_answers", "a record that says something else than the client saw lies",
     records_agree_with_answers},
    {"costs_add_up", "money is counted once, and only for tokens that came back", costs_add_up},
    {"attempts_within_the_plan", "nobody is called whom the policy refused or did not name",
     attempts_within_the_plan},
    {"retries_within_budget", "an outage must not be made worse by our own retries",
     retries_within_budget},
    {"parallel_limits_hold", "the account at the provider allows no more at a time",
     parallel_limits_hold},
    {"nothing_after_an_answer", "who has answered, or spoken to the client, is the last",
     nothing_after_an_answer},
    {"calls_are_outcomes", "what a provider saw and bills is in the record, and nothing else",
     calls_are_outcomes},
    {"usage_is_the_providers", "tokens are taken from who counted them", usage_is_the_providers},
    {"no_calls_for_clients_who_left", "nobody pays for an answer that nobody reads",
     no_calls_for_clients_who_left},
    {"providers_are_blamed_for_their_own", "who is well must not be avoided for a client's haste",
     providers_are_blamed_for_their_own},
    {"failures_counted_are_recorded", "a circuit that opens can be explained by what happened",
     failures_counted_are_recorded},
    {"open_circuits_are_left_alone", "a sick provider gets one probe at a time and nothing else",
     open_circuits_are_left_alone},
    {"nothing_is_left", "what leaks in a run of seconds stops a server after weeks",
     nothing_is_left},
};

}  // namespace

std::span<const Invariant> all_invariants() { return table; }

std::optional<Breach> judge(const Evidence& evidence) {
  for (const Invariant& invariant : all_invariants()) {
    if (Verdict found = invariant.check(evidence)) {
      return Breach{invariant.name, invariant.reason, found->ask, std::move(found->what)};
    }
  }
  return std::nullopt;
}

}  // namespace wye::sim
