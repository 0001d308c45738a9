// Books: the one writer of the database. It learns from attempts, commits records many at a time,
// and publishes what decisions may know. All its state belongs to the books thread, except the few
// atomics in DeploymentLive that loops count with and the row journals, one of each loop's.
//
// Loops hand over work through a lock-free queue and wait for nobody: a record is safe as soon as
// its loop has written it to its own journal, and in the database a moment later.
#pragma once

#include <atomic>
#include <chrono>
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
  std::atomic<std::int64_t> tokens_in_flight{0};  // estimated, see tokens_expected()
  // All attempts so far, and what they were expected to use; see Counted.
  std::atomic<std::int64_t> begun{0};
  std::atomic<std::int64_t> tokens_begun{0};
  std::atomic<bool> probe_taken{false};
  std::atomic<std::uint64_t> opened{0};  // times its circuit did; counted by the books
};

// Of the attempts that began at a deployment those that the books have heard the end of: only they
// can be in its minute. What a loop has begun since is not lost on the way from its end to there.
struct Counted {
  std::int64_t attempts = 0;
  std::int64_t tokens = 0;  // expected
};

// The learnt state of every deployment, by slot. Immutable.
struct Snapshot {
  std::vector<DeploymentFacts> deployments;
  std::vector<Counted> counted;
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
    std::size_t late_max = 10'000;   // of those, records that no journal could take
    DurationMs retry_ms = 200;       // between tries at a failing store
    DurationMs tick_ms = 500;
    // After a commit the next one waits this long for company, so that the cost of a commit and of
    // waking this thread is shared by many. Readers of the database are behind by as much.
    std::chrono::microseconds gather{20'000};
  };

  // `clock` gives the time that decisions go by (see base/decision_clock.h); any thread calls it.
  Books(StoreWriter& store, std::function<TimeMs()> clock, Limits limits);
  ~Books();

  // Before start(). Opens the loop's journal; a Fault of kind store when it cannot be.
  Result<void> add_client(BooksClient& client);
  // What the operator shall know of the store and of deployments; called on the books thread.
  void set_notice(const Notice& notice) {
    notice_ = notice;
    watch_.set_notice(notice);
  }
  // Makes or finds the slots of a policy's deployments. On the main thread only.
  ActivePolicyPtr activate(RulesPtr rules);
  // The same policy for requests that a drill strikes: what they learn of `deployments` is kept
  // apart from what is known of them otherwise. On the main thread only.
  ActivePolicyPtr activate_drilled(const ActivePolicy& policy, const std::vector<int>& deployments);
  // What is known of the deployments that a drilled policy keeps apart is soon what is known of the
  // real ones. Any thread.
  void refresh_drilled(ActivePolicyPtr drilled);

  // An attempt that ended: who learns from it, and where its beginning was counted.
  struct Learnt {
    DeploymentLive* live = nullptr;
    Outcome outcome;
    DeploymentLive* counted_at = nullptr;  // null: nowhere
  };
  // Loops: one attempt ended badly; learn now, do not wait for its record.
  void note(Learnt learnt, RulesPtr rules);

  // What a loop hands over with its record.
  struct Append {
    StoredRecord row;
    RulesPtr rules;
    std::vector<Learnt> learnt;  // attempts that were not note()d
  };
  // On the loop's thread. Takes work on, for the next commit(). A Fault of kind store when the
  // journal has no room, and the request must then fail (the row is kept in memory for later).
  Result<void> stage(const BooksClient& client, Append work);
  // On the loop's thread. Well when the rows of all that was staged are in the kernel; a Fault of
  // kind store when the disk does not take them, and their requests must then fail as well.
  Result<void> commit(const BooksClient& client);

  // The time that decisions go by.
  TimeMs now() const { return clock_(); }

  // False while the store fails or is behind: take no new requests.
  bool ready() const { return is_writable() && !is_behind(); }
  bool is_writable() const;
  // The rows on their way are so many that what room is left belongs to requests under way.
  bool is_behind() const;
  // Why not, for people.
  std::string not_ready_reason() const;
  // Any thread.
  struct Waiting {
    std::size_t queued_rows = 0;  // on their way into the database
    std::size_t late_rows = 0;    // of those, in no journal: their requests were refused
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
  // What passes through the queue: a note, an append with its row, or a refresh.
  struct Entry {
    Entry* next = nullptr;
    Append work;
    bool has_row = false;
    std::size_t client = 0;
    std::uint64_t position = 0;  // in the client's journal; 0: it is not there
    ActivePolicyPtr refresh{};   // see refresh_drilled()
  };
  struct Client {
    BooksClient* loop = nullptr;
    std::unique_ptr<RowJournal> journal;
    std::vector<Entry*> staged{};  // the loop's own
    bool heard_from = false;       // has sent rows since it was last told news
    std::uint64_t position = 0;    // the newest of its rows in the batch
    std::uint64_t committed = 0;   // the newest in the database, when its journal was not told yet
  };

  void thread_main();
  void take_queue();
  void take_row(Entry& entry);
  Client& client_of(const BooksClient& loop);
  void hand_over(Entry* entry);
  void keep_late(Entry& entry);
  DeploymentLive& live_of(const std::string& name);
  void copy_health(const ActivePolicy& drilled);
  void learn_from(DeploymentLive& live, const Rules& rules, const Outcome& outcome, TimeMs now);
  void count(const Learnt& learnt);
  void tell_operator(const DeploymentLive& live, const DeploymentFacts& before,
                     const DeploymentFacts& after) const;
  void write_batch(TimeMs now);
  void finish_batch();
  void tell_journals();
  // Writes all rows, or those that the store does not refuse for their own sake. A Fault of kind
  // store when the store itself fails.
  Result<void> write_rows(const std::vector<StoredRecord>& rows, TimeMs now);
  void put_policies();
  void tick(TimeMs now);
  // Posts the news to the loops that are at work, or to all when they are urgent.
  void publish();
  SnapshotPtr take_snapshot();
  Health& health_of(const DeploymentLive& live);

  StoreWriter& store_;
  const std::function<TimeMs()> clock_;
  const Limits limits_;
  std::vector<Client> clients_;
  std::deque<DeploymentLive> live_;                    // stable addresses
  std::vector<std::string> task_names_, route_names_;  // by place less one; the main thread's

  // Shared with loops.
  MpscQueue<Entry> queue_;
  std::atomic<std::size_t> pending_{0};
  std::atomic<bool> store_ok_{true};
  std::atomic<bool> journals_ok_{true};
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> late_rows_{0};
  std::atomic<std::uint64_t> lost_rows_{0};

  // The books thread's own.
  Notice notice_;
  StoreWatch watch_;
  std::vector<StoredRecord> batch_;    // rows that are not in the database
  std::size_t batch_late_ = 0;         // of them, those of refused requests
  std::vector<RulesPtr> batch_rules_;  // their policies, neighbours differ
  std::uint64_t lost_told_ = 0;
  std::vector<std::string> policies_put_;  // fingerprints already in the store
  std::vector<Health> health_;             // by slot
  std::vector<Counted> counted_;           // by slot
  std::vector<RulesPtr> health_rules_;     // newest rules that spoke of a slot
  bool learnt_ = false;                    // since the last publish
  bool urgent_ = false;                    // a breaker or a limit changed: tell every loop
  std::vector<DeploymentLive*> probed_;    // their probes are given back with the next publish
  bool stale_clients_ = false;             // some loop has not heard the last news
  TimeMs retry_at_ = 0;
  TimeMs ticked_ = 0;
  std::thread thread_;
};

}  // namespace wye
