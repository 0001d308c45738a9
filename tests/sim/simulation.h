// Simulation: runs one scenario. The real gateway, books, policy, dialects and HTTP, in a simulated
// universe: one gateway, its providers, its clients, its store and its clock.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/decision_clock.h"
#include "gateway/books.h"
#include "gateway/gateway.h"
#include "io/sim_store.h"
#include "io/sim_universe.h"
#include "io/sim_world.h"
#include "lab/provider_sim.h"
#include "sim/evidence.h"

namespace wye::sim {

// The gateway's world: its wall clock can be set.
class GatewayWorld final : public SimWorld {
 public:
  using SimWorld::SimWorld;
  TimeMs now_ms() override { return SimWorld::now_ms() + clock_offset_ms; }
  TimeMs clock_offset_ms = 0;
};

// Hears from the books what every loop hears, and waits for nothing.
class SnapshotWatch final : public BooksClient {
 public:
  SnapshotWatch(SimWorld& world, const Books& books, std::vector<Sighting>& sightings)
      : world_(world), books_(books), sightings_(sightings) {}
  World& world() override { return world_; }
  void accept_snapshot(SnapshotPtr snapshot) override {
    sightings_.push_back({books_.now(), std::move(snapshot)});
  }

 private:
  SimWorld& world_;
  const Books& books_;
  std::vector<Sighting>& sightings_;
};

class Simulation {
 public:
  Simulation(const Scenario& scenario, bool keep_trace);
  ~Simulation();

  // Runs everything to its end.
  Evidence run();

 private:
  struct Host {
    std::unique_ptr<SimWorld> world;
    std::unique_ptr<ProviderSim> simulator;
    ServerConnections connections;
    std::vector<const Trouble*> faults;  // in force
  };

  void add_provider(const ProviderPlan& plan);
  void add_gateway();
  void keep_books();
  void run_books();
  void wake_books();
  void run_to(MonoUs until);
  void plan_asks();
  Async<void> wait_for(Async<void> asked);
  void plan_troubles();
  void begin(const Trouble& trouble);
  void end(const Trouble& trouble);
  SimNetwork& network_of(const Trouble& trouble);
  void set_faults(Host& host);
  void reload(std::size_t policy);
  Async<void> follow_wall_clock();
  Async<void> drain();
  Async<void> wait_until_quiet(MonoUs until);
  bool everybody_is_done() const;
  void let_it_end();
  void collect(Evidence& evidence);
  void collect_calls(Evidence& evidence);
  void collect_rows(Evidence& evidence);
  void work_out_answers(const Kept& kept, AskEvidence& ask) const;
  void collect_leftovers(Evidence& evidence);

  const Scenario& scenario_;
  SimUniverse universe_;
  SimStore store_;
  std::map<std::string, Host> providers_;
  std::unique_ptr<GatewayWorld> gateway_world_;
  std::unique_ptr<SimWorld> client_world_;
  DecisionClock clock_{universe_.now_ms(), universe_.now()};
  std::vector<Sighting> sightings_;
  std::unique_ptr<Books> books_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<SnapshotWatch> watch_;
  std::unique_ptr<HttpClient> client_;       // keeps its connections
  std::unique_ptr<HttpClient> slow_client_;  // of slow readers
  ServerLimits limits_;
  ServerConnections connections_;
  std::vector<ActivePolicyPtr> policies_;
  std::map<int, Received> received_;
  int waiting_ = 0;  // clients who are not done
  MonoUs books_sleep_until_ = 0;
  bool books_open_ = true;
  bool books_woken_ = false;
  bool drains_ = false;
  bool troubles_are_over_ = false;     // those that were to come later do not come
  MonoUs closed_at_us_ = no_deadline;  // when the listeners were closed
  bool drained_in_time_ = false;
};

}  // namespace wye::sim
