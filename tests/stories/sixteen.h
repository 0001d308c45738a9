// The sixteen ways in which a provider lets a client down that failover is measured by, in every
// pair of client's and provider's dialect, streamed and not. Each is played in the simulated world
// and judged by what the client got and what the providers saw. Used by the tests and by `make
// chaos`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/deployment.h"

namespace wye::story {

// Who speaks what.
struct Pair {
  DialectId client;
  DialectId provider;
  bool stream;
};
std::string name_of(const Pair& pair);
// Three dialects on each side, streamed and not.
std::span<const Pair> all_pairs();

struct Case {
  std::string_view name;
  // Plays it; "" when all was as it must be, else what was not.
  std::string (*play)(const Pair& pair);
};
std::span<const Case> sixteen_cases();

}  // namespace wye::story
