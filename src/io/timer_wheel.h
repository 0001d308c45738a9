// TimerWheel: thousands of deadlines at almost no cost. Arming and disarming are a few stores; a
// deadline fires up to one tick (8 ms) late, never early.
//
// Belongs to one loop. It never ticks by itself: it asks its owner to be woken, and only for a slot
// that holds a timer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "io/links.h"
#include "io/stream.h"

namespace wye {

// Something that waits for a time. Disarms itself when it dies.
class Timer : private Links {
 public:
  virtual ~Timer() = default;
  bool armed() const { return !alone(); }
  MonoUs due_us() const { return due_us_; }
  void disarm() { leave(); }

 protected:
  // May arm, disarm and destroy timers, this one included.
  virtual void on_timer(MonoUs now) = 0;

 private:
  friend class TimerWheel;
  MonoUs due_us_ = 0;
};

class TimerWheel {
 public:
  static constexpr int tick_shift = 13;  // a tick is 8.192 ms

  // `wake_at` is told whenever advance() must be called earlier than was asked for before.
  TimerWheel(MonoUs now, std::function<void(MonoUs)> wake_at)
      : wake_at_(std::move(wake_at)), tick_(now >> tick_shift) {}

  // Arms `timer`, or moves it when it is armed already.
  void arm(Timer& timer, MonoUs due_us);
  // Fires what is due and asks for the next wake-up, if there is anything left to wait for.
  void advance(MonoUs now);

 private:
  static constexpr int slot_bits = 8;
  static constexpr std::int64_t slots = 1 << slot_bits;
  static constexpr std::int64_t slot_mask = slots - 1;
  using Level = std::array<Links, slots>;

  void place(Timer& timer);
  void fire(Links& slot, MonoUs now);
  void ask(std::int64_t tick);
  std::int64_t next_tick() const;

  std::function<void(MonoUs)> wake_at_;
  std::int64_t tick_;                    // the last one that was dealt with
  std::int64_t asked_tick_ = INT64_MAX;  // when the owner will wake us
  Level near_;                           // one slot a tick, for the next 256 ticks (2 s)
  Level far_;                            // one slot for 256 ticks, for the next 9 minutes
};

}  // namespace wye
