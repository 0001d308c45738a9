// AskFacts: all that a decision may know of a request. Recorded with it, so that the decision can
// be replayed. Holds no content of the request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"
#include "core/ability.h"

namespace wye {

// How the task was named; the first that is present wins.
enum class TaskSource : std::uint8_t {
  none,
  model,
  header,
  metadata,
  key
};
std::string_view to_string(TaskSource source);
std::optional<TaskSource> task_source_from(std::string_view name);

struct AskFacts {
  Endpoint endpoint = Endpoint::chat;
  std::string model;          // as the client wrote it
  std::string task_header;    // x-wye-task
  std::string task_metadata;  // body metadata.task
  std::string key;            // name of the virtual key, "" when none is configured
  std::string team;
  Abilities needs;
  std::int64_t input_tokens = 0;        // estimated
  std::int64_t output_tokens_max = -1;  // as the client limits it, -1: not limited
  int choices = 1;                      // n
  bool stream = false;
  bool no_fallback = false;       // x-wye-no-fallback
  NanoUsd max_cost_nanousd = -1;  // x-wye-max-cost-usd
  DurationMs timeout_ms = 0;      // x-wye-timeout-ms, can only shorten the deadline
  std::uint64_t user_hash = 0;    // of `user`, 0: none; for sticky: user
  std::uint64_t prefix_hash = 0;  // of the first messages, 0: none; for sticky: prompt_cache
  std::string maker;  // the dialect that made the signatures in its history, "" when there are none
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, std::string>> metadata;

  bool operator==(const AskFacts&) const = default;
};

}  // namespace wye
