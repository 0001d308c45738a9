#include <fmt/core.h>

#include <memory>

#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/exit_code.h"
#include "app/gateway_places.h"
#include "app/load_policy.h"
#include "app/use_color.h"
#include "lab/why.h"

namespace wye {
namespace {

struct Options {
  std::string id = "last";
  std::string config;
  std::string store;
  std::string color = "auto";
  bool json = false;
};

ExitCode explain_request(const Options& options) {
  const Result<std::string> path = store_to_read(options.store, options.config);
  if (!path) return report(path.error());
  Result<std::unique_ptr<StoreReader>> store = open_sqlite_reader(*path);
  if (!store) return report(store.error());
  const Result<Why> why = find_why(**store, options.id);
  if (!why) return report(why.error());
  if (options.json) {
    fmt::print("{}\n", why_json(*why));
  } else {
    fmt::print("{}", why_text(*why, use_color(options.color)));
  }
  const bool same = why->identical && why->steps.verdict != StepsReplay::Verdict::different;
  return why->record.decided && !same ? ExitCode::failed : ExitCode::ok;
}

}  // namespace

void add_why(CommandLine& line) {
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  line.verb("why", "Tell why a request was answered as it was, and prove it by deciding again")
      .examples(
          "  wye why last\n"
          "  wye why req_0SMK8Q4Z9A1BC       the x-request-id of any answer\n"
          "  wye why last --json | jq .record.plan\n"
          "Exit code 1 when the decision cannot be reproduced.")
      .value("id", options->id, "request id, a client's own x-request-id, or last")
      .value("-c,--config", options->config, "configuration that names the store, or $WYE_CONFIG")
      .value("--store", options->store, "the store itself")
      .choice("--color", options->color, {"auto", "always", "never"}, "colours")
      .flag("--json", options->json, "print the record and the replay as one JSON document")
      .run([options] { return explain_request(*options); });
}

}  // namespace wye
