#include "gateway/books.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/health_news.h"
#include "io/thread_name.h"

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

Books::~Books() {
  stop();
  for (Client& client : clients_) {
    for (Entry* entry : client.staged) delete entry;
  }
  for (Entry* entry = queue_.take_all(); entry != nullptr;) {
    delete std::exchange(entry, entry->next);
  }
}

Result<void> Books::add_client(BooksClient& client) {
  Result<std::unique_ptr<RowJournal>> journal = store_.open_journal();
  if (!journal) return fail(std::move(journal.error()));
  clients_.push_back({&client, std::move(*journal)});
  return {};
}

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
    if (apart.real == nullptr) apart.real = live;  // others may be reading it
    live = &apart;
  }
  return drilled;
}

void Books::refresh_drilled(ActivePolicyPtr drilled) {
  auto* entry = new Entry;
  entry->refresh = std::move(drilled);
  queue_.push_urgent(entry);
}

void Books::copy_health(const ActivePolicy& drilled) {
  for (const DeploymentLive* live : drilled.live) {
    if (live->real == nullptr) continue;
    const Health known = health_of(*live->real);  // the list may move
    health_of(*live) = known;
    health_rules_[live->slot] = drilled.rules;
  }
  learnt_ = true;
  urgent_ = true;
}

void Books::note(Learnt learnt, RulesPtr rules) {
  auto* entry = new Entry;
  entry->work.rules = std::move(rules);
  entry->work.learnt.push_back(std::move(learnt));
  queue_.push_urgent(entry);
}

Books::Client& Books::client_of(const BooksClient& loop) {
  return *std::find_if(clients_.begin(), clients_.end(),
                       [&](const Client& one) { return one.loop == &loop; });
}

Result<void> Books::stage(const BooksClient& loop, Append work) {
  Client& client = client_of(loop);
  Result<std::uint64_t> position = client.journal->put(work.row);
  auto* entry =
      new Entry{nullptr, std::move(work), true, static_cast<std::size_t>(&client - clients_.data()),
                position.value_or(0)};
  if (position) {
    client.staged.push_back(entry);
    return {};
  }
  keep_late(*entry);
  hand_over(entry);
  return fail(std::move(position.error()));
}

Result<void> Books::commit(const BooksClient& loop) {
  Client& client = client_of(loop);
  Result<void> kept = client.journal->flush();
  for (Entry* entry : client.staged) {
    if (!kept) keep_late(*entry);
    hand_over(entry);
  }
  client.staged.clear();
  return kept;
}

void Books::hand_over(Entry* entry) {
  const std::vector<Learnt>& learnt = entry->work.learnt;
  const bool urgent = entry->position == 0 ||
                      std::any_of(learnt.begin(), learnt.end(),
                                  [](const Learnt& one) { return one.outcome.holds_probe; });
  if (entry->has_row) pending_.fetch_add(1, std::memory_order_relaxed);
  urgent ? queue_.push_urgent(entry) : queue_.push(entry);
}

// The row of a request that is refused now, as what its client is told in the end.
void Books::keep_late(Entry& entry) {
  entry.position = 0;
  journals_ok_.store(false, std::memory_order_relaxed);
  entry.work.row.status = traits(FaultKind::store).status;
  entry.work.row.fault = to_string(FaultKind::store);
  if (late_rows_.fetch_add(1, std::memory_order_relaxed) < limits_.late_max) return;
  late_rows_.fetch_sub(1, std::memory_order_relaxed);
  lost_rows_.fetch_add(1, std::memory_order_relaxed);
  entry.has_row = false;
}

bool Books::is_writable() const {
  return store_ok_.load(std::memory_order_relaxed) && journals_ok_.load(std::memory_order_relaxed);
}

bool Books::is_behind() const {
  return pending_.load(std::memory_order_relaxed) >= limits_.queue_max ||
         std::any_of(clients_.begin(), clients_.end(),
                     [](const Client& one) { return !one.journal->has_room(); });
}

