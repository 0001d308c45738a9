#include "app/embedded_sim.h"

#include <fmt/format.h>

#include <thread>
#include <utility>

#include "io/loop.h"
#include "io/thread_name.h"
#include "lab/provider_sim.h"

namespace wye {
namespace {

constexpr std::string_view simulator_kind = "simulator";
constexpr unsigned loop_index = 63;  // its ids must not meet those of the serving loops

// A pace at which people see a stream stream.
SimModel default_model() {
  SimModel model;
  model.ttft_ms = 40;
  model.tokens_per_second = 200;
  model.jitter = 0.2;
  return model;
}

class RunningSim final : public EmbeddedSim {
 public:
  RunningSim(std::unique_ptr<Loop> loop, SimConfig config)
      : loop_(std::move(loop)), simulator_(*loop_, std::move(config)) {}
  ~RunningSim() override {
    loop_->stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start(const SimConfig& config) {
    const Result<std::uint16_t> port = listen_provider_sim(*loop_, simulator_, config);
    if (!port) return fail(port.error());
    thread_ = std::thread([this] {
      name_thread("wye-sim");
      loop_->run();
    });
    return {};
  }

 private:
  std::unique_ptr<Loop> loop_;
  ProviderSim simulator_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<EmbeddedSim>> start_embedded_sim(const Rules& rules) {
  for (const Provider& provider : rules.providers) {
    if (provider.kind != simulator_kind) continue;
    SimConfig config;
    config.host = provider.base_url.host;
    config.port = provider.base_url.port;
    config.models = {default_model()};
    Result<std::unique_ptr<Loop>> loop = make_loop(loop_index);
    if (!loop) return fail(std::move(loop.error()));
    auto running = std::make_unique<RunningSim>(std::move(*loop), config);
    if (const Result<void> started = running->start(config); !started) {
      return fail(started.error().kind,
                  fmt::format("{}; the embedded simulator was to listen there, which "
                              "providers.{}.base_url moves, as in \"http://127.0.0.1:18089/v1\"",
                              started.error().message, provider.name));
    }
    return std::unique_ptr<EmbeddedSim>(std::move(running));
  }
  return std::unique_ptr<EmbeddedSim>();
}

}  // namespace wye
