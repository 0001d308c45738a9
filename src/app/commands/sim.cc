#include <fmt/core.h>

#include <csignal>
#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/exit_code.h"
#include "config/environment.h"
#include "io/loop.h"
#include "lab/provider_sim.h"

namespace wye {
namespace {

struct Options {
  std::string file;
  std::uint16_t port = 8089;
  std::uint64_t seed = 1;
  double tokens_per_second = 200;
  DurationMs ttft_ms = 40;
};

Result<SimConfig> read_config(const Options& options) {
  SimConfig config;
  if (!options.file.empty()) {
    const Result<std::string> text = config::process_environment().read_file(options.file);
    if (!text) return fail(text.error());
    Result<SimConfig> read = parse_sim_config(*text);
    if (!read) return read;
    config = std::move(*read);
  } else {
    config.models.front().ttft_ms = options.ttft_ms;
    config.models.front().tokens_per_second = options.tokens_per_second;
    config.seed = options.seed;
  }
  if (config.port == 0) config.port = options.port;
  return config;
}

ExitCode run_sim(const Options& options) {
  const Result<SimConfig> config = read_config(options);
  if (!config) return report(config.error());
  Result<std::unique_ptr<Loop>> loop = make_loop(0);
  if (!loop) return report(loop.error());
  ProviderSim simulator(**loop, *config);
  const Result<std::uint16_t> port = listen_provider_sim(**loop, simulator, *config);
  if (!port) return report(port.error());
  for (const int signal : {SIGTERM, SIGINT}) {
    (*loop)->on_signal(signal, [&] { (*loop)->stop(); });
  }
  fmt::print("simulated provider on http://{0}:{1}/v1\n", config->host, *port);
  fmt::print(
      "  make it fail:  curl -X POST http://{}:{}/sim/v1/faults -d "
      "'{{\"faults\":[\"status_503\"]}}'\n",
      config->host, *port);
  std::fflush(stdout);
  (*loop)->run();
  return ExitCode::ok;
}

}  // namespace

void add_sim(CommandLine& line) {
  auto options = std::make_shared<Options>();
  line.verb("sim", "Play a provider in every vendor's format, with faults on demand")
      .examples(
          "  wye sim --port 8089\n"
          "  wye sim --file sim.json         models, pace, limits and faults from a file\n"
          "Formats, by path: /v1/chat/completions, /v1/responses, /v1/messages, "
          "/v1beta/models/…,\n"
          "  /model/…/converse, /v2/chat, /api/chat, and what belongs to them\n"
          "Faults: status_500 status_503 status_529 rate_limit quota auth permission model_gone\n"
          "  context_length content_filter bad_request no_prefill reset hang garbage "
          "wrong_length\n"
          "  html_200 empty malformed_event no_done error_event slow_first_token slow_tokens cut\n"
          "  cut_arguments stall refusal truncated_json wrong_json split_utf8")
      .value("--file", options->file, "JSON file: seed, port, models")
      .value("--port", options->port, "port on 127.0.0.1")
      .value("--seed", options->seed, "seed of all answers")
      .value("--tokens-per-second", options->tokens_per_second, "pace, 0: no pause")
      .value("--ttft-ms", options->ttft_ms, "time to the first token")
      .run([options] { return run_sim(*options); });
}

}  // namespace wye
