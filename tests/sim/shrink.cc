// Shrink. See shrink.h.
#include "sim/shrink.h"

#include <algorithm>

#include "sim/simulation.h"

namespace wye::sim {
namespace {

class Shrinker {
 public:
  Shrinker(const Scenario& failing, const Breach& breach, int runs_max)
      : best_(failing), breach_(breach), runs_left_(runs_max) {}

  Scenario run() {
    bool smaller = true;
    while (smaller && runs_left_ > 0) {
      smaller = thin(&Scenario::asks);
      smaller = thin(&Scenario::troubles) || smaller;
      smaller = thin(&Scenario::reloads) || smaller;
      smaller = plainer_asks() || smaller;
    }
    return best_;
  }

 private:
  bool still_fails(const Scenario& candidate) {
    if (runs_left_-- <= 0) return false;
    const std::optional<Breach> breach = run_and_judge(candidate);
    return breach && breach->invariant == breach_.invariant;
  }

  // Leaves out halves of a list, then quarters, down to single entries.
  template <class Entry>
  bool thin(std::vector<Entry> Scenario::*list) {
    bool smaller = false;
    for (std::size_t part = std::max<std::size_t>(1, (best_.*list).size() / 2); part > 0;
         part /= 2) {
      for (std::size_t at = 0; at < (best_.*list).size();) {
        Scenario candidate = best_;
        std::vector<Entry>& entries = candidate.*list;
        const std::size_t end = std::min(at + part, entries.size());
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(at),
                      entries.begin() + static_cast<std::ptrdiff_t>(end));
        if (still_fails(candidate)) {
          best_ = std::move(candidate);
          smaller = true;
        } else {
          at += part;
        }
        if (runs_left_ <= 0) return smaller;
      }
    }
    return smaller;
  }

  // The habits of clients that have nothing to do with it.
  bool plainer_asks() {
    bool smaller = false;
    for (std::size_t i = 0; i < best_.asks.size(); ++i) {
      AskPlan plain;
      plain.number = best_.asks[i].number;
      plain.at_us = best_.asks[i].at_us;
      plain.model = best_.asks[i].model;
      plain.content = best_.asks[i].content;
      plain.stream = best_.asks[i].stream;
      if (body_of(plain) == body_of(best_.asks[i]) && best_.asks[i].leaves_after_us == 0 &&
          best_.asks[i].read_pause_us == 0 && best_.asks[i].timeout_ms == 0)
        continue;
      Scenario candidate = best_;
      candidate.asks[i] = plain;
      if (!still_fails(candidate)) continue;
      best_ = std::move(candidate);
      smaller = true;
    }
    return smaller;
  }

  Scenario best_;
  const Breach& breach_;
  int runs_left_;
};

}  // namespace

std::optional<Breach> run_and_judge(const Scenario& scenario) {
  Simulation simulation(scenario, false);
  return judge(simulation.run());
}

Scenario shrink(const Scenario& failing, const Breach& breach, int runs_max) {
  return Shrinker(failing, breach, runs_max).run();
}

}  // namespace wye::sim