std::string Books::not_ready_reason() const {
  if (!is_writable()) {
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
  name_thread("wye-books");
  while (true) {
    const bool stopping = stopping_.load();
    const bool worked = run_once();
    if (stopping && !worked) return;
    if (worked) {
      queue_.gather_for(limits_.gather);
    } else {
      queue_.wait_for(
          std::chrono::milliseconds(batch_.empty() ? limits_.tick_ms : limits_.retry_ms));
    }
  }
}

bool Books::run_once() {
  const std::size_t rows_before = batch_.size();
  take_queue();
  const TimeMs now = clock_();
  const bool new_work = learnt_ || batch_.size() != rows_before;
  const bool failing = !store_ok_.load(std::memory_order_relaxed);
  if (!batch_.empty() && (!failing || now >= retry_at_)) write_batch(now);
  if (now - ticked_ >= limits_.tick_ms) tick(now);
  if (learnt_ || !probed_.empty()) publish();
  if (!new_work && batch_.empty()) store_.idle();
  return new_work;
}

void Books::take_queue() {
  const TimeMs now = clock_();
  for (Entry* entry = queue_.take_all(); entry != nullptr;) {
    if (entry->refresh) copy_health(*entry->refresh);
    for (const Learnt& learnt : entry->work.learnt) {
      learn_from(*learnt.live, *entry->work.rules, learnt.outcome, now);
      count(learnt);
      health_rules_[learnt.live->slot] = entry->work.rules;
      if (learnt.outcome.holds_probe) probed_.push_back(learnt.live);
    }
    if (entry->has_row) take_row(*entry);
    delete std::exchange(entry, entry->next);
  }
}

void Books::take_row(Entry& entry) {
  batch_.push_back(std::move(entry.work.row));
  if (batch_rules_.empty() || batch_rules_.back() != entry.work.rules) {
    batch_rules_.push_back(std::move(entry.work.rules));
  }
  Client& client = clients_[entry.client];
  client.heard_from = true;
  if (entry.position == 0) {
    ++batch_late_;
  } else {
    client.position = entry.position;
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
  tell_operator(live, before, health.facts);
  // Also from open to open, when a probe has failed.
  if (health.facts.breaker == BreakerState::open && before.open_until != health.facts.open_until) {
    live.opened.fetch_add(1, std::memory_order_relaxed);
  }
  // A probe that failed leaves the circuit open, until later; one that was answered may leave it
  // half-open, for the next.
  urgent_ = urgent_ || before.breaker != health.facts.breaker ||
            before.open_until != health.facts.open_until ||
            before.probes_ok != health.facts.probes_ok ||
            before.limited_until != health.facts.limited_until ||
            before.out_until != health.facts.out_until;
}

// What a drill brings about is the drill's to tell.
void Books::tell_operator(const DeploymentLive& live, const DeploymentFacts& before,
                          const DeploymentFacts& after) const {
  if (!notice_ || live.real != nullptr) return;
  if (const auto news = health_news(live.name, before, after)) notice_(news->trouble, news->text);
}

void Books::count(const Learnt& learnt) {
  if (learnt.counted_at == nullptr) return;
  const std::size_t slot = learnt.counted_at->slot;
  if (counted_.size() <= slot) counted_.resize(slot + 1);
  ++counted_[slot].attempts;
  counted_[slot].tokens += learnt.outcome.tokens_expected;
}

void Books::put_policies() {
  for (const RulesPtr& rules : batch_rules_) {
    if (std::find(policies_put_.begin(), policies_put_.end(), rules->fingerprint) !=
        policies_put_.end()) {
      continue;
    }
    const StoredPolicy policy{rules->fingerprint, clock_(), rules->source_path, rules->source_text,
                              rules->catalog_json};
    if (store_.put_policy(policy)) policies_put_.push_back(rules->fingerprint);
  }
}

Result<void> Books::write_rows(const std::vector<StoredRecord>& rows, TimeMs now) {
  Result<void> written = store_.append(rows);
  if (written || written.error().kind == FaultKind::store) return written;
  // One row spoils the transaction of all; the same rows again, one by one, are kept once.
  for (const StoredRecord& row : rows) {
    Result<void> one = store_.append({&row, 1});
    if (one) continue;
    if (one.error().kind == FaultKind::store) return one;
    lost_rows_.fetch_add(1, std::memory_order_relaxed);
    ++lost_told_;
    watch_.refused(one.error(), now);
  }
  return {};
}

void Books::write_batch(TimeMs now) {
  put_policies();
  const Result<void> written = write_rows(batch_, now);
  store_ok_.store(written.has_value(), std::memory_order_relaxed);
  if (written) {
    watch_.took_rows();
    finish_batch();
  } else {
    watch_.failed(written.error());
    retry_at_ = now + limits_.retry_ms;
  }
}

void Books::finish_batch() {
  for (Client& client : clients_) {
    if (client.position != 0) client.committed = std::exchange(client.position, 0);
  }
  tell_journals();
  late_rows_.fetch_sub(std::exchange(batch_late_, 0), std::memory_order_relaxed);
  pending_.fetch_sub(batch_.size(), std::memory_order_relaxed);
  batch_.clear();
  batch_rules_.clear();
}

// Until a journal has been told, its ring keeps the rows.
void Books::tell_journals() {
  for (Client& client : clients_) {
    if (client.committed != 0 && client.journal->taken(client.committed)) client.committed = 0;
  }
}

void Books::tick(TimeMs now) {
  ticked_ = now;
  tell_journals();
  // Whether a journal takes rows again, only a request can tell.
  journals_ok_.store(true, std::memory_order_relaxed);
  const std::uint64_t lost = lost_rows_.load(std::memory_order_relaxed);
  if (lost != lost_told_) watch_.dropped(static_cast<std::int64_t>(lost - lost_told_), now);
  lost_told_ = lost;
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
  snapshot->counted = counted_;
  return snapshot;
}

// An idle loop hears of changes that matter to routing at once, and of the rest with the next tick,
// so that it is not woken for every request of the others.
void Books::publish() {
  const SnapshotPtr snapshot = take_snapshot();
  for (Client& client : clients_) {
    if (!urgent_ && !std::exchange(client.heard_from, false)) {
      stale_clients_ = true;
      continue;
    }
    client.loop->world().post([loop = client.loop, snapshot] { loop->accept_snapshot(snapshot); });
  }
  learnt_ = false;
  urgent_ = false;
  for (DeploymentLive* const live : probed_) live->probe_taken.store(false);
  probed_.clear();
}

}  // namespace wye
