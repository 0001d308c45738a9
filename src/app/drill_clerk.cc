#include "app/drill_clerk.h"

#include <utility>

#include "app/log.h"
#include "io/drill_store.h"
#include "io/store.h"
#include "io/thread_name.h"
#include "lab/live_verdict.h"

namespace wye {
namespace {

StoredDrill stored(const LiveVerdict& live, const LiveDrill& drill) {
  StoredDrill row;
  row.at = drill.began;
  row.policy = drill.base->rules->fingerprint;
  row.fault = to_string(drill.fault);
  row.target = drill.target.name;
  for (const std::string& task : drill.task_names) {
    if (!row.task.empty()) row.task += ", ";
    row.task += task;
  }
  row.success_ppm = live.verdict.success_ppm;
  row.expected_ppm = live.verdict.expected_ppm;
  row.page = live_text(live, drill, false);
  row.body = live_json(live, drill);
  return row;
}

}  // namespace

DrillClerk::DrillClerk(std::string store_path, Done done)
    : store_path_(std::move(store_path)), done_(std::move(done)), thread_([this] { work(); }) {}

DrillClerk::~DrillClerk() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void DrillClerk::judge(DrillEntry entry) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(entry));
  }
  wake_.notify_one();
}

void DrillClerk::work() {
  name_thread("wye-drills");
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const DrillEntry entry = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    done_(entry.drill->id, judge_one(entry));
  }
}

// A verdict that cannot be kept is a verdict all the same; one that cannot be made says why.
DrillResult DrillClerk::judge_one(const DrillEntry& entry) const {
  DrillResult result;
  const auto failed = [&](const Fault& fault) {
    log::error("{}: {}", entry.drill->id, fault.message);
    result.page += "the verdict: " + fault.message + "\n";
    return result;
  };
  auto store = open_sqlite_reader(store_path_);
  if (!store) return failed(store.error());
  const Result<LiveVerdict> live = judge_live(**store, entry);
  if (!live) return failed(live.error());
  const StoredDrill row = stored(*live, *entry.drill);
  result.met = live->verdict.met();
  result.json = row.body;
  result.page = row.page;
  const Result<std::int64_t> number = put_drill(store_path_, row);
  if (!number) return failed(number.error());
  result.number = *number;
  log::info("{} of {}: {}, kept as drill {}", row.fault, row.target,
            result.met ? "survived" : "not survived", *number);
  return result;
}

}  // namespace wye
