#include "gateway/drill_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/units.h"

namespace wye {
namespace {

constexpr std::size_t entries_max = 20;
// How soon an ended drill notices that its last request is recorded, and how long it waits.
constexpr MonoUs desk_look_us = 50'000;
constexpr MonoUs desk_patience_us = 120'000'000;
// The database is behind the journals by much less than this, unless it fails.
constexpr MonoUs commit_us = 1'000'000;

Fault conflict(std::string message) {
  Fault made = fault(FaultKind::bad_request, std::move(message));
  made.status = 409;
  made.code = "drill_running";
  return made;
}

Result<void> check_bounds(const DrillOrder& order) {
  std::string wrong;
  if (order.for_ms < live_drill_ms_min || order.for_ms > live_drill_ms_max) {
    wrong =
        fmt::format("a drill on live traffic lasts {} to {}: say for how long with \"for\"",
                    format_duration_ms(live_drill_ms_min), format_duration_ms(live_drill_ms_max));
  } else if (order.share_ppm <= 0 || order.share_ppm > live_drill_share_ppm_max) {
    wrong = fmt::format("a drill strikes over 0 % and at most {} % of live traffic: \"share\"",
                        live_drill_share_ppm_max / 10'000);
  } else if (order.expected_ppm < 0 || order.expected_ppm > 1'000'000) {
    wrong = "\"expect\" is a share from 0% to 100%";
  } else if (order.tasks.empty()) {
    wrong = "a drill on live traffic names the tasks whose requests it may strike: \"tasks\"";
  }
  if (wrong.empty()) return {};
  return fail(FaultKind::bad_request, std::move(wrong));
}

// Fills in what depends on the policy.
Result<void> place(LiveDrill& drill, const ActivePolicyPtr& policy, Books& books) {
  const Rules& rules = *policy->rules;
  Result<DrillTarget> target = find_drill_target(rules, drill.target.name);
  if (!target) return fail(FaultKind::bad_request, std::move(target.error().message));
  drill.target = std::move(*target);
  drill.tasks.clear();
  for (const std::string& name : drill.task_names) {
    const int task = find_index(rules.task_by_name, name);
    if (task < 0) return fail(FaultKind::bad_request, fmt::format("there is no task \"{}\"", name));
    // A broken answer would reach the clients of a task that demands nothing of it.
    if (drill.fault == DrillFault::invalid_json &&
        !rules.tasks[static_cast<std::size_t>(task)].output.json) {
      return fail(FaultKind::bad_request,
                  fmt::format("task \"{}\" has no `output:`, so its clients would be given the "
                              "broken answers: invalid_json is for tasks that demand JSON",
                              name));
    }
    drill.tasks.push_back(task);
  }
  drill.base = policy;
  drill.policy = books.activate_drilled(*policy, drill.target.deployments);
  return {};
}

}  // namespace

Result<void> DrillDesk::check_free() const {
  if (closed_) return fail(FaultKind::shutting_down, "this gateway is shutting down");
  for (const DrillEntry& entry : entries_) {
    if (entry.ended == 0) {
      return fail(
          conflict(fmt::format("{} ({} of {}) runs until {}; one drill runs at a time",
                               entry.drill->id, to_string(entry.drill->fault),
                               entry.drill->target.name, format_time_utc(entry.drill->ends))));
    }
    if (!entry.result) {
      return fail(conflict(
          fmt::format("{} is over, and its last requests are being counted; ask again in a moment",
                      entry.drill->id)));
    }
  }
  return {};
}

Result<LiveDrillPtr> DrillDesk::start(const DrillOrder& order) {
  if (auto checked = check_bounds(order); !checked) return fail(std::move(checked.error()));
  if (auto checked = check_free(); !checked) return fail(std::move(checked.error()));
  auto drill = std::make_shared<LiveDrill>();
  drill->fault = order.fault;
  drill->target.name = order.target;
  drill->task_names = order.tasks;
  drill->share_ppm = order.share_ppm;
  drill->expected_ppm = order.expected_ppm;
  drill->for_ms = order.for_ms;
  drill->by = order.by;
  if (auto placed = place(*drill, policy_, books_); !placed) return fail(std::move(placed.error()));
  drill->began = books_.now();
  drill->ends = drill->began + order.for_ms;
  drill->id = "drill_" + format_request_id(ids_.next(drill->began)).substr(4);
  drill->pulse = std::make_shared<DrillPulse>();
  books_.refresh_drilled(drill->policy);
  entries_.emplace_front().drill = drill;
  if (entries_.size() > entries_max) entries_.pop_back();
  publish_(drill);
  wye::start(watch(drill->id));
  return LiveDrillPtr(drill);
}

Result<void> DrillDesk::stop(std::string_view id, std::string because) {
  const DrillEntry* entry = find(id);
  if (entry == nullptr) {
    return fail(FaultKind::not_found, fmt::format("no drill of this process is called \"{}\"", id));
  }
  if (entry->ended != 0) return fail(conflict(fmt::format("{} is over already", id)));
  end(std::move(because));
  return {};
}

// The drill's own books go on: its circuit is as it was.
void DrillDesk::accept_policy(ActivePolicyPtr policy) {
  policy_ = std::move(policy);
  const DrillEntry* entry = running();
  if (entry == nullptr) return;
  auto moved = std::make_shared<LiveDrill>(*entry->drill);
  if (const Result<void> placed = place(*moved, policy_, books_); !placed) {
    return end("the policy was reloaded: " + placed.error().message);
  }
  entry_of(moved->id)->drill = moved;
  publish_(moved);
}

void DrillDesk::close() {
  closed_ = true;
  end("the gateway was shut down");
}

// Ends the one that runs.
void DrillDesk::end(std::string because) {
  const DrillEntry* found = running();
  if (found == nullptr) return;
  DrillEntry& entry = *entry_of(found->drill->id);
  entry.drill->pulse->over = true;
  entry.ended = std::clamp(books_.now(), entry.drill->began, entry.drill->ends);
  entry.ended_because = std::move(because);
  publish_(nullptr);
}

Async<void> DrillDesk::watch(std::string id) {
  World& world = world_;
  const std::weak_ptr<bool> alive = alive_;
  const LiveDrillPtr drill = find(id)->drill;
  const MonoUs ends = world.mono_us() + drill->for_ms * us_per_ms;
  while (!drill->is_over() && world.mono_us() < ends) {
    const MonoUs until = std::min(ends, world.mono_us() + desk_look_us);
    co_await world.sleep_until(until);
    if (alive.expired() || world.mono_us() < until) co_return;  // the loop stops, and wakes all
  }
  const DrillEntry* entry = find(id);
  if (entry != nullptr && entry->ended == 0) end("its time was over");
  const MonoUs at_the_latest = world.mono_us() + desk_patience_us;
  MonoUs busy_until = world.mono_us();
  while (true) {
    const MonoUs until = world.mono_us() + desk_look_us;
    co_await world.sleep_until(until);
    if (alive.expired() || world.mono_us() < until) co_return;
    DrillEntry* const over = entry_of(id);
    if (over == nullptr) co_return;
    if (drill->pulse->under_way > 0 || !books_.is_writable()) busy_until = until;
    const bool recorded = busy_until < until &&
                          (books_.waiting().queued_rows == 0 || until - busy_until >= commit_us);
    if (!recorded && until < at_the_latest) continue;
    hand_over(*over);
    co_return;
  }
}

void DrillDesk::hand_over(DrillEntry& entry) {
  entry.handed_over = true;
  books_.refresh_drilled(entry.drill->policy);
  judge_(entry);
}

void DrillDesk::hand_over_rest() {
  close();
  for (DrillEntry& entry : entries_) {
    if (!entry.handed_over) hand_over(entry);
  }
}

void DrillDesk::take_result(std::string_view id, DrillResult result) {
  if (DrillEntry* entry = entry_of(id)) entry->result = std::move(result);
}

const DrillEntry* DrillDesk::running() const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [](const DrillEntry& entry) { return entry.ended == 0; });
  return found == entries_.end() ? nullptr : &*found;
}

const DrillEntry* DrillDesk::find(std::string_view id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const DrillEntry& entry) { return entry.drill->id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

DrillEntry* DrillDesk::entry_of(std::string_view id) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const DrillEntry& entry) { return entry.drill->id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace wye
