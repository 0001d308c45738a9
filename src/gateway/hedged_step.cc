// hedged_step: a first attempt that may be joined by a second one when it is slow. Whichever has
// something for the client first goes on as if it had been alone.
#include <utility>

#include "gateway/gateway.h"
#include "policy/hedge.h"

namespace wye {
namespace {

// The exchange, and the race with it, may be gone by then.
Async<void> ring_at(World& world, std::weak_ptr<Race> race, MonoUs at) {
  co_await world.sleep_until(at);
  if (const std::shared_ptr<Race> still_there = race.lock()) still_there->ring();
}

}  // namespace

Async<void> Gateway::run_leg(Exchange& x, int leg) {
  Race& race = *x.race;
  Outcome& outcome = race.outcome(leg);
  co_await attempt(x, x.record.plan.steps[static_cast<std::size_t>(outcome.step)], outcome);
  race.ended(leg);
}

Async<void> Gateway::take_hedged_step(Exchange& x, const Step& first) {
  const MonoUs begun = world_.mono_us();
  const MonoUs hedge_at = begun + x.record.plan.hedge_after_us;
  x.race = std::make_shared<Race>(world_);
  Race& race = *x.race;
  race.outcome(0) = new_outcome(x, first);
  race.run(0, run_leg(x, 0));
  wye::start(ring_at(world_, x.race, hedge_at));
  while (race.is_running(0) && !race.is_claimed() && world_.mono_us() < hedge_at) {
    co_await race.change();
  }
  const bool is_wanted =
      race.is_running(0) && !race.is_claimed() && !draining() && !x.responder.client_gone();
  if (is_wanted && hedges_of(x).take()) {
    Step second = first;
    second.index = step_to_hedge_with(x.record.plan, x.ask.facts.stream);
    race.outcome(1) = new_outcome(x, second);
    race.outcome(1).hedge = true;
    race.run(1, run_leg(x, 1));
  }
  while (!race.is_claimed() && !race.is_over()) co_await race.change();
  race.end_unsent_loser();
  // A loser that has sent its request was given up. What it still waits for is not waited for here:
  // its client is.
  while (race.is_claimed() && race.is_running(race.winner())) co_await race.change();
  x.provider_us += world_.mono_us() - begun;
  if (!race.is_on()) {
    keep_outcome(x, race.outcome(0));
    co_return;
  }
  // The one that served is told last, for what follows looks at the last.
  const int last = race.is_claimed() ? race.winner() : 1;
  Outcome other = race.outcome(1 - last);
  if (race.is_running(1 - last)) other.fault = overtaken();
  keep_outcome(x, std::move(other));
  keep_outcome(x, race.outcome(last));
}

}  // namespace wye
