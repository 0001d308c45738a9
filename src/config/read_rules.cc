// rules: conditions and where they lead; see loading.h.
#include <fmt/format.h>

#include <algorithm>

#include "config/check_shape.h"
#include "config/loading.h"
#include "config/values.h"

namespace wye::config {
namespace {

constexpr std::string_view metadata_stem = "metadata.";

void add_team(Loading& loading, const Node& node, Rule& rule) {
  std::vector<std::string_view> teams;
  for (const Key& key : loading.rules.keys) {
    if (!key.team.empty()) teams.push_back(key.team);
  }
  if (std::find(teams.begin(), teams.end(), node.text) == teams.end()) {
    loading.add(Code::unknown_name, place_of(node),
                fmt::format("no key has the team {}", shown(node)), did_you_mean(node.text, teams));
  }
  rule.when.push_back(TeamIs{node.text});
}

void add_data_class(Loading& loading, const Node& node, Rule& rule) {
  const int index = index_of(loading.rules.data_classes, node.text);
  if (index < 0) {
    loading.add(Code::unknown_name, place_of(node),
                fmt::format("there is no data class {}", shown(node)),
                did_you_mean(node.text, loading.rules.data_classes));
    return;
  }
  rule.when.push_back(DataClassIs{index});
}

void add_time(Loading& loading, const Node& node, Rule& rule) {
  auto window = read_time_window(&node);
  if (!window) return;
  if (!fill_offsets(*window, loading.environment.now)) {
    loading.add(Code::unknown_zone, place_of(node),
                fmt::format("there is no time zone \"{}\"", window->zone));
    return;
  }
  rule.when.push_back(std::move(*window));
}

void add_condition(Loading& loading, const Entry& entry, Rule& rule) {
  const Node& node = entry.value;
  const std::string_view key = entry.key;
  const std::string text = read_text(&node);
  if (key == "key" || key == "key.name") {
    if (const int index = find_key(loading, node); index >= 0) rule.when.push_back(KeyIs{index});
  } else if (key == "key.team" && !text.empty()) {
    add_team(loading, node, rule);
  } else if (key == "task") {
    if (const int index = find_task(loading, node); index >= 0) rule.when.push_back(TaskIs{index});
  } else if (key == "data_class" && !text.empty()) {
    add_data_class(loading, node, rule);
  } else if (key == "endpoint") {
    if (const auto endpoint = endpoint_from(text)) rule.when.push_back(EndpointIs{*endpoint});
  } else if (key == "stream") {
    if (const auto stream = read_flag(&node)) rule.when.push_back(StreamIs{*stream});
  } else if (key == "ask.tokens") {
    if (const auto tokens = read_comparison(&node)) rule.when.push_back(*tokens);
  } else if (key == "tag") {
    for (const Node* tag : read_list(&node)) rule.when.push_back(TagIs{tag->text});
  } else if (key == "needs") {
    for (const Node* name : read_list(&node)) {
      if (const auto ability = ability_from(name->text))
        rule.when.push_back(NeedsAbility{*ability});
    }
  } else if (key == "time") {
    add_time(loading, node, rule);
  } else if (key.starts_with(metadata_stem)) {
    rule.when.push_back(MetadataIs{std::string(key.substr(metadata_stem.size())), text});
  }
}

void read_rule(Loading& loading, const Node& node) {
  Rule rule;
  rule.where = node.where;
  if (const Node* when = node.find("when")) {
    for (const Entry& entry : when->entries) add_condition(loading, entry, rule);
  }
  Place place = place_of(node);
  if (const Node* use = node.find("use")) {
    place = place_of(*use);
    if (const auto target = find_target(loading, *use))
      rule.use = *target;
    else
      rule.use.index = -1;
  } else {
    rule.use.index = -1;
  }
  if (rule.use.index >= 0) {
    for (const int deployment : deployments_of(loading.rules, rule.use)) {
      loading.deployment_used[static_cast<std::size_t>(deployment)] = true;
    }
  }
  loading.rules.rules.push_back(std::move(rule));
  loading.rule_places.push_back(place);
}

}  // namespace

void read_rules(Loading& loading) {
  const Node* rules = loading.root.find("rules");
  if (rules == nullptr) return;
  for (const Node& node : rules->items) {
    if (node.is_map()) read_rule(loading, node);
  }
}

}  // namespace wye::config
