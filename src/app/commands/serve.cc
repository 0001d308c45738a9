#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/exit_code.h"
#include "app/load_policy.h"
#include "app/log.h"
#include "app/server.h"

namespace wye {
namespace {

struct Options {
  std::string config;
  std::string log_level = "info";
  bool quiet = false;
};

ExitCode serve(const Options& options) {
  log::set_up(options.log_level);
  const std::unique_ptr<Server> server = make_server(
      {options.config, options.quiet,
       [&] { return load_policy_file(options.config, {.secrets_required = true}); }, WYE_VERSION});
  const Result<void> ended = server->run();
  return ended ? ExitCode::ok : report(with_way_to_begin(ended.error(), options.config));
}

}  // namespace

void add_serve(CommandLine& line) {
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  line.verb("serve", "Run the gateway")
      .examples(
          "  wye serve                       the wye.yaml of this folder (or $WYE_CONFIG)\n"
          "  wye serve -c /etc/wye/wye.yaml\n"
          "Reloads its policy on SIGHUP and when the file changes; SIGTERM drains and stops.")
      .value("-c,--config,config", options->config, "configuration file")
      .choice("--log-level", options->log_level, {"debug", "info", "warn", "error"},
              "what is logged")
      .flag("-q,--quiet", options->quiet, "no banner")
      .run([options] { return serve(*options); });
}

}  // namespace wye
