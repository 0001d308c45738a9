#include <fmt/core.h>

#include <memory>

#include "app/command_line.h"
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
    fmt::print("{}", config::format_json(result.diagnostics, options.config, result.summary));
  } else {
    fmt::print("{}{}", loaded->report, config::format_summary(result.diagnostics, result.summary));
  }
  return result.rules ? ExitCode::ok : ExitCode::config_invalid;
}

}  // namespace

void add_check(CommandLine& line) {
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  line.verb("check", "Check a configuration offline: every problem with its line")
      .examples(
          "  wye check                       the wye.yaml of this folder (or $WYE_CONFIG)\n"
          "  wye check policy.yaml --json\n"
          "Exit code 0: good, 3: errors. `wye help WYE1102` explains a code.")
      .value("-c,--config,config", options->config, "configuration file")
      .flag("--json", options->json, "print one JSON document")
      .flag("--secrets", options->secrets, "a missing secret is an error, as for serve")
      .run([options] { return check(*options); });
}

}  // namespace wye
