// Metrics: what is counted of settled records, for GET /metrics. One Metrics a loop: plain numbers
// that this loop alone touches; loop_reports.h has them added up.
//
// Counted by task, by route and by deployment, never by a product of two of these, and never by
// anything that a client can choose: so the series grow with the length of the policy and with
// nothing else. Names have places that outlive a reload (see ActivePolicy), so counts only grow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/record.h"
#include "gateway/books.h"
#include "gateway/histogram.h"

namespace wye {

using Count = std::uint64_t;

// Microseconds, up to five minutes.
inline constexpr std::array<std::int64_t, 14> answer_bounds_us{
    10'000,    25'000,    50'000,     100'000,    250'000,    500'000,     1'000'000,
    2'500'000, 5'000'000, 10'000'000, 30'000'000, 60'000'000, 120'000'000, 300'000'000};
inline constexpr std::array<std::int64_t, 10> overhead_bounds_us{
    50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000};
using AnswerTimes = Histogram<answer_bounds_us>;
using OverheadTimes = Histogram<overhead_bounds_us>;

// Places of FaultKind, and before them one for "no fault".
inline constexpr std::size_t fault_places = static_cast<std::size_t>(fault_kind_count) + 1;
using ByFault = std::array<Count, fault_places>;
inline std::size_t place_of(const std::optional<Fault>& fault) {
  return fault ? static_cast<std::size_t>(fault->kind) + 1 : 0;
}

// 2 for 2xx; 0 for what is no HTTP status.
inline constexpr std::size_t status_classes = 6;
inline std::size_t status_class(int status) {
  const int hundreds = status / 100;
  return hundreds > 0 && hundreds < static_cast<int>(status_classes)
             ? static_cast<std::size_t>(hundreds)
             : 0;
}

// Kinds of tokens that do not overlap, so that their sum is what was used.
enum class TokenKind : std::uint8_t {
  input,  // neither read from a cache nor written to one
  cache_read,
  cache_write,
  output,  // without reasoning
  reasoning
};
inline constexpr std::size_t token_kinds = 5;

struct TaskCounts {
  std::array<ByFault, status_classes> requests{};
  Count degraded = 0;
  AnswerTimes duration;
  AnswerTimes ttft;
  void add(const TaskCounts& other);
};

struct RouteCounts {
  std::array<Count, status_classes> requests{};
  void add(const RouteCounts& other);
};

struct DeploymentCounts {
  ByFault attempts{};
  ByFault fallbacks{};  // somebody else was asked after it, by its fault
  Count served = 0;
  Count drilled = 0;  // attempts that a live drill answered or spoiled; not among `attempts`
  Count retries = 0;
  Count hedges_started = 0;
  Count hedges_won = 0;
  Count connections_new = 0;
  Count connections_reused = 0;
  std::array<Count, token_kinds> tokens{};
  Count cost_nanousd = 0;
  Count baseline_nanousd = 0;  // of what it served
  Count cost_unknown = 0;      // attempts
  AnswerTimes ttft;
  void add(const DeploymentCounts& other);
};

struct Metrics {
  // By place; the first of tasks and routes is for requests that have none.
  std::vector<TaskCounts> tasks;
  std::vector<RouteCounts> routes;
  std::vector<DeploymentCounts> deployments;
  OverheadTimes overhead;
  // [Resume::prefix, Resume::again][worked, failed]
  std::array<std::array<Count, 2>, 2> resumed{};
  std::array<Count, 2> repaired{};  // [worked, failed]
  std::array<Count, refusal_reason_count> refusals{};
  // By criticality; those that were turned away before they were read have no record.
  std::array<Count, criticality_count> shed{};
  void count_shed(Criticality criticality) { ++shed[static_cast<std::size_t>(criticality)]; }

  // One record whose status and fault are what its client is told. `policy` is the one that
  // decided it.
  void count(const Record& record, const ActivePolicy& policy);
  void add(const Metrics& other);

 private:
  void count_task(const Record& record, TaskCounts& task);
  static void count_money(const Outcome& outcome, DeploymentCounts& deployment);
  void count_outcome(const Outcome& outcome, DeploymentCounts& deployment);
  void count_fallbacks(const Record& record, const ActivePolicy& policy);
  void count_served(const Record& record, DeploymentCounts& deployment);
  DeploymentCounts& deployment_at(const ActivePolicy& policy, int deployment);
};

}  // namespace wye
