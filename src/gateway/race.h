// Race: two attempts at one answer. The first that has something for the client is taken, the other
// one is given up. Owns the attempts while they run. Lives in the Exchange until both are over, on
// one loop.
#pragma once

#include <array>
#include <coroutine>
#include <string>
#include <vector>

#include "core/outcome.h"
#include "gateway/call_under_way.h"
#include "io/owned_task.h"
#include "io/world.h"

namespace wye {

// The fault of an attempt that lost.
Fault overtaken();

class Race {
 public:
  explicit Race(World& world) : world_(world) {}

  // The attempts tell each other apart by these.
  Outcome& outcome(int leg) { return legs_[static_cast<std::size_t>(leg)].outcome; }

  // Runs an attempt, which calls ended() last.
  void run(int leg, Async<void> attempt);
  // The attempt is over; whoever waits goes on soon.
  void ended(int leg);
  bool is_running(int leg) const { return legs_[static_cast<std::size_t>(leg)].running; }

  // The attempt has something for the client. False: the other one had it before. Later attempts,
  // which are not of this race, have nobody to lose to.
  bool claim(const Outcome& outcome);
  bool is_claimed() const { return winner_ >= 0; }
  int winner() const { return winner_; }
  bool lost(const Outcome& outcome) const {
    const int leg = leg_of(outcome);
    return leg >= 0 && winner_ >= 0 && leg != winner_;
  }
  // True when both attempts were begun.
  bool is_on() const { return legs_[1].outcome.hedge; }
  bool is_over() const { return !is_running(0) && !is_running(1); }
  // Once one is taken: the other is ended where it waits if it has not sent its request yet, so
  // that it sends none, and its provider has nothing to bill.
  void end_unsent_loser();
  // Ends what still runs where it waits. This and the above are for whoever waits for a change,
  // never called from within an attempt.
  void end_all();

  // The call that an attempt waits for; null when it waits no more.
  void set_call(const Outcome& outcome, HttpCall* call);
  // What the provider of an attempt has no place for, until it is known whose answer it is. Null:
  // an attempt that is not of this race.
  std::vector<std::string>* dropped_of(const Outcome& outcome) {
    const int leg = leg_of(outcome);
    return leg < 0 ? nullptr : &legs_[static_cast<std::size_t>(leg)].dropped;
  }

  // Suspends until an attempt had something for the client or ended, or somebody rang.
  struct ChangeAwaiter {
    Race& race;
    bool await_ready() const noexcept { return race.changed_; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { race.waiter_ = waiter; }
    void await_resume() const noexcept { race.changed_ = false; }
  };
  ChangeAwaiter change() { return {*this}; }
  void ring();

 private:
  struct Leg {
    Outcome outcome;
    HttpCall* call = nullptr;  // null: the request is not sent, or the answer is over
    std::vector<std::string> dropped;
    MonoUs began_us = 0;
    bool running = false;
    OwnedTask attempt;
  };
  Leg& at(int leg) { return legs_[static_cast<std::size_t>(leg)]; }
  // -1: an attempt that is not of this race.
  int leg_of(const Outcome& outcome) const {
    if (&outcome == &legs_[0].outcome) return 0;
    return &outcome == &legs_[1].outcome ? 1 : -1;
  }

  World& world_;
  std::array<Leg, 2> legs_;
  int winner_ = -1;
  bool changed_ = false;
  std::coroutine_handle<> waiter_;
};

// While an attempt waits for this call, a lost race gives it up.
class CallInRace {
 public:
  CallInRace(Race* race, const Outcome& outcome, HttpCall& call) : race_(race), outcome_(outcome) {
    if (race_ != nullptr) race_->set_call(outcome_, &call);
  }
  ~CallInRace() {
    if (race_ != nullptr) race_->set_call(outcome_, nullptr);
  }
  CallInRace(const CallInRace&) = delete;
  CallInRace& operator=(const CallInRace&) = delete;

 private:
  Race* race_;
  const Outcome& outcome_;
};

}  // namespace wye
