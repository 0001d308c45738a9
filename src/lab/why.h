// Why: looks one request up in the store, makes its decision again from the recorded facts and the
// recorded policy, and tells both as people read it. Reading only; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/plan.h"
#include "core/record_read.h"
#include "core/rules.h"
#include "io/store.h"
#include "policy/replay.h"

namespace wye {

struct Why {
  Replay record;
  std::string record_json;
  RulesPtr rules;          // the recorded policy, read again
  Plan plan;               // decided again now
  bool identical = false;  // and its bytes equal the recorded ones
  StepsReplay steps;       // next() asked again after each attempt
};

// `id` is a request id of ours, an x-request-id of a client's, or "last". Faults: not_found, store,
// config (the recorded policy can no longer be read).
Result<Why> find_why(StoreReader& store, std::string_view id);

// As in a terminal; `color` adds ANSI colours.
std::string why_text(const Why& why, bool color);
// {"record":{...},"replay":{"identical":true,"steps":"identical",...}}
std::string why_json(const Why& why);

}  // namespace wye
