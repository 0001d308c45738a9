// Simulation: the cast, the course of events, and the end. See simulation.h; what was seen is put
// together in collect.cc.
#include "sim/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sim/policies.h"

namespace wye::sim {
namespace {

const std::string gateway_host = "gateway";
const std::string slow_host = "gateway-of-slow-readers";
constexpr std::uint16_t provider_port = 80;
// Longer than any deadline, patience of a write and give-up of the books together.
constexpr MonoUs drain_patience_us = 400'000'000;
constexpr MonoUs clock_interval_us = 1'000'000;
constexpr MonoUs look_interval_us = 50'000;
constexpr MonoUs recovery_us = 5'000'000;
constexpr MonoUs farewell_us = 1'000'000;
constexpr std::size_t events_max = 20'000'000;

std::string host_of(const std::string& provider) { return provider + ".sim"; }

}  // namespace

Simulation::Simulation(const Scenario& scenario, bool keep_trace)
    : scenario_(scenario), universe_(scenario.seed) {
  keep_trace ? universe_.keep_trace() : universe_.take_no_notes();
  gateway_world_ = std::make_unique<GatewayWorld>(universe_, gateway_host);
  client_world_ = std::make_unique<SimWorld>(universe_, "client");
  for (const ProviderPlan& plan : scenario_.providers) add_provider(plan);
  add_gateway();
  client_ = make_http_client(*client_world_);
  slow_client_ = make_http_client(*client_world_);
}

// Streams are written and providers wait for as long as they live, so they end before the rest.
Simulation::~Simulation() {
  books_open_ = false;
  universe_.wind_down();
}

void Simulation::add_provider(const ProviderPlan& plan) {
  SimConfig config;
  config.host = host_of(plan.name);
  config.seed = plan.seed;
  config.models = {sim_model_of(plan)};
  Host& host = providers_[plan.name];
  host.world = std::make_unique<SimWorld>(universe_, config.host);
  host.simulator = std::make_unique<ProviderSim>(*host.world, config);
  host.world->listen(provider_port, [&host, this](std::unique_ptr<Stream> stream) {
    start(serve_connection(*host.world, std::move(stream), limits_, *host.simulator,
                           &host.connections));
  });
}

void Simulation::add_gateway() {
  books_ = std::make_unique<Books>(
      store_, [this] { return clock_.now(universe_.now()); }, Books::Limits{});
  policies_.push_back(books_->activate(rules_of(scenario_.policies.front())));
  gateway_ = std::make_unique<Gateway>(*gateway_world_, *books_, policies_.front(), 0);
  watch_ = std::make_unique<SnapshotWatch>(*gateway_world_, *books_, sightings_);
  (void)books_->add_client(*gateway_);
  (void)books_->add_client(*watch_);
  const auto accept = [this](std::unique_ptr<Stream> stream) {
    start(serve_connection(*gateway_world_, std::move(stream), limits_, *gateway_, &connections_));
  };
  gateway_world_->listen(gateway_port, accept);
  gateway_world_->listen(slow_host, gateway_port, accept);
  universe_.network(slow_host).buffer_bytes = scenario_.slow_buffer_bytes;
}

// The books have no thread here. As theirs does, they look by themselves now and then, and more
// often while rows wait.
void Simulation::keep_books() {
  if (!books_open_) return;
  run_books();
  const Books::Limits limits;
  const DurationMs pause_ms = books_->waiting().queued_rows == 0 ? limits.tick_ms : limits.retry_ms;
  universe_.at(universe_.now() + pause_ms * 1000, [this] { keep_books(); });
}

void Simulation::run_books() {
  if (books_open_ && universe_.now() >= books_sleep_until_) books_->run_once();
}

// Whoever hands something over wakes the books, which takes a moment.
void Simulation::wake_books() {
  if (books_woken_ || !books_->has_work()) return;
  books_woken_ = true;
  const MonoUs when = universe_.now() + scenario_.books_delay_us;
  universe_.at(std::max(when, books_sleep_until_), [this] {
    books_woken_ = false;
    run_books();
  });
}

// Everything that is due until then happens.
void Simulation::run_to(MonoUs until) {
  universe_.at(until, [] {});
  while (universe_.now() < until && universe_.step()) wake_books();
}

void Simulation::plan_asks() {
  for (const AskPlan& ask : scenario_.asks) {
    universe_.at(ask.at_us, [this, &ask] {
      const bool slow = ask.read_pause_us > 0;
      start(wait_for(send_ask(*client_world_, slow ? *slow_client_ : *client_,
                              slow ? slow_host : gateway_host, ask, received_[ask.number])));
    });
  }
}

Async<void> Simulation::wait_for(Async<void> asked) {
  ++waiting_;
  co_await asked;
  --waiting_;
}

void Simulation::plan_troubles() {
  for (const Trouble& trouble : scenario_.troubles) {
    universe_.at(trouble.at_us, [this, &trouble] { begin(trouble); });
    universe_.at(trouble.at_us + trouble.for_us, [this, &trouble] { end(trouble); });
  }
  for (const Reload& one : scenario_.reloads) {
    universe_.at(one.at_us, [this, policy = one.policy] { reload(policy); });
  }
  universe_.at(scenario_.drain_at_us, [this] { start(drain()); });
}

void Simulation::begin(const Trouble& trouble) {
  using Kind = Trouble::Kind;
  if (troubles_are_over_) return;
  switch (trouble.kind) {
    case Kind::provider_fault: {
      Host& host = providers_.at(trouble.provider);
      host.faults.push_back(&trouble);
      return set_faults(host);
    }
    case Kind::refused: network_of(trouble).refuse = true; return;
    case Kind::no_name: network_of(trouble).unresolvable = true; return;
    case Kind::silent: network_of(trouble).silent = true; return;
    case Kind::slow_network: network_of(trouble).latency_us_max = trouble.amount; return;
    case Kind::resets:
      network_of(trouble).reset_rate = static_cast<double>(trouble.amount) / 100;
      return;
    case Kind::restart: universe_.reset_connections(host_of(trouble.provider)); return;
    case Kind::store_full: store_.set_disk_full(true); return;
    case Kind::store_errors: store_.fail_next(static_cast<int>(trouble.amount)); return;
    case Kind::store_slow: books_sleep_until_ = universe_.now() + trouble.for_us; return;
    case Kind::clock_step: gateway_world_->clock_offset_ms += trouble.amount; return;
  }
}

void Simulation::end(const Trouble& trouble) {
  using Kind = Trouble::Kind;
  if (trouble.kind == Kind::store_full) store_.set_disk_full(false);
  if (trouble.kind == Kind::store_errors) store_.fail_next(0);
  if (trouble.provider.empty()) return;
  if (trouble.kind == Kind::provider_fault) {
    Host& host = providers_.at(trouble.provider);
    std::erase(host.faults, &trouble);
    return set_faults(host);
  }
  network_of(trouble) = universe_.usual;
}

SimNetwork& Simulation::network_of(const Trouble& trouble) {
  return universe_.network(host_of(trouble.provider));
}

void Simulation::set_faults(Host& host) {
  std::string json = R"({"faults":[)";
  for (const Trouble* trouble : host.faults) {
    if (trouble != host.faults.front()) json += ',';
    json += trouble->setting;
  }
  const Result<SimChange> changed = host.simulator->change(json + "]}");
  if (changed) return;
  fmt::print(stderr, "the simulation set a fault that is none: {}\n", changed.error().message);
  std::abort();
}

void Simulation::reload(std::size_t policy) {
  if (drains_) return;
  policies_.push_back(books_->activate(rules_of(scenario_.policies[policy])));
  gateway_->accept_policy(policies_.back());
}

Async<void> Simulation::follow_wall_clock() {
  while (books_open_) {
    co_await gateway_world_->sleep_until(universe_.now() + clock_interval_us);
    clock_.follow(gateway_world_->now_ms(), universe_.now());
  }
}

// As the server ends (app/drain.cc).
Async<void> Simulation::drain() {
  drains_ = true;
  gateway_->drain();
  co_await wait_until_quiet(universe_.now() + scenario_.drain_limit_us);
  if (connections_.requests() > 0) {
    gateway_->cut();
    co_await wait_until_quiet(universe_.now() + farewell_us);
  }
  gateway_world_->stop_listening();
  connections_.close_idle();
  closed_at_us_ = universe_.now();
}

Async<void> Simulation::wait_until_quiet(MonoUs until) {
  do {
    co_await gateway_world_->sleep_until(universe_.now() + look_interval_us);
  } while (connections_.requests() > 0 && universe_.now() < until);
}

bool Simulation::everybody_is_done() const {
  return closed_at_us_ != no_deadline && connections_.open() == 0 && waiting_ == 0;
}

// Everything that was to happen happens, then the gateway drains, then all troubles are over and
// whoever waits for something gets the time to find that out.
void Simulation::let_it_end() {
  MonoUs last = scenario_.drain_at_us;
  for (const AskPlan& ask : scenario_.asks) last = std::max(last, ask.at_us);
  run_to(last + 1);
  const MonoUs until = universe_.now() + drain_patience_us;
  while (!everybody_is_done() && universe_.now() < until && universe_.step()) wake_books();
  drained_in_time_ = connections_.open() == 0;
}

Evidence Simulation::run() {
  Evidence evidence;
  evidence.scenario = &scenario_;
  keep_books();
  start(follow_wall_clock());
  plan_asks();
  plan_troubles();
  let_it_end();
  // Late rows are written when the store is well again.
  troubles_are_over_ = true;
  store_.set_disk_full(false);
  store_.fail_next(0);
  books_sleep_until_ = 0;
  run_to(universe_.now() + recovery_us);
  books_open_ = false;
  collect(evidence);
  return evidence;
}

void Simulation::collect_leftovers(Evidence& evidence) {
  Leftovers& left = evidence.left;
  left.drained = drained_in_time_;
  left.client_connections = connections_.open();
  // Idle connections to providers and between clients and us are closed by their idle timers.
  constexpr DurationMs rest_ms = 700'000;
  universe_.run_for(rest_ms);
  for (const auto& [name, host] : providers_) left.provider_connections += host.connections.open();
  while (left.events < events_max && universe_.step()) ++left.events;
  for (const ActivePolicyPtr& policy : policies_) {
    for (const DeploymentLive* live : policy->live) {
      if (live->in_flight.load() > 0) left.deployments.push_back(live->name + " counts attempts");
      // Nobody probes any more, so nobody would ever ask it again.
      if (live->probe_taken.load())
        left.deployments.push_back(live->name + " looks as if somebody probed it");
    }
  }
}

}  // namespace wye::sim
