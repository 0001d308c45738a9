#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "app/ask_providers.h"
#include "app/command_line.h"
#include "app/commands/commands.h"
#include "app/commands/correct_file.h"
#include "app/load_policy.h"
#include "config/diagnostics.h"
#include "lab/online_check.h"

namespace wye {
namespace {

constexpr DurationMs patience_min_ms = 100;
constexpr DurationMs patience_max_ms = 600'000;

struct Options {
  std::string config;
  bool json = false;
  bool secrets = false;
  bool online = false;
  bool fix = false;
  bool yes = false;
  DurationMs timeout_ms = 10'000;
};

// What the providers said, for people and for programs; "" when they were not asked.
struct Online {
  std::string table, json;
};

ExitCode exit_code_of(const std::vector<config::Diagnostic>& diagnostics) {
  ExitCode code = ExitCode::ok;
  for (const config::Diagnostic& one : diagnostics) {
    if (one.severity != config::Severity::error) continue;
    if (!only_unreachable(one)) return ExitCode::config_invalid;
    code = ExitCode::unreachable;
  }
  return code;
}

// Adds what is wrong to the result.
Result<Online> ask(const Options& options, config::LoadResult& result) {
  const auto begun = std::chrono::steady_clock::now();
  const auto probes = ask_providers(*result.rules, options.timeout_ms);
  if (!probes) return fail(probes.error());
  config::Diagnostics found = diagnose(*probes, *result.rules, options.timeout_ms);
  for (config::Diagnostic& one : result.diagnostics) found.all().push_back(std::move(one));
  found.sort();
  result.diagnostics = std::move(found.all());
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  result.summary.took_ms += took.count();
  result.summary.online = true;
  return Online{online_table(*probes, *result.rules), online_json(*probes, *result.rules)};
}

ExitCode check(const Options& options) {
  if (options.timeout_ms < patience_min_ms || options.timeout_ms > patience_max_ms) {
    fmt::print(stderr, "--timeout-ms is from {} to {}\n", patience_min_ms, patience_max_ms);
    return ExitCode::usage;
  }
  const config::LoadOptions wanted{.secrets_required = options.secrets || options.online};
  if (options.fix) {
    const Result<void> done = correct_file(options.config, options.yes, wanted);
    if (!done) return report(with_way_to_begin(done.error(), options.config));
  }
  Result<LoadedFile> loaded = load_policy_file(options.config, wanted);
  if (!loaded) {
    report(with_way_to_begin(loaded.error(), options.config));
    return ExitCode::config_invalid;
  }
  config::LoadResult& result = loaded->result;
  Online online;
  if (options.online && result.rules) {
    Result<Online> asked = ask(options, result);
    if (!asked) return report(asked.error());
    online = std::move(*asked);
  }
  if (options.json) {
    fmt::print(
        "{}", config::format_json(result.diagnostics, options.config, result.summary, online.json));
  } else {
    fmt::print("{}{}{}", config::format_text(result.diagnostics, options.config, result.shown_text),
               online.table, config::format_summary(result.diagnostics, result.summary));
  }
  return exit_code_of(result.diagnostics);
}

}  // namespace

void add_check(CommandLine& line) {
  auto options = std::make_shared<Options>();
  options->config = default_config_path();
  line.verb("check", "Check a configuration: every problem with its line")
      .examples(
          "  wye check                       the wye.yaml of this folder (or $WYE_CONFIG)\n"
          "  wye check policy.yaml --json\n"
          "  wye check --online              asks every provider, at no cost: address, TLS, key, "
          "models\n"
          "  wye check --fix                 puts right what can be meant in one way only\n"
          "Exit code 0: good, 3: errors, 5: the only errors are providers that could not be "
          "asked.\n`wye help WYE1102` explains a code.")
      .value("-c,--config,config", options->config, "configuration file")
      .flag("--json", options->json, "print one JSON document")
      .flag("--secrets", options->secrets, "a missing secret is an error, as for serve")
      .flag("--online", options->online, "ask the providers, too; needs the secrets")
      .value("--timeout-ms", options->timeout_ms, "how long a provider may take")
      .flag("--fix", options->fix, "correct misspelt keys, names and words in the file")
      .flag("--yes", options->yes, "write corrections without asking")
      .run([options] { return check(*options); });
}

}  // namespace wye
