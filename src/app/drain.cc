#include "app/drain.h"

#include "app/log.h"

namespace wye {
namespace {

constexpr MonoUs look_interval_us = 10'000;
// For the last words of what is cut to be recorded and sent.
constexpr MonoUs farewell_us = 1'000'000;
// For clients whose connection was accepted as the listeners closed.
constexpr MonoUs latecomers_us = 200'000;

}  // namespace

void Drain::begin(DurationMs limit_ms) {
  begun_ = true;
  until_ = workers_.front().loop->mono_us() + limit_ms * 1000;
  on_each_loop([](Worker& worker) { worker.gateway->drain(); });
  start(run());
}

void Drain::hurry() { until_ = 0; }

Async<void> Drain::run() {
  Loop& first = *workers_.front().loop;
  co_await wait_until_quiet(until_);
  if (const std::int64_t left = under_way(); left > 0) {
    log::warn("{} requests did not finish in time and are cut", left);
    on_each_loop([](Worker& worker) { worker.gateway->cut(); });
    const MonoUs farewell = first.mono_us() + farewell_us;
    co_await wait_until_quiet(farewell);
  }
  on_each_loop([](Worker& worker) {
    worker.loop->stop_listening();
    worker.connections->close_idle();
  });
  const MonoUs latecomers = first.mono_us() + latecomers_us;
  co_await wait_until_quiet(latecomers);
  for (Worker& worker : workers_) worker.loop->stop();
}

// Sleeps before it looks, so that every loop has done what it was told.
Async<void> Drain::wait_until_quiet(const MonoUs& until) {
  Loop& first = *workers_.front().loop;
  do {
    co_await first.sleep_until(first.mono_us() + look_interval_us);
  } while (under_way() > 0 && first.mono_us() < until);
}

template <class Action>
void Drain::on_each_loop(Action action) {
  for (Worker& worker : workers_) {
    worker.loop->post([&worker, action] { action(worker); });
  }
}

std::int64_t Drain::under_way() const {
  std::int64_t sum = admin_.requests();
  for (const Worker& worker : workers_) sum += worker.connections->requests();
  return sum;
}

}  // namespace wye
