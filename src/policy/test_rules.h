// TestRules: small policies for tests and benchmarks, built in a few lines. Not part of the
// product.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/ask_facts.h"
#include "core/facts.h"
#include "core/rules.h"

namespace wye::test {

inline constexpr TimeMs noon = 1'795'305'600'000;  // 2026-11-22 00:00:00 UTC

inline PicoUsdPerToken per_million(double dollars) {
  return static_cast<PicoUsdPerToken>(dollars * 1e6);
}

inline Price price_of(double input, double output) {
  Price price;
  price.input = per_million(input);
  price.output = per_million(output);
  return price;
}

// Adds nouns and hands out their indices. Call build() last.
class RulesBuilder {
 public:
  RulesBuilder() {
    rules.source_path = "wye.yaml";
    rules.fingerprint = "4be1";
    rules.regions = {"us", "eu", "cn"};
    rules.data_classes = {"phi", "pii"};
    Provider provider;
    provider.name = "openai";
    provider.kind = "openai";
    provider.regions = 0b001;
    provider.where = {3, 3};
    rules.providers.push_back(provider);
  }

  int provider(std::string name, NameSet regions = 0, NameSet approved_for = 0, bool zdr = false) {
    Provider one;
    one.name = name;
    one.kind = std::move(name);
    one.regions = regions;
    one.approved_for = approved_for;
    one.zdr = zdr;
    rules.providers.push_back(one);
    return static_cast<int>(rules.providers.size()) - 1;
  }

  // At $1/M in and $2/M out, with every ability and a window of 100,000 tokens, at provider 0.
  int deployment(const std::string& name, int provider_index = 0) {
    Deployment one;
    one.name = name;
    one.provider = provider_index;
    one.model = "model-of-" + name;
    one.price.base = price_of(1, 2);
    one.context_tokens = 100'000;
    one.output_tokens_max = 8'000;
    one.abilities = Abilities::from_bits((1ULL << ability_count) - 1);
    one.abilities_known = true;
    one.endpoints = {Endpoint::chat};
    one.where = {10 + static_cast<int>(rules.deployments.size()), 3};
    rules.deployments.push_back(one);
    return static_cast<int>(rules.deployments.size()) - 1;
  }

  int route(std::string name, const std::vector<int>& members,
            Strategy strategy = Strategy::priority, Sticky sticky = Sticky::none) {
    Route one;
    one.name = std::move(name);
    one.strategy = strategy;
    one.sticky = sticky;
    for (const int member : members) one.members.push_back({member, 1});
    one.where = {40, 3};
    rules.routes.push_back(one);
    return static_cast<int>(rules.routes.size()) - 1;
  }

  int task(std::string name, int route_index) {
    Task one;
    one.name = std::move(name);
    one.route = route_index;
    one.where = {50, 3};
    rules.tasks.push_back(one);
    return static_cast<int>(rules.tasks.size()) - 1;
  }

  int rule(std::vector<Condition> when, Target::Kind kind, int index) {
    Rule one;
    one.when = std::move(when);
    one.use.kind = kind;
    one.use.index = index;
    one.where = {70 + static_cast<int>(rules.rules.size()), 5};
    rules.rules.push_back(one);
    return static_cast<int>(rules.rules.size()) - 1;
  }

  int key(std::string name, std::string team = "") {
    Key one;
    one.hash[0] = static_cast<unsigned char>(rules.keys.size() + 1);
    one.name = std::move(name);
    one.team = std::move(team);
    rules.keys.push_back(one);
    return static_cast<int>(rules.keys.size()) - 1;
  }

  Deployment& at(int index) { return rules.deployments[static_cast<std::size_t>(index)]; }
  Task& task_at(int index) { return rules.tasks[static_cast<std::size_t>(index)]; }
  Route& route_at(int index) { return rules.routes[static_cast<std::size_t>(index)]; }

  // A fallback of a task to a deployment.
  Fallback& fallback(int task_index, int deployment_index, Triggers after) {
    Fallback one;
    one.target.kind = Target::Kind::deployment;
    one.target.index = deployment_index;
    one.after = after;
    one.where = {60 + static_cast<int>(task_at(task_index).fallbacks.size()), 9};
    return task_at(task_index).fallbacks.emplace_back(one);
  }
  Fallback& answer(int task_index, std::string text) {
    Fallback& one = fallback(task_index, 0, {FaultKind::exhausted});
    one.target.kind = Target::Kind::answer;
    one.target.index = -1;
    one.target.answer = std::move(text);
    one.degrade = true;
    return one;
  }

  const Rules& build() {
    rules.index_names();
    return rules;
  }

  Rules rules;
};

// Facts in which every deployment is healthy and idle.
inline Facts healthy(const Rules& rules, std::uint64_t seed = 1) {
  Facts facts;
  facts.now = noon;
  facts.seed = seed;
  facts.deployments.resize(rules.deployments.size());
  return facts;
}

inline AskFacts ask_for(std::string model) {
  AskFacts ask;
  ask.model = std::move(model);
  ask.input_tokens = 1'000;
  return ask;
}

}  // namespace wye::test
