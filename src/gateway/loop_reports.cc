#include "gateway/loop_reports.h"

#include <coroutine>
#include <utility>

#include "gateway/gateway.h"

namespace wye {

struct LoopReports::Round {
  World& home;
  LoopReport report;
  std::coroutine_handle<> waiter;
};

void LoopReports::visit(const std::shared_ptr<Round>& round, std::size_t index) const {
  if (index == loops_.size()) {
    round->home.post([round] { round->waiter.resume(); });
    return;
  }
  loops_[index].gateway->world().post([this, round, index] {
    const Member& member = loops_[index];
    LoopReport& report = round->report;
    member.gateway->add_to(report);
    report.connections_open += member.connections->open();
    report.connections_idle += member.connections->idle();
    report.requests_in_flight += member.connections->requests();
    visit(round, index + 1);
  });
}

Async<LoopReport> LoopReports::collect(World& here) const {
  const auto round = std::make_shared<Round>(Round{here, {}, {}});
  struct Return {
    const LoopReports& reports;
    const std::shared_ptr<Round>& round;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
      round->waiter = waiter;
      reports.visit(round, 0);
    }
    void await_resume() const noexcept {}
  };
  const Return whole_round{*this, round};
  co_await whole_round;
  co_return std::move(round->report);
}

}  // namespace wye
