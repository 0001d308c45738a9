// Chaos: prints what failover is measured by: the sixteen faults in every pair of dialects, and the
// figures beside them. Exit 1 when one is missed.
//
//   chaos [--scale 0.1]    fewer requests a figure
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "chaos/figures.h"
#include "stories/sixteen.h"

namespace wye::chaos {
namespace {

bool print_sixteen() {
  const auto pairs = story::all_pairs();
  std::size_t missed = 0;
  fmt::print(
      "## Sixteen faults, {} pairs of client and provider, each streamed and not\n\n"
      "| Fault | Passed | Missed |\n|---|---|---|\n",
      pairs.size() / 2);
  for (const story::Case& one : story::sixteen_cases()) {
    std::size_t passed = 0;
    std::string complaints;
    for (const story::Pair& pair : pairs) {
      const std::string complaint = one.play(pair);
      if (complaint.empty()) {
        ++passed;
      } else {
        complaints += fmt::format("{}: {}; ", story::name_of(pair), complaint);
      }
    }
    missed += pairs.size() - passed;
    fmt::print("| {} | {} of {} | {} |\n", one.name, passed, pairs.size(), complaints);
    std::fflush(stdout);
  }
  return missed == 0;
}

bool print_figures(double scale) {
  using Measure = Figure (*)(double);
  constexpr Measure measures[] = {half_of_one_provider_fails, load_with_a_dead_provider,
                                  load_when_everything_fails, calls_until_a_circuit_opens,
                                  probes_of_a_dead_provider,  cut_streams_that_look_whole,
                                  first_tokens_with_hedging,  reloads_under_load};
  bool all_held = true;
  fmt::print("\n## Figures\n\n| Figure | Wanted | Measured | |\n|---|---|---|---|\n");
  for (const Measure measure : measures) {
    const Figure figure = measure(scale);
    all_held = all_held && figure.held;
    fmt::print("| {} | {} | {} | {} |\n", figure.name, figure.bar, figure.measured,
               figure.held ? "held" : "**missed**");
    std::fflush(stdout);
  }
  return all_held;
}

}  // namespace
}  // namespace wye::chaos

int main(int argc, char** argv) {
  double scale = 1;
  if (argc == 3 && std::strcmp(argv[1], "--scale") == 0) scale = std::strtod(argv[2], nullptr);
  const bool sixteen = wye::chaos::print_sixteen();
  const bool figures = wye::chaos::print_figures(scale);
  return sixteen && figures ? EXIT_SUCCESS : EXIT_FAILURE;
}
