// Names to indices, with what to say when a name leads nowhere; see loading.h.
#include "config/loading.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/check_shape.h"

namespace wye::config {
namespace {

template <class Nouns>
void collect(std::vector<std::string_view>& names, const Nouns& nouns) {
  for (const auto& noun : nouns) names.push_back(noun.name);
}

void add_unknown(Loading& loading, const Node& name, std::string_view noun,
                 const std::vector<std::string_view>& known) {
  loading.add(Code::unknown_name, place_of(name),
              fmt::format("there is no {} {}", noun, shown(name)), did_you_mean(name.text, known));
}

template <class Map, class Nouns>
int find_one(Loading& loading, const Map& map, const Nouns& nouns, const Node& name,
             std::string_view noun) {
  if (!name.is_scalar() || name.text.empty()) return -1;
  const int index = find_index(map, name.text);
  if (index >= 0) return index;
  std::vector<std::string_view> known;
  collect(known, nouns);
  add_unknown(loading, name, noun, known);
  return -1;
}

}  // namespace

const std::vector<Entry>& Loading::entries(std::string_view section) const {
  static const std::vector<Entry> none;
  const Node* node = root.find(section);
  return node == nullptr ? none : node->entries;
}

int find_deployment(Loading& loading, const Node& name) {
  if (name.is_scalar() && find_index(loading.rules.route_by_name, name.text) >= 0 &&
      find_index(loading.rules.deployment_by_name, name.text) < 0) {
    loading.add(Code::unknown_name, place_of(name),
                fmt::format("{} is a route, and a deployment is wanted", shown(name)),
                "name the route's deployments instead");
    return -1;
  }
  return find_one(loading, loading.rules.deployment_by_name, loading.rules.deployments, name,
                  "deployment");
}
int find_task(Loading& loading, const Node& name) {
  return find_one(loading, loading.rules.task_by_name, loading.rules.tasks, name, "task");
}
int find_key(Loading& loading, const Node& name) {
  return find_one(loading, loading.rules.key_by_name, loading.rules.keys, name, "key");
}

std::optional<Target> find_target(Loading& loading, const Node& name) {
  if (!name.is_scalar() || name.text.empty()) return std::nullopt;
  const int route = find_index(loading.rules.route_by_name, name.text);
  if (route >= 0) return Target{Target::Kind::route, route, {}};
  const int deployment = find_index(loading.rules.deployment_by_name, name.text);
  if (deployment >= 0) return Target{Target::Kind::deployment, deployment, {}};
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < loading.rules.routes.size(); ++i) {
    if (!loading.route_notes[i].of_task) known.push_back(loading.rules.routes[i].name);
  }
  collect(known, loading.rules.deployments);
  add_unknown(loading, name, "route or deployment", known);
  return std::nullopt;
}

std::vector<int> deployments_of(const Rules& rules, const Target& target) {
  if (target.kind == Target::Kind::deployment) return {target.index};
  std::vector<int> out;
  if (target.kind == Target::Kind::route) {
    for (const RouteMember& member : rules.routes[static_cast<std::size_t>(target.index)].members) {
      out.push_back(member.deployment);
    }
  }
  return out;
}

int index_of(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

NameSet name_bit(Loading& loading, std::vector<std::string>& names, const Node& name,
                 std::string_view noun) {
  constexpr std::size_t names_max = 64;
  int index = index_of(names, name.text);
  if (index < 0) {
    if (names.size() == names_max) {
      loading.add(Code::too_many_names, place_of(name),
                  fmt::format("more than {} {}", names_max, noun));
      return 0;
    }
    index = static_cast<int>(names.size());
    names.push_back(name.text);
  }
  return NameSet{1} << index;
}

}  // namespace wye::config
