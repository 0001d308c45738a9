#include "gateway/books.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace wye {
namespace {

// No deployment of a file can be called so.
constexpr const char* drilled_suffix = " (drilled)";

template <class Named>
std::vector<std::size_t> places_of(const std::vector<Named>& all, std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  places.reserve(all.size());
  for (const Named& one : all) {
    const auto found = std::find(names.begin(), names.end(), one.name);
    places.push_back(static_cast<std::size_t>(found - names.begin()) + 1);
    if (found == names.end()) names.push_back(one.name);
  }
  return places;
}

}  // namespace

Books::Books(StoreWriter& store, std::function<TimeMs()> clock, Limits limits)
    : store_(store), clock_(std::move(clock)), limits_(limits) {}

Books::~Books() { stop(); }

void Books::add_client(BooksClient& client) { clients_.push_back(&client); }

DeploymentLive& Books::live_of(const std::string& name) {
  const auto found = std::find_if(live_.begin(), live_.end(),
                                  [&](const DeploymentLive& live) { return live.name == name; });
  if (found != live_.end()) return *found;
  DeploymentLive& live = live_.emplace_back();
  live.name = name;
  live.slot = live_.size() - 1;
  return live;
}

ActivePolicyPtr Books::activate(RulesPtr rules) {
  auto policy = std::make_shared<ActivePolicy>();
  for (const Deployment& deployment : rules->deployments) {
    policy->live.push_back(&live_of(deployment.name));
  }
  policy->task_places = places_of(rules->tasks, task_names_);
  policy->route_places = places_of(rules->routes, route_names_);
  policy->rules = std::move(rules);
  return policy;
}

ActivePolicyPtr Books::activate_drilled(const ActivePolicy& policy,
                                        const std::vector<int>& deployments) {
  auto drilled = std::make_shared<ActivePolicy>(policy);
  for (const int deployment : deployments) {
    DeploymentLive*& live = drilled->live[static_cast<std::size_t>(deployment)];
    DeploymentLive& apart = live_of(live->name + drilled_suffix);
    apart.real = live;
    live = &apart;
  }
  return drilled;
}

void Books::refresh_drilled(ActivePolicyPtr drilled) {
  auto* entry = new Entry;
  entry->refresh = std::move(drilled);
  queue_.push(entry);
}

void Books::copy_health(const ActivePolicy& drilled) {
  for (const DeploymentLive* live : drilled.live) {
    if (live->real == nullptr) continue;
    Health known = health_of(*live->real);
    health_of(*live) = std::move(known);
    health_rules_[live->slot] = drilled.rules;
  }
  learnt_ = true;
  urgent_ = true;
}

void Books::note(DeploymentLive& live, RulesPtr rules, const Outcome& outcome) {
  auto* entry = new Entry;
  entry->work.rules = std::move(rules);
  entry->work.learnt.push_back({&live, outcome});
  queue_.push(entry);
}

Books::AppendAwaiter Books::append(BooksClient& client, Append work) {
  AppendAwaiter awaiter{*this, {}};
  awaiter.entry.is_append = true;
  awaiter.entry.client = &client;
  awaiter.entry.work = std::move(work);
  return awaiter;
}

bool Books::ready() const {
  return store_ok_.load(std::memory_order_relaxed) &&
         pending_.load(std::memory_order_relaxed) < limits_.queue_max;
}

std::string Books::not_ready_reason() const {
  if (!store_ok_.load(std::memory_order_relaxed)) {
    return "the record store cannot be written (disk full or read-only?); wye answers nothing "
           "that it cannot record, and goes on by itself when the store is writable again";
  }
  return "too many records wait to be written; try again shortly";
}

Books::Waiting Books::waiting() const {
  return {pending_.load(std::memory_order_relaxed), late_rows_.load(std::memory_order_relaxed),
          lost_rows_.load(std::memory_order_relaxed)};
}

void Books::start() {
  thread_ = std::thread([this] { thread_main(); });
}

void Books::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  queue_.wake();
  thread_.join();
}

