// Drill traffic: from records to requests, their times and the paces. See drill_traffic.h.
#include "lab/drill_traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/units.h"
#include "lab/drill_request.h"
#include "lab/quantile.h"

namespace wye {
namespace {

constexpr double jitter_max = 0.9;
// Of waits that are spread evenly around their middle, the ninetieth of a hundred lies at so much
// of the greatest distance.
constexpr double ninetieth_of_even = 0.8;

struct Recorded {
  TimeMs started = 0;
  AskFacts ask;
};

// What one reading of the store finds.
struct Found {
  std::vector<Recorded> asks;                  // newest first
  std::vector<std::vector<Outcome>> answered;  // by deployment
  std::int64_t left_out = 0;
};

bool key_is_known(const Rules& rules, const AskFacts& ask) {
  return ask.key.empty() == rules.keys.empty() &&
         (ask.key.empty() || find_index(rules.key_by_name, ask.key) >= 0);
}

void take_outcomes(const Replay& record, Found& found) {
  for (const Outcome& outcome : record.outcomes) {
    const auto deployment = static_cast<std::size_t>(outcome.deployment);
    if (outcome.deployment < 0 || outcome.fault || outcome.drill || outcome.duration_us <= 0)
      continue;
    if (deployment < found.answered.size()) found.answered[deployment].push_back(outcome);
  }
}

// Tasks are told apart by the column; requests of the record that were refused before they were
// read (no key, no JSON) say nothing of their size.
bool take_row(const StoredRecord& row, const Rules& rules, const TrafficChoice& choice,
              Found& found) {
  if (!choice.task.empty() && row.task != choice.task) return true;
  const Result<Replay> record = read_record(row.body, rules);
  if (!record || !record->decided) {
    ++found.left_out;
    return true;
  }
  if (choice.since_ms > 0 && record->started < choice.now - choice.since_ms) return false;
  take_outcomes(*record, found);
  if (can_play(record->ask) && key_is_known(rules, record->ask)) {
    found.asks.push_back({record->started, record->ask});
  } else {
    ++found.left_out;
  }
  return found.asks.size() < static_cast<std::size_t>(choice.requests_max);
}

void set_speed(const std::vector<Outcome>& answered, DeploymentPace& pace) {
  std::vector<std::int64_t> waits;
  std::vector<std::int64_t> us_a_token;
  for (const Outcome& outcome : answered) {
    if (outcome.ttft_us < 0) continue;
    waits.push_back(outcome.ttft_us);
    if (outcome.usage.output > 1)
      us_a_token.push_back((outcome.duration_us - outcome.ttft_us) / (outcome.usage.output - 1));
  }
  if (waits.empty()) {
    // Nothing was streamed: an answer takes what it took as a whole.
    for (const Outcome& outcome : answered) waits.push_back(outcome.duration_us);
    pace.tokens_per_second = 0;
  }
  const std::int64_t middle = std::max<std::int64_t>(quantile(waits, 0.5), 1);
  pace.ttft_ms = std::max<DurationMs>(1, (middle + us_per_ms / 2) / us_per_ms);
  const auto slow = static_cast<double>(quantile(waits, 0.9));
  const double spread = (slow / static_cast<double>(middle) - 1) / ninetieth_of_even;
  pace.jitter = std::clamp(spread, 0.0, jitter_max);
  if (us_a_token.empty()) return;
  const std::int64_t us = quantile(us_a_token, 0.5);
  pace.tokens_per_second = us > 0 ? us_per_second / static_cast<double>(us) : 0;
}

void set_times(const std::vector<Recorded>& newest_first, DurationMs round_ms, Traffic& traffic) {
  traffic.last = newest_first.front().started;
  traffic.first = newest_first.back().started;
  const auto count = static_cast<double>(newest_first.size());
  const auto span_ms = static_cast<double>(traffic.last - traffic.first);
  // A round ends an average pause after its last request, so that rounds can follow each other.
  const double recorded_ms = span_ms * count / std::max(count - 1, 1.0);
  const auto round_us = static_cast<double>(round_ms * us_per_ms);
  if (recorded_ms > 0) traffic.speed = recorded_ms / static_cast<double>(round_ms);
  for (auto one = newest_first.rbegin(); one != newest_first.rend(); ++one) {
    const double share = recorded_ms > 0
                             ? static_cast<double>(one->started - traffic.first) / recorded_ms
                             : static_cast<double>(traffic.asks.size()) / count;
    traffic.asks.push_back({static_cast<std::int64_t>(share * round_us), one->ask});
  }
}

Fault nothing_recorded(const TrafficChoice& choice, std::int64_t left_out) {
  std::string text = "no request is recorded";
  if (!choice.task.empty()) text += fmt::format(" for task \"{}\"", choice.task);
  if (choice.since_ms > 0) text += fmt::format(" since {}", format_duration_ms(choice.since_ms));
  if (left_out > 0) text = fmt::format("none of the {} recorded requests can be played", left_out);
  return fault(FaultKind::not_found, text + "; --synthetic 100 makes some up");
}

AskFacts made_up(const Rules& rules, const std::string& task, int number) {
  constexpr std::int64_t sizes[] = {60, 200, 800, 3'000};
  AskFacts ask;
  ask.model = std::string(task_prefix) + task;
  ask.stream = number % 2 == 0;
  ask.needs = rules.tasks[static_cast<std::size_t>(find_index(rules.task_by_name, task))]
                  .requires_.abilities;
  if (ask.stream) ask.needs.insert(Ability::stream);
  ask.input_tokens = sizes[number % std::size(sizes)];
  if (!rules.keys.empty()) ask.key = rules.keys.front().name;
  return ask;
}

}  // namespace

DeploymentPace pace_of(const std::vector<Outcome>& answered) {
  DeploymentPace pace;
  if (answered.empty()) return pace;
  pace.measured = true;
  pace.answers = static_cast<std::int64_t>(answered.size());
  set_speed(answered, pace);
  std::vector<std::int64_t> lengths;
  for (const Outcome& outcome : answered) lengths.push_back(outcome.usage.output);
  pace.tokens_min = std::max<std::int64_t>(1, quantile(lengths, 0.1));
  pace.tokens_max = std::max(pace.tokens_min, quantile(lengths, 0.9));
  return pace;
}

Result<Traffic> read_traffic(StoreReader& store, const Rules& rules, const TrafficChoice& choice) {
  Found found;
  found.answered.resize(rules.deployments.size());
  const Result<void> read =
      store.list(0, std::numeric_limits<int>::max(),
                 [&](const StoredRecord& row) { return take_row(row, rules, choice, found); });
  if (!read) return fail(read.error());
  if (found.asks.empty()) return fail(nothing_recorded(choice, found.left_out));
  Traffic traffic;
  traffic.left_out = found.left_out;
  for (const std::vector<Outcome>& answered : found.answered)
    traffic.paces.push_back(pace_of(answered));
  set_times(found.asks, choice.round_ms, traffic);
  return traffic;
}

Result<Traffic> synthetic_traffic(const Rules& rules, const TrafficChoice& choice, int count) {
  std::vector<std::string> tasks;
  for (const Task& task : rules.tasks)
    if (choice.task.empty() || task.name == choice.task) tasks.push_back(task.name);
  if (tasks.empty())
    return fail(FaultKind::not_found, "the configuration has no task to make requests up for");
  Traffic traffic;
  traffic.synthetic = true;
  traffic.first = traffic.last = choice.now;
  traffic.paces.resize(rules.deployments.size());
  for (int i = 0; i < count; ++i) {
    const std::string& task = tasks[static_cast<std::size_t>(i) % tasks.size()];
    traffic.asks.push_back({choice.round_ms * us_per_ms * i / count,
                            made_up(rules, task, i / static_cast<int>(tasks.size()))});
  }
  return traffic;
}

}  // namespace wye
