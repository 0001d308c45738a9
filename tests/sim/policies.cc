// Reading of policies. See policies.h.
#include "sim/policies.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "config/load.h"
#include "sim/client.h"

namespace wye::sim {
namespace {

RulesPtr load(const std::string& policy) {
  static const Result<config::Catalog> catalog = config::Catalog::read(embedded_catalog());
  config::Environment environment;
  environment.variable = [](const std::string&) {
    return std::optional<std::string>(std::string(client_key));
  };
  environment.read_file = [](const std::string& path) -> Result<std::string> {
    return fail(FaultKind::config, "a simulation has no files: " + path);
  };
  environment.now = 1'767'225'600'000;
  const config::LoadResult loaded =
      config::load(policy, "sim.yaml", *catalog, environment, {.secrets_required = true});
  if (!loaded.rules) {
    fmt::print(stderr, "the simulation made a policy that is not valid:\n{}",
               config::format_text(loaded.diagnostics, "sim.yaml", loaded.shown_text));
    std::abort();
  }
  return loaded.rules;
}

}  // namespace

RulesPtr rules_of(const std::string& policy) {
  constexpr std::size_t kept_max = 64;
  static std::map<std::string, RulesPtr> kept;
  if (const auto at = kept.find(policy); at != kept.end()) return at->second;
  if (kept.size() >= kept_max) kept.clear();
  return kept[policy] = load(policy);
}

}  // namespace wye::sim
