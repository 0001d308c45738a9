// Drill desk: starts live drills, ends them, and remembers how they went. One drill runs at a time:
// a second one would strike the fallbacks of the first, and neither verdict would say what it seems
// to. A drill ends by the clock whether or not anybody looks, when it is stopped, when the server
// drains, and when a reload takes its target or a task of it away; none outlives the process.
//
// Lives on the first loop, whose thread is the main one. Owned by the server.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "gateway/live_drill.h"
#include "io/async.h"
#include "io/world.h"

namespace wye {

// What somebody asked for.
struct DrillOrder {
  DrillFault fault = DrillFault::outage;
  std::string target;
  std::vector<std::string> tasks;
  DurationMs for_ms = 0;
  std::int64_t share_ppm = 0;
  std::int64_t expected_ppm = 990'000;
  std::string by;  // name of the key
};

struct DrillResult {
  bool met = false;
  std::int64_t number = 0;  // in the store, 0: it could not be kept there
  std::string json;
  std::string page;  // for people
};

// One drill of this process.
struct DrillEntry {
  LiveDrillPtr drill;
  TimeMs ended = 0;           // 0: it runs
  std::string ended_because;  // a phrase for people
  bool handed_over = false;   // to be judged
  std::optional<DrillResult> result;
};

class DrillDesk {
 public:
  // Hands the running drill to every loop; null: there is none any more.
  using Publish = std::function<void(LiveDrillPtr)>;
  // Takes a drill whose requests are all recorded, and calls take_result() on this loop later.
  using Judge = std::function<void(const DrillEntry&)>;

  // All outlive this.
  DrillDesk(World& world, Books& books, ActivePolicyPtr policy, Publish publish, Judge judge)
      : world_(world),
        books_(books),
        policy_(std::move(policy)),
        publish_(std::move(publish)),
        judge_(std::move(judge)) {}

  // Faults: bad_request for an order out of bounds, with a task or a target that the policy does
  // not have, and, with status 409, while another drill runs or ends; shutting_down.
  Result<LiveDrillPtr> start(const DrillOrder& order);
  // At once. Faults: not_found; bad_request with status 409 when it is over already.
  Result<void> stop(std::string_view id, std::string because);
  // After every loop was told of it.
  void accept_policy(ActivePolicyPtr policy);
  // The server drains: ends what runs and starts nothing any more.
  void close();
  // After the last record is written: hands over what still waits for its requests.
  void hand_over_rest();
  void take_result(std::string_view id, DrillResult result);

  // Null when none runs.
  const DrillEntry* running() const;
  const DrillEntry* find(std::string_view id) const;
  // Newest first.
  const std::deque<DrillEntry>& entries() const { return entries_; }

 private:
  Result<void> check_free() const;
  void end(std::string because);
  Async<void> watch(std::string id);
  void hand_over(DrillEntry& entry);
  DrillEntry* entry_of(std::string_view id);

  World& world_;
  Books& books_;
  ActivePolicyPtr policy_;
  Publish publish_;
  Judge judge_;
  RequestIds ids_{drill_loop};
  std::deque<DrillEntry> entries_;
  bool closed_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for those who wake later

  // Of the ids of drills; no loop has it.
  static constexpr unsigned drill_loop = 62;
};

}  // namespace wye
