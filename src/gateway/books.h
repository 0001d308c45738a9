// Books: the one writer. It learns from attempts, appends records in group commits, and publishes
// what decisions may know. All its state belongs to the books thread, except the few atomics in
// DeploymentLive that loops count with.
//
// Loops hand over work through a lock-free queue and never wait for a lock. A coroutine that
// appends a record is resumed on its own loop once the row is in the kernel.
#pragma once

#include <atomic>
#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "core/facts.h"
#include "core/outcome.h"
#include "core/rules.h"
#include "gateway/mpsc_queue.h"
#include "gateway/store_watch.h"
#include "io/store.h"
#include "io/world.h"
#include "policy/learn.h"

namespace wye {

// What loops count themselves, one for each deployment name, alive as long as the books.
struct DeploymentLive {
  std::string name;
  std::size_t slot = 0;            // index into Snapshot::deployments
  DeploymentLive* real = nullptr;  // of one that a drill keeps apart: whom it stands for
  std::atomic<std::int32_t> in_flight{0};
  std::atomic<bool> probe_taken{false};
  std::atomic<std::uint64_t> opened{0};  // times its circuit did; counted by the books
};

// The learnt state of every deployment, by slot. Immutable.
struct Snapshot {
  std::vector<DeploymentFacts> deployments;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

// A policy in force, with the books' slots of its deployments. Immutable. A name keeps its slot and
// its place as long as the process lives, also through policies that do not have it.
struct ActivePolicy {
  RulesPtr rules;
  std::vector<DeploymentLive*> live;      // by index into rules->deployments
  std::vector<std::size_t> task_places;   // by index into rules->tasks, from 1
  std::vector<std::size_t> route_places;  // by index into rules->routes, from 1
};
using ActivePolicyPtr = std::shared_ptr<const ActivePolicy>;

// One loop as the books see it.
class BooksClient {
 public:
  virtual ~BooksClient() = default;
  virtual World& world() = 0;
  // On the loop's thread.
  virtual void accept_snapshot(SnapshotPtr snapshot) = 0;
};

class Books {
 public:
  struct Limits {
    std::size_t queue_max = 20'000;  // records under way; beyond it requests are refused
    std::size_t late_max = 10'000;   // records kept for a store that is not writable
    DurationMs give_up_ms = 2'000;   // how long an answer waits for a failing store
    DurationMs retry_ms = 200;       // between tries at a failing store
    DurationMs tick_ms = 500;
    // With several records in the last commit, the next waits this long for company: under load the
    // cost of a commit and of two thread switches is then shared by many.
    std::int64_t gather_us = 400;
  };

  // `clock` gives the time that decisions go by (see base/decision_clock.h); any thread calls it.
  Books(StoreWriter& store, std::function<TimeMs()> clock, Limits limits);
  ~Books();

  // Before start().
  void add_client(BooksClient& client);
  // What the operator shall know of the store; called on the books thread.
  void set_notice(Notice notice) { watch_.set_notice(std::move(notice)); }
  // Makes or finds the slots of a policy's deployments. On the main thread only.
  ActivePolicyPtr activate(RulesPtr rules);
  // The same policy for requests that a drill strikes: what they learn of `deployments` is kept
  // apart from what is known of them otherwise. On the main thread only.
  ActivePolicyPtr activate_drilled(const ActivePolicy& policy, const std::vector<int>& deployments);
  // What is known of the deployments that a drilled policy keeps apart is soon what is known of the
  // real ones. Any thread.
  void refresh_drilled(ActivePolicyPtr drilled);

  // Loops: one attempt ended badly; learn now, do not wait for its record.
  void note(DeploymentLive& live, RulesPtr rules, const Outcome& outcome);

  // What a loop hands over with its record.
  struct Learnt {
    DeploymentLive* live = nullptr;
    Outcome outcome;
  };
  struct Append {
    StoredRecord row;
    RulesPtr rules;
    std::vector<Learnt> learnt;  // attempts that were not note()d
  };
  struct AppendAwaiter;
  // Suspends until the row is in the kernel (a value), or the store could not take it in time (a
  // Fault of kind store; the row is then kept for later).
  AppendAwaiter append(BooksClient& client, Append work);

