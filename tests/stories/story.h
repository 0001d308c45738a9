// Story: fake providers + a policy + a client + expectations, in one readable test. Everything runs
// in the simulated world: the real gateway, the real provider simulator, virtual time, one seed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/record_read.h"
#include "gateway/books.h"
#include "gateway/gateway.h"
#include "io/http_client.h"
#include "io/sim_store.h"
#include "io/sim_universe.h"
#include "io/sim_world.h"
#include "lab/provider_sim.h"
#include "lab/why.h"
#include "stories/talk.h"

namespace wye::story {

// What the client got.
struct Told {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // all bytes that came, framing removed
  bool clean_end = false;                      // the body ended as HTTP says it must
  DurationMs took_ms = 0;
  std::int64_t first_byte_us = -1;  // of the body, since the request was sent

  std::string header(const std::string& name) const;
  // Content of the answer, streamed or not.
  std::string text() const;
  // A stream that its client takes for whole: [DONE] arrived and the body ended well.
  bool looks_whole() const;
  bool has_error_frame() const;
  // As the client that sent `wish` understands it.
  Heard heard(const Wish& wish) const;
};

class Story {
 public:
  // Providers named in the policy live at http://NAME.sim/v1; each is a simulator of its own.
  explicit Story(std::string_view policy, std::uint64_t seed = 1);
  ~Story();

  ProviderSim& provider(const std::string& name);
  SimNetwork& network(const std::string& name);
  SimStore& store() { return store_; }
  SimUniverse& universe() { return universe_; }
  Books& books() { return *books_; }
  Gateway& gateway() { return *gateway_; }
  TimeMs now_ms() const { return universe_.now_ms(); }

  // Sends one request and waits for the end of its answer.
  Told ask(const Wish& wish = {});
  // Sends all at once.
  std::vector<Told> ask_all(const std::vector<Wish>& wishes);
  // Lets virtual time pass.
  void pass(DurationMs time_ms);
  // Does so at its time, while answers are waited for.
  void after(DurationMs time_ms, std::function<void()> work);
  // Puts another policy in force, as a reload does.
  void reload(std::string_view policy);

  // How many requests the provider saw since the beginning.
  std::uint64_t calls(const std::string& name);
  // The decision of the newest request, made again.
  Why why();

 private:
  RulesPtr read(std::string_view policy) const;
  void add_providers(const Rules& rules);
  void keep_books();
  Async<void> send(const Wish wish, Told& told, int& open);

  struct Host {
    std::unique_ptr<SimWorld> world;
    std::unique_ptr<ProviderSim> simulator;
  };

  SimUniverse universe_;
  SimStore store_;
  std::map<std::string, Host> providers_;
  std::unique_ptr<SimWorld> gateway_world_;
  std::unique_ptr<SimWorld> client_world_;
  std::unique_ptr<Books> books_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<HttpClient> client_;
  ServerLimits limits_;
};

}  // namespace wye::story
