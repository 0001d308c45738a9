// Provider simulator: a provider that answers from a seed, for trying wye without a key, for tests
// and for benchmarks. It is a handler for io/http_server, so it runs on a real Loop (`wye sim`)
// and, unchanged, in the simulated world.
//
// It plays every vendor, by the path that it is asked at: OpenAI (chat, responses, embeddings),
// Anthropic, Gemini, Bedrock Converse, Cohere, Ollama, Voyage; any path that ends so is served,
// "/v1" or "/openai/v1". An assistant message at the end is the beginning of the answer, and is
// gone on with: the same prompt and seed give the same text, whole or in two halves, in every
// format. Beside them, for whoever runs the test:
//   POST /sim/v1/faults   changes a model: its faults, pace, limits (lab/sim_config.h)
//   GET  /sim/v1/log      what the provider saw; ?after=N; DELETE forgets it
// A header "x-sim-fault: cut;after_tokens=3" breaks one request.
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
#include "lab/sim_ask.h"
#include "lab/sim_config.h"
#include "lab/sim_delivery.h"
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
  Result<SimChange> change(std::string_view json);
  const SimLog& log() const { return log_; }
  void drain() { draining_ = true; }

 private:
  // A request to the provider's API, from its first byte to its entry in the log.
  struct Visit {
    HttpRequest& request;
    SimDelivery delivery;
    MonoUs started;
    std::uint64_t number = 0;  // in the log
    std::string target = {};
    std::optional<InboundRoute> route = {};  // views into `target`
    SimAsk asked = {};
    SimPrompt prompt = {};
    SimModel* model = nullptr;
    std::int64_t input_tokens = 0;

    DialectId dialect() const { return route ? route->dialect : DialectId::openai; }
  };

  Async<void> answer(HttpRequest& request, HttpResponder& responder);
  Async<void> attend(Visit& visit);
  Async<void> chat(Visit& visit);
  Async<void> embeddings(Visit& visit);
  Async<void> count_tokens(Visit& visit);
  Async<void> models(Visit& visit, std::string_view path);
  Async<void> admin(HttpRequest& request, HttpResponder& responder);

  bool knows_credential(const HttpRequest& request) const;
  // Why the request is not even looked at: credential, syntax, model.
  std::optional<SimRefusal> admit(Visit& visit);
  // What stands in the way of an answer: the fault that strikes, the limits, the context window.
  std::optional<SimRefusal> obstruct(Visit& visit, std::int64_t tokens_asked_max);
  std::optional<SimRefusal> refusal_by_fault(Visit& visit);
  std::optional<SimRefusal> refusal_by_limits(Visit& visit, std::int64_t tokens_asked_max);
  std::optional<SimFault> strike(const Visit& visit);
  SimLimits& limits_of(const SimModel& model);
  void note(Visit& visit);
  void note_end(const Visit& visit);
  std::string random_id(std::string_view prefix);
  void arm_faults();

  World& world_;
  SimConfig config_;
  ServerLimits server_limits_;
  Dice dice_;
  SimLog log_;
  JsonReader json_;
  std::unordered_map<std::string, SimLimits, StringHash, std::equal_to<>> limits_;
  bool draining_ = false;
};

// Opens the simulator's own port on a real loop; gives the port.
Result<std::uint16_t> listen_provider_sim(Loop& loop, ProviderSim& simulator,
                                          const SimConfig& config);

}  // namespace wye
