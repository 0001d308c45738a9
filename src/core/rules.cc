// The names of the policy's enums, and the maps from names to indices.
#include "core/rules.h"

#include "core/names.h"

namespace wye {
namespace {

constexpr auto strategies = names_of<Strategy, Strategy::headroom>(
    "priority", "weighted", "lowest_cost", "lowest_latency", "least_busy", "headroom");

constexpr auto stickies = names_of<Sticky, Sticky::prompt_cache>("none", "user", "prompt_cache");

constexpr auto criticalities =
    names_of<Criticality, Criticality::critical>("low", "medium", "high", "critical");

constexpr auto commits = names_of<Commit, Commit::validated>("first_token", "window", "validated");

// The first of equal names wins; config/ refuses duplicates before it comes to that.
template <class Map, class Nouns>
void index(Map& map, const Nouns& nouns) {
  map.clear();
  map.reserve(nouns.size());
  for (std::size_t i = 0; i < nouns.size(); ++i)
    map.try_emplace(nouns[i].name, static_cast<int>(i));
}

}  // namespace

std::string_view to_string(Strategy strategy) { return strategies.of(strategy); }
std::string_view to_string(Sticky sticky) { return stickies.of(sticky); }
std::string_view to_string(Criticality criticality) { return criticalities.of(criticality); }
std::string_view to_string(Commit commit) { return commits.of(commit); }
std::optional<Strategy> strategy_from(std::string_view name) { return strategies.find(name); }
std::optional<Sticky> sticky_from(std::string_view name) { return stickies.find(name); }
std::optional<Criticality> criticality_from(std::string_view name) {
  return criticalities.find(name);
}

void Rules::index_names() {
  index(deployment_by_name, deployments);
  index(route_by_name, routes);
  index(task_by_name, tasks);
  index(key_by_name, keys);
  deployment_by_model.clear();
  for (std::size_t i = 0; i < deployments.size(); ++i) {
    Deployment& deployment = deployments[i];
    const int at = static_cast<int>(i);
    deployment.name_hash = hash64(deployment.name);
    const auto provider = static_cast<std::size_t>(deployment.provider);
    if (provider >= providers.size()) continue;
    deployment_by_model.try_emplace(providers[provider].name + "/" + deployment.model, at);
    deployment_by_model.try_emplace(providers[provider].kind + "/" + deployment.model, at);
  }
  // Bare model names come second: an aggregator calls a model "openai/gpt-5-mini", and that must
  // not hide the deployment at openai itself.
  for (std::size_t i = 0; i < deployments.size(); ++i) {
    deployment_by_model.try_emplace(deployments[i].model, static_cast<int>(i));
  }
  key_by_hash.clear();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto* bytes = reinterpret_cast<const char*>(keys[i].hash.data());
    key_by_hash.try_emplace(std::string(bytes, keys[i].hash.size()), static_cast<int>(i));
  }
}

Criticality criticality_of(const Rules& rules, int task) {
  return task < 0 ? Criticality::medium : rules.tasks[static_cast<std::size_t>(task)].criticality;
}

int find_index(const std::unordered_map<std::string, int, StringHash, std::equal_to<>>& map,
               std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? -1 : found->second;
}

}  // namespace wye
