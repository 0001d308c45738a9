#include <fmt/core.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/load_policy.h"
#include "app/server.h"

namespace wye {
namespace {

struct Options {
  std::string config;
  std::string log_level = "info";
  bool quiet = false;
};

Result<RulesPtr> load_for_serving(const std::string& path) {
  Result<LoadedFile> loaded = load_policy_file(path, {.secrets_required = true});
  if (!loaded) return fail(std::move(loaded.error()));
  if (!loaded->result.rules) return fail(FaultKind::config, std::move(loaded->report));
  if (!loaded->report.empty()) fmt::print(stderr, "{}", loaded->report);
  return loaded->result.rules;
}

ExitCode serve(const Options& options) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("wye"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  const std::unique_ptr<Server> server = make_server(
      {options.config, options.quiet, [&] { return load_for_serving(options.config); }, WYE_VERSION});
  if (const Result<void> ended = server->run(); !ended) {
    fmt::print(stderr, "{}\n", ended.error().message);
    return ended.error().kind == FaultKind::config ? ExitCode::config_invalid : ExitCode::failed;
  }
  return ExitCode::ok;
}

}  // namespace

void add_serve(CLI::App& app, ExitCode& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Run the gateway");
  command->footer(
      "Examples:\n"
      "  wye serve                       the wye.yaml of this folder (or $WYE_CONFIG)\n"
      "  wye serve -c /etc/wye/wye.yaml\n"
      "Reloads its policy on SIGHUP and when the file changes; SIGTERM drains and stops.");
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  command->add_option("-c,--config", options->config, "configuration file")->capture_default_str();
  command->add_option("--log-level", options->log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  command->add_flag("-q,--quiet", options->quiet, "no banner");
  command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace wye
