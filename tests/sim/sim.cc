// sim: runs scenarios from seeds until one breaks an invariant, so many requests were made, or it
// is stopped.
//   sim [--seed N] [--asks N] [--shrink RUNS] [--keep-going]
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string_view>

#include "sim/report.h"
#include "sim/shrink.h"
#include "sim/simulation.h"

namespace wye::sim {
namespace {

struct Options {
  std::uint64_t seed = 1;
  std::int64_t asks_max = -1;  // -1: no end
  int shrink_runs = 300;
  bool keep_going = false;  // counts breaches instead of stopping at the first
};

struct Progress {
  std::uint64_t seeds = 0;
  std::int64_t asks = 0;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told = begun;

  void tell(std::uint64_t seed, bool always) {
    const auto now = std::chrono::steady_clock::now();
    if (!always && now - told < std::chrono::seconds(5)) return;
    told = now;
    const double seconds = std::chrono::duration<double>(now - begun).count();
    fmt::print(stderr, "seed {}: {} seeds, {} asks, {:.0f} seeds/s, {:.0f} asks/s\n", seed, seeds,
               asks, static_cast<double>(seeds) / seconds, static_cast<double>(asks) / seconds);
  }
};

void tell(const Scenario& scenario, const Breach& first, int shrink_runs) {
  fmt::print(stderr, "seed {} breaks {}: {}\nmaking it smaller...\n", scenario.seed,
             first.invariant, first.what);
  const Scenario smallest = shrink(scenario, first, shrink_runs);
  Simulation again(smallest, true);
  const Evidence evidence = again.run();
  const std::optional<Breach> breach = judge(evidence);
  fmt::print(stderr, "{}", report(smallest, breach.value_or(first), evidence));
}

int run(const Options& options) {
  Progress progress;
  std::map<std::string, std::vector<std::uint64_t>> breaches;
  std::uint64_t seed = options.seed;
  for (; options.asks_max < 0 || progress.asks < options.asks_max; ++seed) {
    const Scenario scenario = make_scenario(seed);
    const std::optional<Breach> breach = run_and_judge(scenario);
    ++progress.seeds;
    progress.asks += static_cast<std::int64_t>(scenario.asks.size());
    progress.tell(seed, false);
    if (!breach) continue;
    if (!options.keep_going) {
      tell(scenario, *breach, options.shrink_runs);
      return EXIT_FAILURE;
    }
    breaches[std::string(breach->invariant)].push_back(seed);
    fmt::print(stderr, "seed {} breaks {}: {}\n", seed, breach->invariant, breach->what);
  }
  progress.tell(seed - 1, true);
  for (const auto& [invariant, seeds] : breaches) {
    fmt::print(stderr, "{}: {} seeds, the first is {}\n", invariant, seeds.size(), seeds.front());
  }
  return breaches.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    const char* value = i + 1 < count ? arguments[i + 1] : "";
    if (name == "--keep-going") {
      options.keep_going = true;
      continue;
    }
    ++i;
    if (name == "--seed") options.seed = std::strtoull(value, nullptr, 10);
    if (name == "--asks") options.asks_max = std::strtoll(value, nullptr, 10);
    if (name == "--shrink") options.shrink_runs = static_cast<int>(std::strtol(value, nullptr, 10));
  }
  return options;
}

}  // namespace
}  // namespace wye::sim

int main(int count, char** arguments) {
  return wye::sim::run(wye::sim::read_options(count, arguments));
}
