// Reading of policies. See policies.h.
#include "sim/policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "config/load.h"
#include "sim/client.h"

namespace wye::sim {
namespace {

// The same with its words in quotes, those that are there already apart. The YAML library compares
// each byte of a plain word with all that may end it, and needs twice the time of a quoted one.
std::string with_quotes(const std::string& policy) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto goes_on = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  std::string out;
  bool inside = false;  // quotes
  bool between = true;  // words
  for (auto at = policy.begin(); at != policy.end(); ++at) {
    const auto end =
        !inside && between && is_letter(*at) ? std::find_if_not(at, policy.end(), goes_on) : at;
    between = *at == ' ' || *at == '\n' || *at == '[' || *at == '{';
    if (*at == '"') inside = !inside;
    const std::string_view word(at, end);
    if (word.empty() || word == "true" || word == "false") {
      out += *at;
      continue;
    }
    out.append(1, '"').append(word).append(1, '"');
    at = end - 1;
  }
  return out;
}

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
  const config::LoadResult loaded = config::load(with_quotes(policy), "sim.yaml", *catalog,
                                                 environment, {.secrets_required = true});
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
