// Drill traffic: the requests that a drill plays, made of what the records say of requests (size,
// stream, needs, key, task; bodies are not recorded), and the pace at which each deployment was
// measured to answer. Reading only; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/ask_facts.h"
#include "core/record_read.h"
#include "core/rules.h"
#include "io/store.h"

namespace wye {

// How a deployment answers.
struct DeploymentPace {
  bool measured = false;  // false: nobody saw it answer, and it is given the usual pace
  std::int64_t answers = 0;
  DurationMs ttft_ms = 500;
  double tokens_per_second = 60;
  double jitter = 0.2;           // each wait is up to this share shorter or longer
  std::int64_t tokens_min = 40;  // length of its answers: the tenth and the ninetieth of a hundred
  std::int64_t tokens_max = 200;
};

struct TrafficAsk {
  std::int64_t offset_us = 0;  // within one round of the traffic
  AskFacts ask;
};

struct Traffic {
  std::vector<TrafficAsk> asks;       // by offset
  std::vector<DeploymentPace> paces;  // by index into Rules::deployments
  bool synthetic = false;
  TimeMs first = 0;  // when the oldest of them was recorded
  TimeMs last = 0;
  double speed = 1;           // so many times as fast as recorded
  std::int64_t left_out = 0;  // recorded, but of a kind or a key that cannot be played
};

struct TrafficChoice {
  std::string task = {};    // "": all
  int requests_max = 200;   // the newest so many
  DurationMs since_ms = 0;  // none older than this, 0: any
  TimeMs now = 0;
  DurationMs round_ms = 60'000;  // what one round of the traffic takes
};

// Faults: not_found when there is nothing to play, store.
Result<Traffic> read_traffic(StoreReader& store, const Rules& rules, const TrafficChoice& choice);

// `count` requests that nobody recorded: half of them streamed, of different sizes, for the task
// of `choice` or, without one, for each task in turn. Faults: not_found without any task.
Result<Traffic> synthetic_traffic(const Rules& rules, const TrafficChoice& choice, int count);

// From outcomes that were answered; `usual` stands when there are none.
DeploymentPace pace_of(const std::vector<Outcome>& answered);

}  // namespace wye