void Books::thread_main() {
  while (true) {
    const bool stopping = stopping_.load();
    const bool worked = run_once();
    if (stopping && !worked) return;
    if (worked && batch_.empty()) continue;
    const bool busy = !batch_.empty() || !store_ok_.load(std::memory_order_relaxed);
    queue_.wait_for(std::chrono::milliseconds(busy ? limits_.retry_ms : limits_.tick_ms));
    if (last_batch_ > 1) std::this_thread::sleep_for(std::chrono::microseconds(limits_.gather_us));
  }
}

bool Books::run_once() {
  const std::size_t waiting_before = batch_.size();
  take_queue();
  const TimeMs now = clock_();
  const bool new_work = learnt_ || batch_.size() != waiting_before;
  const bool retry = !store_ok_.load(std::memory_order_relaxed) && now >= retry_at_;
  if (batch_.size() != waiting_before || retry) {
    write_batch(now);
  } else if (!batch_.empty() && now - batch_since_ >= limits_.give_up_ms) {
    give_up();
  }
  if (now - ticked_ >= limits_.tick_ms) tick(now);
  if (urgent_ || !probed_.empty()) deliver(false);
  if (!new_work && batch_.empty() && store_ok_.load(std::memory_order_relaxed)) store_.idle();
  return new_work;
}

void Books::take_queue() {
  const TimeMs now = clock_();
  for (Entry* entry = queue_.take_all(); entry != nullptr;) {
    Entry* const next = entry->next;
    if (entry->refresh) copy_health(*entry->refresh);
    for (const Learnt& learnt : entry->work.learnt) {
      learn_from(*learnt.live, *entry->work.rules, learnt.outcome, now);
      health_rules_[learnt.live->slot] = entry->work.rules;
      if (learnt.outcome.holds_probe) probed_.push_back(learnt.live);
    }
    if (entry->is_append) {
      if (batch_.empty()) batch_since_ = now;
      batch_.push_back(entry);
    } else {
      delete entry;
    }
    entry = next;
  }
}

Health& Books::health_of(const DeploymentLive& live) {
  if (health_.size() <= live.slot) {
    health_.resize(live.slot + 1);
    health_rules_.resize(live.slot + 1);
  }
  return health_[live.slot];
}

void Books::learn_from(DeploymentLive& live, const Rules& rules, const Outcome& outcome,
                       TimeMs now) {
  Health& health = health_of(live);
  const DeploymentFacts before = health.facts;
  learn(health, rules.reliability, outcome, now);
  learnt_ = true;
  // Also from open to open, when a probe has failed.
  if (health.facts.breaker == BreakerState::open && before.open_until != health.facts.open_until) {
    live.opened.fetch_add(1, std::memory_order_relaxed);
  }
  // A probe that failed leaves the circuit open, until later.
  urgent_ = urgent_ || before.breaker != health.facts.breaker ||
            before.open_until != health.facts.open_until ||
            before.limited_until != health.facts.limited_until ||
            before.out_until != health.facts.out_until;
}

void Books::put_policies() {
  for (const Entry* entry : batch_) {
    const Rules& rules = *entry->work.rules;
    if (std::find(policies_put_.begin(), policies_put_.end(), rules.fingerprint) !=
        policies_put_.end()) {
      continue;
    }
    const StoredPolicy policy{rules.fingerprint, clock_(), rules.source_path, rules.source_text,
                              rules.catalog_json};
    if (store_.put_policy(policy)) policies_put_.push_back(rules.fingerprint);
  }
}

Result<std::vector<std::size_t>> Books::write_rows(const std::vector<StoredRecord>& rows) {
  std::vector<std::size_t> refused;
  Result<void> written = store_.append(rows);
  if (!written && written.error().kind != FaultKind::store) {
    // One row spoils the transaction of all; the same rows again, one by one, are kept once.
    written = {};
    for (std::size_t i = 0; i < rows.size() && written; ++i) {
      Result<void> one = store_.append({&rows[i], 1});
      if (!one && one.error().kind != FaultKind::store) {
        refused.push_back(i);
      } else {
        written = std::move(one);
      }
    }
  }
  store_ok_.store(written.has_value(), std::memory_order_relaxed);
  if (!written) {
    watch_.failed(written.error());
    return fail(std::move(written.error()));
  }
  watch_.took_rows();
  return refused;
}

