// RecordRead: from the JSON of a record back to what its decision knew, so that it can be made
// again and compared byte for byte. Pure, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/outcome.h"
#include "core/rules.h"
#include "wire/json.h"

namespace wye {

// What a record says, without its plan in structs: decide() makes that again from `ask` and
// `facts`, and write_plan_json() must then give `plan_json`.
struct Replay {
  RequestId id = 0;
  std::string client_id;
  TimeMs started = 0;
  std::string fingerprint;  // its first digits, of the rules that decided
  std::string method_and_path;
  AskFacts ask;
  bool decided = false;  // a plan was made; facts and plan_json are there
  Facts facts;           // deployments that the record does not hold are as if nobody had seen them
  std::string plan_json;
  std::vector<Outcome> outcomes;
  int status = 0;
  std::optional<Fault> fault;
  std::string served_by;  // name of the deployment, "" when nobody served
  std::string degraded;
  std::string drill;
  Usage usage;
  NanoUsd cost_nanousd = 0;
  bool cost_known = true;
  NanoUsd baseline_cost_nanousd = -1;
  std::int64_t ttft_us = -1;
  std::int64_t total_us = 0;
  std::int64_t overhead_us = 0;
};

// `rules` are those whose fingerprint the store keeps beside the record. With other rules (a
// backtest) facts of deployments that they do not have are left out, and an outcome of one has
// deployment -1.
Result<Replay> read_record(std::string_view record_json, const Rules& rules);
// The same for who reads many, with a reader that is kept.
Result<Replay> read_record(JsonReader& reader, std::string_view record_json, const Rules& rules);

}  // namespace wye
