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

void Race::ended(int leg) {
  legs_[static_cast<std::size_t>(leg)].running = false;
  ring();
}

bool Race::claim(const Outcome& outcome) {
  const int leg = leg_of(outcome);
  if (leg < 0) return true;
  if (winner_ >= 0) return winner_ == leg;
  winner_ = leg;
  if (HttpCall* other = legs_[static_cast<std::size_t>(1 - leg)].call; other != nullptr) {
    other->give_up();
  }
  ring();
  return true;
}

void Race::set_call(const Outcome& outcome, HttpCall* call) {
  const int leg = leg_of(outcome);
  if (leg >= 0) legs_[static_cast<std::size_t>(leg)].call = call;
}

}  // namespace wye
