// Invariants of replay: what the pure functions say again of what is recorded. See invariants.h.
#include "policy/replay.h"
#include "sim/invariants.h"

namespace wye::sim {
Verdict decisions_replay(const Evidence& evidence) {
  for (const Kept& kept : evidence.kept) {
    if (kept.record.decided && !kept.replays)
      return Found{number_of(kept.row.client_id), "the plan made again differs"};
  }
  return std::nullopt;
}

Verdict steps_replay(const Evidence& evidence) {
  for (const Kept& kept : evidence.kept) {
    if (!kept.record.decided) continue;
    // Nobody is late in a simulated world.
    const StepsReplay steps = replay_steps(kept.plan, *kept.rules, kept.record, 0);
    if (steps.verdict == StepsReplay::Verdict::identical) continue;
    return Found{number_of(kept.row.client_id),
                 steps.what.empty() ? "the record does not say what next() was told" : steps.what};
  }
  return std::nullopt;
}

}  // namespace wye::sim
