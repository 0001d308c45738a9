// The table of foreign words; see foreign.h.
#include "config/foreign.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "base/units.h"
#include "config/values.h"

namespace wye::config {
namespace {

struct ForeignKey {
  std::string_view within;  // as for advice_on_key; "*" is anywhere
  std::string_view key;
  std::string_view advice;
};

constexpr std::string_view litellm =
    "this looks like a configuration of LiteLLM; examples/quickstart.yaml shows one of wye, "
    "docs/configuration.md has every key";
constexpr std::string_view deployment_limits =
    "write limits: { rpm: ..., tpm: ..., parallel: ... } in the deployment";
constexpr std::string_view key_budget =
    "budgets are not available yet; max_cost of a task limits each request";
constexpr std::string_view key_limits =
    "limits of a key are not available yet; limits of a deployment protect the provider's account";

constexpr auto foreign_keys = std::to_array<ForeignKey>({
    {"", "model_list", litellm},
    {"", "litellm_settings", litellm},
    {"", "router_settings", litellm},
    {"", "general_settings", litellm},
    {"", "fallbacks", "write fallbacks in a task"},
    {"provider", "api_base", "write base_url"},
    {"provider", "azure_endpoint", "write base_url"},
    {"deployment", "api_base", "write base_url in the provider"},
    {"deployment", "base_url", "write it in the provider"},
    {"deployment", "api_key", "write it in the provider"},
    {"deployment", "api_version", "write it in the provider"},
    {"deployment", "rpm", deployment_limits},
    {"deployment", "tpm", deployment_limits},
    {"deployment", "parallel", deployment_limits},
    {"deployment", "max_parallel_requests", deployment_limits},
    {"key", "models", "write tasks: a key is given tasks, and their routes have the models"},
    {"key", "budget", key_budget},
    {"key", "max_budget", key_budget},
    {"key", "budget_duration", key_budget},
    {"key", "rpm", key_limits},
    {"key", "tpm", key_limits},
    {"key", "rpm_limit", key_limits},
    {"key", "tpm_limit", key_limits},
    {"key", "parallel", key_limits},
    {"key", "max_parallel_requests", key_limits},
    {"*", "num_retries", "write reliability: { retries: { max: ... } }"},
    {"*", "max_retries", "write reliability: { retries: { max: ... } }"},
    {"*", "allowed_fails", "write reliability: { circuit_breaker: { consecutive: ... } }"},
    {"*", "cooldown_time", "write reliability: { circuit_breaker: { cooldown: 5s..30s } }"},
    {"*", "request_timeout", "write reliability: { deadline: ... }, or latency in a task"},
    {"*", "routing_strategy", "write strategy in a route"},
});

// The one key that a scalar in the place of a map stands for.
struct Shorthand {
  std::string_view section, key;
};
constexpr auto shorthands = std::to_array<Shorthand>({{"retries", "max"},
                                                      {"fallbacks", "to"},
                                                      {"degrade", "to"},
                                                      {"store", "sqlite"},
                                                      {"baseline", "single"}});

// "5s..1s" the right way round, "30s..30s" for "30s".
std::string advice_on_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::string_view first = trim(text.substr(0, dots));
  if (!parse_duration_ms(first)) return {};
  if (dots == std::string_view::npos) return fmt::format("write {0}..{0}", first);
  const std::string_view second = trim(text.substr(dots + 2));
  if (!parse_duration_ms(second)) return {};
  return fmt::format("the smaller first: {}..{}", second, first);
}

std::string advice_on_address(std::string_view text) {
  if (text.starts_with(':')) text.remove_prefix(1);
  int port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool good = problem == std::errc{} && end == text.data() + text.size();
  return good && port >= 0 && port <= 65535 ? fmt::format("write 127.0.0.1:{}", port) : "";
}

std::string advice_on_bytes(const std::string& text) {
  return parse_bytes(text + "B") ? fmt::format("write {}B", text) : "";
}

// Variables are written in capitals; a secret that begins with a dollar sign hardly is.
bool is_plain_variable(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_digit(c) || c == '_' || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

std::string_view advice_on_key(std::string_view within, std::string_view key) {
  for (const ForeignKey& one : foreign_keys) {
    if (one.key == key && (one.within == "*" || one.within == within)) return one.advice;
  }
  return {};
}

std::string advice_on_value(Shape::Kind kind, const Node& node) {
  if (read_reference(&node)) return "references work in secrets only; write the value itself";
  switch (kind) {
    case Shape::Kind::duration_range: return advice_on_range(node.text);
    case Shape::Kind::address: return advice_on_address(node.text);
    case Shape::Kind::bytes: return advice_on_bytes(node.text);
    default: return {};
  }
}

std::string advice_on_scalar(std::string_view section, const Node& node) {
  constexpr std::size_t text_max = 60;
  if (!node.is_scalar() || node.text.size() > text_max) return {};
  for (const Shorthand& one : shorthands) {
    if (one.section == section) return fmt::format("write {{ {}: {} }}", one.key, node.text);
  }
  return {};
}

std::string_view variable_meant(std::string_view text) {
  for (const std::string_view beginning : {"os.environ/", "env:", "env.", "${", "$"}) {
    if (!text.starts_with(beginning)) continue;
    text.remove_prefix(beginning.size());
    if (beginning == "${" && text.ends_with('}')) text.remove_suffix(1);
    return is_plain_variable(text) ? text : std::string_view{};
  }
  return {};
}

}  // namespace wye::config
