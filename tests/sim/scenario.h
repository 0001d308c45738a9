// Scenario: everything that is to happen in one run of the simulation, written out: policies, asks,
// troubles and the moment of the drain. Made from a seed; a failing one is made smaller by leaving
// parts of it out, and the same scenario always runs the same. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/units.h"
#include "io/stream.h"

namespace wye::sim {

// One request and the habits of its client.
struct AskPlan {
  int number = 0;  // also in its headers, so that records and provider logs can be matched
  MonoUs at_us = 0;
  std::string model;
  std::string content;
  bool stream = false;
  bool wants_usage = false;
  bool broken_body = false;  // not JSON
  bool wrong_key = false;
  bool no_fallback = false;
  std::int64_t timeout_ms = 0;  // x-wye-timeout-ms, 0: not sent
  std::int64_t tokens_max = 0;  // 0: not sent
  MonoUs leaves_after_us = 0;   // closes the connection then, whatever has come; 0: stays
  MonoUs read_pause_us = 0;     // between two reads; 0: reads as fast as bytes come
};

// Something that goes wrong for a while.
struct Trouble {
  enum class Kind : std::uint8_t {
    provider_fault,  // `setting` is a fault of the provider simulator, as JSON
    refused,         // connections to the provider
    no_name,         // its name does not resolve
    silent,          // bytes and connects vanish
    slow_network,    // `amount` is the latency in microseconds
    resets,          // a share of connections is reset after some bytes; `amount` in per cent
    restart,         // every open connection to the provider is reset, once
    store_full,      // or read-only: writes fail for a while
    store_errors,    // the next `amount` writes fail
    store_slow,      // the books get nothing done for a while
    clock_step,      // the wall clock is set by `amount` milliseconds and stays so
  };
  Kind kind = Kind::provider_fault;
  MonoUs at_us = 0;
  MonoUs for_us = 0;
  std::string provider;
  std::string setting;
  std::int64_t amount = 0;
};
const char* to_string(Trouble::Kind kind);

struct Reload {
  MonoUs at_us = 0;
  std::size_t policy = 0;  // index into Scenario::policies
};

// How fast a provider speaks and how long its answers are.
struct ProviderPlan {
  std::string name;
  std::uint64_t seed = 0;
  DurationMs ttft_ms = 0;
  double tokens_per_second = 0;
  int words_min = 5;
  int words_max = 20;
};

struct Scenario {
  std::uint64_t seed = 0;
  std::vector<ProviderPlan> providers;
  std::vector<std::string> policies;  // the first is in force at the start
  std::vector<AskPlan> asks;
  std::vector<Trouble> troubles;
  std::vector<Reload> reloads;
  MonoUs drain_at_us = 0;
  MonoUs drain_limit_us = 0;  // what is under way then is cut
  MonoUs books_delay_us = 1'000;
  std::size_t slow_buffer_bytes = 1'024;  // of the connections of slow readers
};

// As people read it.
std::string describe(const Scenario& scenario);

// The scenario of a seed.
Scenario make_scenario(std::uint64_t seed);

}  // namespace wye::sim
