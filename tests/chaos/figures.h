// The figures of failover beyond the sixteen faults, each measured in the simulated world with the
// real gateway and printed beside its bar.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace wye::chaos {

struct Figure {
  std::string_view name;
  std::string_view bar;  // as it is asked for
  std::string measured;
  bool held = false;
};

// Each takes a number of requests, scaled by `scale` (1: the whole figure).
Figure half_of_one_provider_fails(double scale);
Figure load_with_a_dead_provider(double scale);
Figure load_when_everything_fails(double scale);
Figure calls_until_a_circuit_opens(double scale);
Figure probes_of_a_dead_provider(double scale);
Figure cut_streams_that_look_whole(double scale);
Figure first_tokens_with_hedging(double scale);
Figure reloads_under_load(double scale);

}  // namespace wye::chaos
