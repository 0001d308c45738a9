#include <fmt/core.h>

#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/exit_code.h"
#include "app/gateway_places.h"
#include "app/http_get.h"
#include "app/load_policy.h"
#include "app/status_table.h"
#include "app/use_color.h"

namespace wye {
namespace {

constexpr DurationMs patience_ms = 5'000;

struct Options {
  std::string config;
  std::string admin;
  std::string color = "auto";
  bool json = false;
};

ExitCode print_status(const Options& options) {
  const Result<ListenAddress> address = admin_address(options.admin, options.config);
  if (!address) return report(address.error());
  const Result<HttpPage> page =
      http_get(address->host, address->port, "/admin/v1/status", patience_ms);
  if (!page) {
    fmt::print(stderr, "no wye answers at {}:{}: {}\n", address->host, address->port,
               page.error().message);
    return ExitCode::unreachable;
  }
  if (page->status != 200) {
    fmt::print(stderr, "{}\n", page->body);
    return ExitCode::refused;
  }
  if (options.json) {
    fmt::print("{}\n", page->body);
    return ExitCode::ok;
  }
  const Result<std::string> table = status_table(page->body, use_color(options.color));
  if (!table) return report(table.error());
  fmt::print("{}", *table);
  return ExitCode::ok;
}

}  // namespace

void add_status(CommandLine& line) {
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  line.verb("status", "Tell how a running gateway and its deployments are")
      .examples(
          "  wye status                      as the wye.yaml of this folder (or $WYE_CONFIG) says\n"
          "  wye status --admin http://127.0.0.1:8081\n"
          "  wye status --json | jq '.deployments[] | select(.state != \"ok\")'\n"
          "Exit code 5 when nobody answers.")
      .value("-c,--config,config", options->config,
             "configuration that names the admin listener, or $WYE_CONFIG")
      .value("--admin", options->admin, "address of the admin listener")
      .choice("--color", options->color, {"auto", "always", "never"}, "colours")
      .flag("--json", options->json, "print the status as the admin API has it")
      .run([options] { return print_status(*options); });
}

}  // namespace wye
