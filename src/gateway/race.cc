#include "gateway/race.h"

#include <utility>

namespace wye {

Fault overtaken() {
  return fault(FaultKind::hedged, "another deployment, asked beside it, was faster");
}

// Never at once: whoever ends an attempt is still on its stack.
void Race::ring() {
  changed_ = true;
  if (!waiter_) return;
  world_.post([waiter = std::exchange(waiter_, {})] { waiter.resume(); });
}

void Race::run(int leg, Async<void> attempt) {
  at(leg).running = true;
  at(leg).began_us = world_.mono_us();
  at(leg).attempt = start_owned(std::move(attempt));
}

void Race::ended(int leg) {
  at(leg).running = false;
  ring();
}

void Race::end_unsent_loser() {
  if (!is_claimed()) return;
  Leg& loser = at(1 - winner_);
  if (!loser.running || loser.call != nullptr) return;
  loser.attempt.let_go();
  loser.running = false;
  loser.outcome.fault = overtaken();
  loser.outcome.cost_known = true;
  loser.outcome.duration_us = world_.mono_us() - loser.began_us;
}

void Race::end_all() {
  for (Leg& leg : legs_) {
    leg.attempt.let_go();
    leg.running = false;
  }
}

bool Race::claim(const Outcome& outcome) {
  const int leg = leg_of(outcome);
  if (leg < 0) return true;
  if (winner_ >= 0) return winner_ == leg;
  winner_ = leg;
  if (HttpCall* other = at(1 - leg).call; other != nullptr) other->give_up();
  ring();
  return true;
}

void Race::set_call(const Outcome& outcome, HttpCall* call) {
  const int leg = leg_of(outcome);
  if (leg >= 0) at(leg).call = call;
}

}  // namespace wye
