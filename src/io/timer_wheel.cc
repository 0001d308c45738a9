// The two levels of the wheel. A timer beyond the far level waits in its last slot and is placed
// again from there.
#include "io/timer_wheel.h"

#include <algorithm>

namespace wye {

void TimerWheel::arm(Timer& timer, MonoUs due_us) {
  timer.leave();
  timer.due_us_ = due_us;
  place(timer);
}

void TimerWheel::place(Timer& timer) {
  const std::int64_t rounded_up = (timer.due_us_ >> tick_shift) + 1;
  const std::int64_t tick = std::max(rounded_up, tick_ + 1);
  if (tick - tick_ < slots) {
    timer.join(near_[static_cast<std::size_t>(tick & slot_mask)]);
    ask(tick);
    return;
  }
  // Slot `tick_ >> 8` of the far level is being lived through, so 255 slots lie ahead.
  const std::int64_t slot = std::min(tick >> slot_bits, (tick_ >> slot_bits) + slots - 1);
  timer.join(far_[static_cast<std::size_t>(slot & slot_mask)]);
  ask(slot << slot_bits);
}

void TimerWheel::ask(std::int64_t tick) {
  if (tick >= asked_tick_) return;
  asked_tick_ = tick;
  wake_at_(tick << tick_shift);
}

void TimerWheel::advance(MonoUs now) {
  const std::int64_t target = now >> tick_shift;
  asked_tick_ = INT64_MIN;  // one question at the end, not one a timer
  while (tick_ < target) {
    // Nothing can be due before the next occupied slot, however long the loop slept.
    const std::int64_t next = next_tick();
    if (next > target) {
      tick_ = target;
      break;
    }
    tick_ = next;
    if ((tick_ & slot_mask) == 0) {
      Links moved;
      moved.take_all(far_[static_cast<std::size_t>((tick_ >> slot_bits) & slot_mask)]);
      while (!moved.alone()) {
        auto& timer = static_cast<Timer&>(*moved.next());
        timer.leave();
        // What is due in this very tick must not slip into the next one.
        if ((timer.due_us_ >> tick_shift) + 1 <= tick_)
          timer.join(near_[static_cast<std::size_t>(tick_ & slot_mask)]);
        else
          place(timer);
      }
    }
    fire(near_[static_cast<std::size_t>(tick_ & slot_mask)], now);
  }
  asked_tick_ = INT64_MAX;
  if (const std::int64_t next = next_tick(); next != INT64_MAX) ask(next);
}

void TimerWheel::fire(Links& slot, MonoUs now) {
  Links due;
  due.take_all(slot);
  while (!due.alone()) {
    auto& timer = static_cast<Timer&>(*due.next());
    timer.leave();
    timer.on_timer(now);
  }
}

std::int64_t TimerWheel::next_tick() const {
  std::int64_t next = INT64_MAX;
  for (std::int64_t tick = tick_ + 1; tick < tick_ + slots; ++tick) {
    if (near_[static_cast<std::size_t>(tick & slot_mask)].alone()) continue;
    next = tick;
    break;
  }
  const std::int64_t here = tick_ >> slot_bits;
  for (std::int64_t slot = here + 1; slot < here + slots; ++slot) {
    if (far_[static_cast<std::size_t>(slot & slot_mask)].alone()) continue;
    next = std::min(next, slot << slot_bits);
    break;
  }
  return next;
}

}  // namespace wye