  // The time that decisions go by.
  TimeMs now() const { return clock_(); }

  // False while the store fails or the queue is full: take no new requests.
  bool ready() const;
  // Why not, for people.
  std::string not_ready_reason() const;
  // Any thread.
  struct Waiting {
    std::size_t queued_rows = 0;  // their requests wait for them
    std::size_t late_rows = 0;    // their requests were refused meanwhile
    std::uint64_t lost_rows = 0;  // so far: too many were late
  };
  Waiting waiting() const;

  // Runs the books on a thread of their own.
  void start();
  // Writes what is queued and ends the thread.
  void stop();
  // One round by hand, for the simulator: true when there was work.
  bool run_once();
  // Something was handed over since the last round. For the simulator.
  bool has_work() const { return !queue_.empty(); }

 private:
  struct Entry;
  void thread_main();
  void take_queue();
  DeploymentLive& live_of(const std::string& name);
  void copy_health(const ActivePolicy& drilled);
  void learn_from(DeploymentLive& live, const Rules& rules, const Outcome& outcome, TimeMs now);
  void write_batch(TimeMs now);
  void finish_batch();
  void give_up();
  // Writes all rows, or those that the store does not refuse for their own sake; gives the refused.
  // A Fault of kind store when the store itself fails.
  Result<std::vector<std::size_t>> write_rows(const std::vector<StoredRecord>& rows);
  void put_policies();
  void tick(TimeMs now);
  // Posts to each loop what concerns it, in one go: news, and the coroutines whose rows are
  // written.
  void deliver(bool with_batch);
  SnapshotPtr take_snapshot();
  Health& health_of(const DeploymentLive& live);

  StoreWriter& store_;
  const std::function<TimeMs()> clock_;
  const Limits limits_;
  std::vector<BooksClient*> clients_;
  std::deque<DeploymentLive> live_;                    // stable addresses
  std::vector<std::string> task_names_, route_names_;  // by place less one; the main thread's

  // Shared with loops.
  MpscQueue<Entry> queue_;
  std::atomic<std::size_t> pending_{0};
  std::atomic<bool> store_ok_{true};
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> late_rows_{0};
  std::atomic<std::uint64_t> lost_rows_{0};

  // The books thread's own.
  StoreWatch watch_;
  std::size_t last_batch_ = 0;             // records in the last commit
  std::vector<Entry*> batch_;              // appends waiting for their commit
  std::deque<StoredRecord> late_;          // rows whose requests were refused meanwhile
  std::vector<std::string> policies_put_;  // fingerprints already in the store
  std::vector<Health> health_;             // by slot
  std::vector<RulesPtr> health_rules_;     // newest rules that spoke of a slot
  bool learnt_ = false;                    // since the last publish
  bool urgent_ = false;                    // a breaker or a limit changed: tell every loop
  std::vector<DeploymentLive*> probed_;    // their probes are given back with the next publish
  bool stale_clients_ = false;             // some loop has not heard the last news
  TimeMs batch_since_ = 0;
  TimeMs retry_at_ = 0;
  TimeMs ticked_ = 0;
  std::thread thread_;
};

// An entry of the queue: a note or a refresh (freed by the books) or an append (lives in the
// awaiting frame).
struct Books::Entry {
  Entry* next = nullptr;
  bool is_append = false;
  Append work;
  ActivePolicyPtr refresh;  // see refresh_drilled()
  BooksClient* client = nullptr;
  std::coroutine_handle<> waiter;
  std::optional<Fault> fault;
};

struct Books::AppendAwaiter {
  Books& books;
  Entry entry;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    entry.waiter = waiter;
    books.pending_.fetch_add(1, std::memory_order_relaxed);
    books.queue_.push(&entry);
  }
  Result<void> await_resume() {
    if (entry.fault) return fail(std::move(*entry.fault));
    return {};
  }
};

}  // namespace wye
