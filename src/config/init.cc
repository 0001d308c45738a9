// Writing the starting file; see init.h.
#include "config/init.h"

#include <fmt/format.h>

#include <array>

namespace wye::config {
namespace {

// A vendor that a starting file may use, with a cheap and a strong model of it. A test checks that
// the catalog has them.
struct Vendor {
  std::string_view name;  // in the catalog and in the file
  std::string_view fast, smart;
};

constexpr auto vendors = std::to_array<Vendor>({
    {"openai", "gpt-6-luna", "gpt-6.1-sol"},
    {"anthropic", "claude-haiku-5-5", "claude-sonnet-5-5"},
    {"google", "gemini-3.5-flash-lite", "gemini-3.8-flash"},
    {"mistral", "mistral-small-2603", "mistral-large-4-0"},
    {"groq", "openai/gpt-oss-20b", "openai/gpt-oss-120b"},
    {"deepseek", "deepseek-flash", "deepseek-v4-pro"},
    {"xai", "grok-4.3", "grok-4.6"},
    {"together", "openai/gpt-oss-20b", "zai-org/GLM-5.2"},
    {"fireworks", "accounts/fireworks/models/gpt-oss-20b", "accounts/fireworks/models/glm-5p2"},
    {"cerebras", "gpt-oss-120b", "qwen-3.8-27b"},
    {"openrouter", "openai/gpt-6-luna", "anthropic/claude-sonnet-5.5"},
    {"perplexity", "sonar", "sonar-pro"},
});
constexpr Vendor simulator{"simulator", "sim-fast", "sim-smart"};

// A vendor whose key alone is not enough, and a line of the file that its owner completes. The key
// itself is read from its variable, as for every vendor of the catalog.
struct IncompleteVendor {
  std::string_view name;  // in the catalog and in the file
  std::string_view needs;
  std::string_view line;
};
constexpr auto incomplete_vendors = std::to_array<IncompleteVendor>({
    {"azure", "the name of its resource", "azure: { resource: NAME }"},
    {"bedrock", "a region", "bedrock: { region: eu-west-1 }"},
    {"vertex", "a region", "vertex: { region: europe-west4 }"},
});

struct Found {
  Vendor vendor;
  std::string variable;  // "" for the simulator
};

// The variable that holds the vendor's key, "" when none of them does.
std::string key_variable(const Environment& environment, const CatalogProvider& provider) {
  for (const std::string& variable : provider.api_key_variables) {
    const auto value = environment.variable(variable);
    if (value && !value->empty()) return variable;
  }
  return {};
}

std::vector<Found> find_vendors(const Environment& environment, const Catalog& catalog) {
  std::vector<Found> out;
  for (const Vendor& vendor : vendors) {
    const CatalogProvider* provider = catalog.find(vendor.name);
    if (provider == nullptr || provider->find_model(vendor.fast) == nullptr ||
        provider->find_model(vendor.smart) == nullptr) {
      continue;
    }
    const std::string variable = key_variable(environment, *provider);
    if (!variable.empty()) out.push_back({vendor, variable});
  }
  if (out.empty()) out.push_back({simulator, ""});
  return out;
}

// Comments for the vendors whose keys are there and need more.
std::string incomplete_lines(const Environment& environment, const Catalog& catalog,
                             std::vector<IncompleteKey>& keys) {
  std::string out;
  for (const IncompleteVendor& vendor : incomplete_vendors) {
    const CatalogProvider* provider = catalog.find(vendor.name);
    if (provider == nullptr) continue;
    const std::string variable = key_variable(environment, *provider);
    if (variable.empty()) continue;
    out += fmt::format("  # {}   # {} is set; {} also needs {}, see docs/providers.md\n",
                       vendor.line, variable, vendor.name, vendor.needs);
    keys.push_back({variable, std::string(vendor.name), std::string(vendor.needs)});
  }
  return out;
}

std::string provider_lines(const Found& found) {
  const Vendor& vendor = found.vendor;
  if (found.variable.empty()) {
    return "  simulator: {}              # wye's own simulated provider, which costs nothing\n";
  }
  return fmt::format("  {}: {{ api_key: \"${{env:{}}}\" }}\n", vendor.name, found.variable);
}

std::string deployment_line(const Found& found, std::string_view suffix, std::string_view model) {
  return fmt::format("  {0}-{1}: {{ provider: {0}, model: \"{2}\" }}\n", found.vendor.name, suffix,
                     model);
}

std::string names(const std::vector<Found>& found, std::string_view suffix) {
  std::string out;
  for (const Found& one : found)
    out += fmt::format("{}{}-{}", out.empty() ? "" : ", ", one.vendor.name, suffix);
  return out;
}

// The deployments that can do something, cheap ones first.
std::vector<std::string> able(const std::vector<Found>& found, const Catalog& catalog,
                              Ability ability) {
  std::vector<std::string> out;
  const auto add = [&](const Found& one, std::string_view suffix, std::string_view model) {
    const CatalogProvider* provider = catalog.find(one.vendor.name);
    const CatalogModel* entry = provider == nullptr ? nullptr : provider->find_model(model);
    if (entry != nullptr && entry->abilities.has(ability))
      out.push_back(fmt::format("{}-{}", one.vendor.name, suffix));
  };
  for (const Found& one : found) add(one, "fast", one.vendor.fast);
  for (const Found& one : found) add(one, "smart", one.vendor.smart);
  return out;
}

std::string extract_task(const std::vector<Found>& found, const Catalog& catalog) {
  for (const Ability ability : {Ability::json_schema, Ability::json_object}) {
    const std::vector<std::string> who = able(found, catalog, ability);
    if (who.empty()) continue;
    return fmt::format(
        "  extract:                   # the answer is data, so the model must be able to keep a "
        "form\n"
        "    route: [{}]\n    requires: {{ {}: true }}\n    objective: {{ prefer: cost }}\n"
        "    fallbacks:\n"
        "      - {{ degrade: {{ answer: \"Extraction is not possible now; try again in some "
        "minutes.\" }} }}\n",
        fmt::join(who, ", "), to_string(ability));
  }
  return "  extract:\n    route: fast\n    fallbacks:\n      - { to: smart }\n";
}

constexpr std::string_view file_introduction =
    R"(# wye.yaml, written by `wye init`. Check it with `wye check`, start with `wye serve`.
# Every key is described in docs/configuration.md and by `wye schema KEY`.
version: 1

server:
  listen: 127.0.0.1:8080     # only this machine; configure `keys` before opening it to others
  admin_listen: 127.0.0.1:8081

store: { sqlite: wye.db }    # the record of every request

# Vendor accounts. Secrets stay in the environment and never stand in this file.
providers:
)";

}  // namespace