// Late rows go first: they are older, and a store that takes them takes the batch too.
void Books::write_batch(TimeMs now) {
  put_policies();
  std::vector<StoredRecord> rows;
  rows.reserve(late_.size() + batch_.size());
  for (StoredRecord& late : late_) rows.push_back(std::move(late));
  const std::size_t late_count = rows.size();
  for (Entry* entry : batch_) rows.push_back(std::move(entry->work.row));
  if (const Result<std::vector<std::size_t>> refused = write_rows(rows)) {
    late_.clear();
    late_rows_.store(0, std::memory_order_relaxed);
    for (const std::size_t index : *refused) {
      if (index < late_count) continue;
      batch_[index - late_count]->fault =
          fault(FaultKind::internal, "the record store refused the record of this request");
    }
    finish_batch();
    return;
  }
  retry_at_ = now + limits_.retry_ms;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i < late_count) {
      late_[i] = std::move(rows[i]);
    } else {
      batch_[i - late_count]->work.row = std::move(rows[i]);
    }
  }
  if (!batch_.empty() && now - batch_since_ >= limits_.give_up_ms) give_up();
}

// The rows are kept for later, as what their clients were told in the end.
void Books::give_up() {
  const Fault reason = fault(FaultKind::store, not_ready_reason());
  std::int64_t dropped = 0;
  for (Entry* entry : batch_) {
    entry->fault = reason;
    if (late_.size() >= limits_.late_max) {
      ++dropped;
      continue;
    }
    entry->work.row.status = traits(reason.kind).status;
    entry->work.row.fault = to_string(reason.kind);
    late_.push_back(std::move(entry->work.row));
  }
  late_rows_.store(late_.size(), std::memory_order_relaxed);
  lost_rows_.fetch_add(static_cast<std::uint64_t>(dropped), std::memory_order_relaxed);
  if (dropped > 0) watch_.dropped(dropped, clock_());
  finish_batch();
}

void Books::finish_batch() {
  deliver(true);
  pending_.fetch_sub(batch_.size(), std::memory_order_relaxed);
  last_batch_ = batch_.size();
  batch_.clear();
}

void Books::tick(TimeMs now) {
  ticked_ = now;
  watch_.tick(now);
  for (std::size_t slot = 0; slot < health_.size(); ++slot) {
    if (!health_rules_[slot]) continue;
    const DeploymentFacts before = health_[slot].facts;
    wye::tick(health_[slot], health_rules_[slot]->reliability.breaker, now);
    learnt_ = learnt_ || !(before == health_[slot].facts);
  }
  // Whoever was not told of earlier news is told now.
  if (std::exchange(stale_clients_, false)) learnt_ = true;
  urgent_ = urgent_ || learnt_;
}

SnapshotPtr Books::take_snapshot() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->deployments.reserve(health_.size());
  for (const Health& health : health_) snapshot->deployments.push_back(health.facts);
  return snapshot;
}

// A loop that waits for nothing hears of changes that matter to routing at once, and of the rest
// with the next tick, so that it is not woken for every request of the others.
void Books::deliver(bool with_batch) {
  const SnapshotPtr snapshot = learnt_ ? take_snapshot() : nullptr;
  // Grouped before the first post: a loop that is told resumes its coroutines at once, and their
  // entries of the batch die with them.
  std::vector<std::vector<std::coroutine_handle<>>> waiters(clients_.size());
  if (with_batch) {
    for (const Entry* entry : batch_) {
      const auto client = std::find(clients_.begin(), clients_.end(), entry->client);
      waiters[static_cast<std::size_t>(client - clients_.begin())].push_back(entry->waiter);
    }
  }
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (waiters[i].empty() && !(snapshot && urgent_)) {
      stale_clients_ = stale_clients_ || snapshot != nullptr;
      continue;
    }
    clients_[i]->world().post([client = clients_[i], snapshot, resumed = std::move(waiters[i])] {
      if (snapshot) client->accept_snapshot(snapshot);
      for (const std::coroutine_handle<> waiter : resumed) waiter.resume();
    });
  }
  learnt_ = false;
  urgent_ = false;
  for (DeploymentLive* const live : probed_) live->probe_taken.store(false);
  probed_.clear();
}

}  // namespace wye
