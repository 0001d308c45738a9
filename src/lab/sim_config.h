// Sim config: what the provider simulator pretends to be: its models, how fast they speak, their
// limits and their faults. Plain values; read from JSON at the start and by its admin endpoint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "lab/sim_fault.h"

namespace wye {

struct SimModel {
  std::string name = "*";  // exact, or a beginning followed by '*'
  DurationMs ttft_ms = 0;
  double tokens_per_second = 0;  // 0: as fast as the connection takes them
  double jitter = 0;             // 0.2: each wait is up to 20 % shorter or longer
  int words_min = 20;
  int words_max = 60;
  std::int64_t context_tokens_max = 128'000;
  std::int64_t requests_per_minute = 0;  // 0: no limit
  std::int64_t tokens_per_minute = 0;
  // Calls only tools that the user dictates a call of (lab/sim_script.h). Else those that the user
  // mentions, too; the prompts of agents mention them by the way.
  bool calls_when_told = false;
  std::vector<SimFault> faults;  // the first that strikes is played
};

struct SimConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::uint64_t seed = 1;
  std::string api_key;           // when set, any other credential is refused
  std::size_t log_max = 10'000;  // requests that the log remembers
  bool log_bodies = false;
  std::vector<SimModel> models = {SimModel{}};
};

// {"seed":7,"models":[{"name":"*","ttft_ms":40,"faults":["status_500",{"kind":"cut","rate":0.1}]}]}.
// Every field may be left out; an unknown one is a Fault of kind config.
Result<SimConfig> parse_sim_config(std::string_view json);

// Which model was changed.
struct SimChange {
  std::string model;
  std::string made_from;  // the pattern that answered to a new model so far; "": it was there
};

// What POST /sim/v1/faults carries: the fields of one model, of which the given ones are changed.
// `name` says which model ("*" when absent). One that only a pattern answered to so far becomes a
// model of its own; one that nobody answers to is a Fault that lists those that are there.
Result<SimChange> change_sim_models(std::string_view json, std::vector<SimModel>& models);

// The model that answers to `name`: an exact one before the longest beginning; null when there is
// none.
SimModel* find_sim_model(std::vector<SimModel>& models, std::string_view name);

}  // namespace wye
