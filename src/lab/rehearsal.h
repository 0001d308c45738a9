// Rehearsal: the real gateway in the simulated world, with a provider simulator behind every
// address of its policy, a store in memory and a client. Nobody outside is called and no real time
// passes: what happens is fixed by the policy, the seed and what the client asks. Stories and
// drills are played in it.
//
// One thread; owns everything that takes part.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/rules.h"
#include "gateway/books.h"
#include "gateway/gateway.h"
#include "io/http_client.h"
#include "io/sim_store.h"
#include "io/sim_universe.h"
#include "io/sim_world.h"
#include "lab/provider_sim.h"
#include "lab/talk.h"

namespace wye {

class Rehearsal {
 public:
  // `begins`: what all clocks show at the start, in ms since 1970; 0: the universe's own epoch.
  Rehearsal(RulesPtr rules, std::uint64_t seed, TimeMs begins = 0);
  // Ends what is still under way.
  ~Rehearsal();
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;

  SimUniverse& universe() { return universe_; }
  SimStore& store() { return store_; }
  Books& books() { return *books_; }
  Gateway& gateway() { return *gateway_; }
  // The simulator behind a host of the policy; the host must be one.
  ProviderSim& provider_at(const std::string& host) { return *providers_.at(host).simulator; }
  // Hears of every change of what is learnt about deployments, from the start on.
  void watch(std::function<void(const Snapshot&)> on_change) { on_change_ = std::move(on_change); }

  // Puts another policy in force, as a reload does.
  void reload(RulesPtr rules);
  // Sends one request from the client, writes what comes back to `told`, and then counts `open`
  // down. Both must outlive it.
  Async<void> send(Wish wish, Told& told, int& open);

 private:
  struct Host {
    std::unique_ptr<SimWorld> world;
    std::unique_ptr<ProviderSim> simulator;
  };
  class Watch;

  void add_providers(const Rules& rules);
  void keep_books();

  SimUniverse universe_;
  SimStore store_;
  std::map<std::string, Host> providers_;  // by host
  std::unique_ptr<SimWorld> gateway_world_;
  std::unique_ptr<SimWorld> client_world_;
  std::function<void(const Snapshot&)> on_change_;
  std::unique_ptr<Books> books_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<HttpClient> client_;
  ServerLimits limits_;
  bool books_open_ = true;
};

}  // namespace wye
