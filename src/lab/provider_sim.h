// Provider simulator: an OpenAI-compatible provider that answers from a seed, for trying wye
// without a key, for tests and for benchmarks. It is a handler for io/http_server, so it runs on a
// real Loop
// (`wye sim`) and, unchanged, in the simulated world.
//
// Chat completions (streamed or not, tools, JSON schema), embeddings, models; any path that ends so
// is served, "/v1" or "/openai/v1". Beside them, for whoever runs the test:
//   POST /sim/v1/faults   changes a model: its faults, pace, limits (lab/sim_config.h)
//   GET  /sim/v1/log      what the provider saw; ?after=N; DELETE forgets it
// One simulator lives on one loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "base/text.h"
#include "io/http_server.h"
#include "io/loop.h"
#include "io/world.h"
#include "lab/sim_config.h"
#include "lab/sim_delivery.h"
#include "lab/sim_dom.h"
#include "lab/sim_limits.h"
#include "lab/sim_log.h"

namespace wye {

class ProviderSim : public HttpHandler {
 public:
  ProviderSim(World& world, SimConfig config);

  Async<void> handle(HttpRequest& request, HttpResponder& responder) override;
  HttpRefusal refuse(const Fault& fault) override;
  bool draining() const override { return draining_; }

  // Serves one connection until it closes.
  void serve(std::unique_ptr<Stream> stream);
  // What POST /sim/v1/faults does.
  Result<void> change(std::string_view json);
  const SimLog& log() const { return log_; }
  void drain() { draining_ = true; }

 private:
  // A request to the provider's API, from its first byte to its entry in the log.
  struct Visit {
    HttpRequest& request;
    HttpResponder& responder;
    SimDelivery delivery;
    std::uint64_t number;  // in the log
    MonoUs started;
    std::string model;
    bool stream = false;
    std::int64_t input_tokens = 0;
  };

  Async<void> answer(HttpRequest& request, HttpResponder& responder);
  Async<void> chat(Visit& visit, const dom::Element& body, SimModel& model);
  Async<void> embeddings(Visit& visit, const dom::Element& body, SimModel& model);
  Async<void> models(Visit& visit, std::string_view path);
  Async<void> admin(HttpRequest& request, HttpResponder& responder);

  // Why the request is not even looked at: credential, syntax, model.
  std::optional<SimRefusal> admit(Visit& visit, dom::Element& body, SimModel*& model);
  // What stands in the way of an answer: the fault that strikes, the limits, the context window.
  std::optional<SimRefusal> obstruct(Visit& visit, SimModel& model, std::int64_t tokens_asked_max);
  std::optional<SimFault> strike(const HttpRequest& request, SimModel& model);
  SimLimits& limits_of(const SimModel& model);
  void note(Visit& visit);
  std::string random_id(std::string_view prefix);
  void arm_faults();

  World& world_;
  SimConfig config_;
  ServerLimits server_limits_;
  Dice dice_;
  SimLog log_;
  simdjson::dom::parser parser_;
  std::unordered_map<std::string, SimLimits, StringHash, std::equal_to<>> limits_;
  bool draining_ = false;
};

// Opens the simulator's own port on a real loop; gives the port.
Result<std::uint16_t> listen_provider_sim(Loop& loop, ProviderSim& simulator,
                                          const SimConfig& config);

}  // namespace wye