StartingFile starting_file(const Environment& environment, const Catalog& catalog) {
  const std::vector<Found> found = find_vendors(environment, catalog);
  StartingFile file;
  file.providers = static_cast<int>(found.size());
  file.tasks = 3;
  file.text = file_introduction;
  for (const Found& one : found) {
    if (!one.variable.empty()) file.variables.push_back(one.variable);
    file.text += provider_lines(one);
  }
  file.text += incomplete_lines(environment, catalog, file.incomplete);
  file.text +=
      "\n# Models at those vendors, by names of yours: a cheap and a strong one "
      "each.\ndeployments:\n";
  for (const Found& one : found) {
    file.text += deployment_line(one, "fast", one.vendor.fast);
    file.text += deployment_line(one, "smart", one.vendor.smart);
  }
  file.text += fmt::format(
      "\n# Names that clients use as the model. When one deployment fails, the next one "
      "answers.\nroutes:\n"
      "  fast: {{ strategy: lowest_cost, deployments: [{}] }}\n"
      "  smart: {{ strategy: priority, deployments: [{}] }}\n",
      names(found, "fast"), names(found, "smart"));
  file.text +=
      "\n# What requests are for. Clients say model \"task/chat\", or header x-wye-task: "
      "chat.\ntasks:\n"
      "  chat:\n    route: smart\n    latency: { sensitivity: interactive }\n"
      "    fallbacks:\n      - { degrade: { to: fast } }    # told to the client in "
      "x-wye-degraded\n"
      "  summarize:\n    route: fast\n    max_cost: $0.25           # no single request may cost "
      "more\n"
      "    fallbacks:\n      - { to: smart }\n";
  file.text += extract_task(found, catalog);
  file.text += fmt::format(
      "\n# Savings are measured against this deployment having served everything.\n"
      "baseline: {{ single: {}-smart }}\n",
      found.front().vendor.name);
  return file;
}

}  // namespace wye::config
