#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands/commands.h"
#include "app/load_policy.h"
#include "config/diagnostics.h"

namespace wye {
namespace {

struct Options {
  std::string config;
  bool json = false;
  bool secrets = false;
};

ExitCode check(const Options& options) {
  Result<LoadedFile> loaded =
      load_policy_file(options.config, {.secrets_required = options.secrets});
  if (!loaded) {
    fmt::print(stderr, "{}\n", loaded.error().message);
    return ExitCode::config_invalid;
  }
  const config::LoadResult& result = loaded->result;
  if (options.json) {
    fmt::print("{}\n", config::format_json(result.diagnostics, options.config, result.summary));
  } else {
    fmt::print("{}{}\n", loaded->report, config::format_summary(result.diagnostics, result.summary));
  }
  return result.rules ? ExitCode::ok : ExitCode::config_invalid;
}

}  // namespace

void add_check(CLI::App& app, ExitCode& exit_code) {
  CLI::App* command =
      app.add_subcommand("check", "Check a configuration offline: every problem with its line");
  command->footer(
      "Examples:\n"
      "  wye check                       the wye.yaml of this folder (or $WYE_CONFIG)\n"
      "  wye check policy.yaml --json\n"
      "Exit code 0: good, 3: errors. `wye help WYE1102` explains a code.");
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  command->add_option("config", options->config, "configuration file")->capture_default_str();
  command->add_flag("--json", options->json, "print one JSON document");
  command->add_flag("--secrets", options->secrets, "a missing secret is an error, as for serve");
  command->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace wye
