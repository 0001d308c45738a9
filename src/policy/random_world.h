// RandomWorld: policies, requests and facts drawn from a seed, with every feature in use somewhere.
// For property tests and replay tests. Not part of the product.
#pragma once

#include <algorithm>

#include "core/outcome.h"
#include "core/plan.h"
#include "policy/test_rules.h"

namespace wye::test {

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : dice(seed) {
    make_deployments();
    make_routes();
    make_tasks();
    make_rules();
    build.build();
  }

  bool chance(std::uint64_t percent) { return dice.below(100) < percent; }
  std::int64_t upto(std::int64_t most) {
    return static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(most) + 1));
  }
  int pick(std::size_t count) { return static_cast<int>(dice.below(count)); }
  Triggers some_triggers() {
    Triggers triggers;
    for (int i = 0; i <= static_cast<int>(FaultKind::exhausted); ++i) {
      if (chance(40)) triggers.insert(static_cast<FaultKind>(i));
    }
    return triggers;
  }
  Abilities some_abilities(std::uint64_t percent) {
    Abilities abilities;
    for (int i = 0; i < ability_count; ++i) {
      if (chance(percent)) abilities.insert(static_cast<Ability>(i));
    }
    return abilities;
  }

  AskFacts some_ask() {
    AskFacts ask;
    const Rules& rules = build.rules;
    ask.endpoint = chance(80) ? Endpoint::chat : static_cast<Endpoint>(pick(endpoint_count));
    switch (dice.below(6)) {
      case 0: ask.model = "task/" + rules.tasks[pick_of(rules.tasks)].name; break;
      case 1: ask.model = rules.routes[pick_of(rules.routes)].name; break;
      case 2: ask.model = rules.deployments[pick_of(rules.deployments)].name; break;
      case 3: ask.model = rules.deployments[pick_of(rules.deployments)].model; break;
      case 4: ask.model = "nobody \"knows\" this\n\xc3\xbc"; break;
      default: ask.task_header = rules.tasks[pick_of(rules.tasks)].name;
    }
    if (chance(10)) ask.task_metadata = rules.tasks[pick_of(rules.tasks)].name;
    if (chance(50)) ask.key = "key-" + std::to_string(dice.below(4));
    if (chance(50)) ask.team = "team-" + std::to_string(dice.below(3));
    ask.needs = some_abilities(5);
    ask.input_tokens = upto(chance(20) ? 150'000 : 5'000);
    if (chance(40)) ask.output_tokens_max = upto(12'000);
    if (chance(10)) ask.choices = pick(5) + 1;
    ask.stream = chance(50);
    ask.no_fallback = chance(10);
    if (chance(15)) ask.max_cost_nanousd = upto(50'000'000);
    if (chance(15)) ask.timeout_ms = upto(90'000);
    if (chance(50)) ask.user_hash = dice.next();
    if (chance(50)) ask.prefix_hash = dice.next();
    if (chance(30)) ask.tags = {"tag-1", "tag \\ 2"};
    if (chance(30)) ask.metadata = {{"flow", "checkout"}, {"", "x\ty"}};
    return ask;
  }

  Facts some_facts() {
    Facts facts;
    facts.now = noon + upto(86'400'000);
    facts.seed = dice.next();
    facts.deployments.resize(build.rules.deployments.size());
    for (DeploymentFacts& seen : facts.deployments) {
      if (!chance(30)) fill(seen, facts.now);
    }
    return facts;
  }

  RulesBuilder build;
  Dice dice;

 private:
  template <class Nouns>
  std::size_t pick_of(const Nouns& nouns) {
    return static_cast<std::size_t>(dice.below(nouns.size()));
  }
  Where some_where() { return {pick(200), pick(80) + 1}; }

  void make_deployments() {
    const int providers = 1 + pick(4);
    for (int i = 0; i < providers; ++i) {
      build.provider("provider-" + std::to_string(i), dice.below(8), dice.below(4), chance(50));
    }
    const int count = 1 + pick(9);
    for (int i = 0; i < count; ++i) {
      const int index =
          build.deployment("deployment-" + std::to_string(i), pick(build.rules.providers.size()));
      Deployment& one = build.at(index);
      one.where = some_where();
      if (chance(20))
        one.price.base = {};
      else
        one.price.base =
            price_of(static_cast<double>(dice.below(9)), static_cast<double>(dice.below(30)));
      if (chance(20)) one.price.tiers = {{upto(5'000), price_of(9, 40)}};
      one.context_tokens = chance(20) ? 0 : 1'000 + upto(200'000);
      one.output_tokens_max = chance(30) ? 0 : upto(10'000);
      one.abilities = some_abilities(90);
      one.abilities_known = chance(80);
      if (chance(10)) one.endpoints = {static_cast<Endpoint>(pick(endpoint_count))};
      if (chance(30)) one.limits = {upto(100), upto(100'000), upto(50)};
    }
  }

  void make_routes() {
    const int count = 1 + pick(4);
    for (int i = 0; i < count; ++i) {
      std::vector<int> members;
      for (std::size_t d = 0; d < build.rules.deployments.size(); ++d) {
        if (chance(60)) members.push_back(static_cast<int>(d));
      }
      const int index = build.route("route-" + std::to_string(i), members,
                                    static_cast<Strategy>(pick(6)), static_cast<Sticky>(pick(3)));
      for (RouteMember& member : build.route_at(index).members) member.weight = upto(9);
    }
  }

  void make_tasks() {
    const int count = 1 + pick(3);
    for (int i = 0; i < count; ++i) {
      Task& task =
          build.task_at(build.task("task-" + std::to_string(i), pick(build.rules.routes.size())));
      if (chance(20)) task.route = -1;
      if (chance(30)) task.requires_ = {some_abilities(5), upto(50'000), some_where()};
      if (chance(20)) task.data_class = pick(2);
      if (chance(20)) task.regions = dice.below(8);
      task.zdr = chance(15);
      if (chance(20)) task.max_cost_nanousd = upto(50'000'000);
      if (chance(15)) task.max_price = price_of(static_cast<double>(dice.below(9)), 20);
      if (chance(50)) task.deadline_ms = upto(30'000);
      task.max_cost_where = some_where();
      make_fallbacks(i);
    }
    for (int i = 0; i < 3; ++i) {
      Key& key = build.rules.keys[static_cast<std::size_t>(build.key("key-" + std::to_string(i)))];
      if (chance(30)) key.default_task = pick(build.rules.tasks.size());
      if (chance(20)) key.tasks = {pick(build.rules.tasks.size())};
    }
    if (chance(50)) build.rules.baseline = pick(build.rules.deployments.size());
    build.rules.reliability.retries.max = pick(4);
  }

  void make_fallbacks(int task) {
    const int count = pick(5);
    for (int i = 0; i < count; ++i) {
      if (chance(15)) {
        build.answer(task, "Later, \"maybe\".");
        continue;
      }
      Fallback& one = build.fallback(task, pick(build.rules.deployments.size()), some_triggers());
      if (chance(30)) {
        one.target.kind = Target::Kind::route;
        one.target.index = pick(build.rules.routes.size());
      }
      one.degrade = chance(30);
      one.drop_reasoning = one.degrade && chance(50);
    }
  }

  void make_rules() {
    const int count = pick(6);
    for (int i = 0; i < count; ++i) {
      std::vector<Condition> when;
      if (chance(40)) when.push_back(TeamIs{"team-" + std::to_string(dice.below(3))});
      if (chance(40)) when.push_back(TokensAre{static_cast<Compare>(pick(6)), upto(5'000)});
      if (chance(20)) when.push_back(TagIs{"tag-1"});
      if (chance(20)) when.push_back(KeyIs{pick(3)});
      if (chance(20)) when.push_back(TimeIs{pick(1440), pick(1440), "X", {{0, 3600}}});
      if (chance(20)) when.push_back(TaskIs{pick(build.rules.tasks.size())});
      when.push_back(StreamIs{chance(50)});
      const bool to_route = chance(50);
      build.rule(std::move(when), to_route ? Target::Kind::route : Target::Kind::deployment,
                 to_route ? pick(build.rules.routes.size()) : pick(build.rules.deployments.size()));
    }
  }

  void fill(DeploymentFacts& seen, TimeMs now) {
    if (chance(20)) {
      seen.breaker = static_cast<BreakerState>(pick(3));
      seen.opened_at = now - upto(30'000);
      seen.open_until = now - 10'000 + upto(30'000);
      seen.probe_taken = chance(40);
      if (seen.breaker == BreakerState::half_open) seen.probes_ok = seen.probe_taken ? 1 : 0;
      seen.window_bad = 1 + pick(20);
      seen.window_ok = pick(50);
      seen.consecutive_bad = pick(6);
      seen.last_fault = static_cast<std::uint8_t>(pick(18));
    }
    seen.in_flight = pick(60);
    seen.tokens_in_flight = std::int64_t{seen.in_flight} % 3 * 1'000;
    if (chance(10)) seen.limited_until = now - 5'000 + upto(10'000);
    if (chance(5)) seen.out_until = now + upto(10'000);
    if (chance(70)) seen.ttft_us = static_cast<std::int32_t>(upto(3'000'000));
    if (chance(70)) seen.us_per_token = static_cast<std::int32_t>(upto(60'000));
    if (chance(50)) seen.requests_left_ppm = static_cast<std::int32_t>(upto(1'000'000));
    if (chance(50)) seen.tokens_left_ppm = static_cast<std::int32_t>(upto(1'000'000));
    if (chance(50)) seen.input_tokens_ppm = static_cast<std::int32_t>(500'000 + upto(1'500'000));
    seen.minute_requests = upto(120);
    seen.minute_tokens = upto(90'000);
  }
};

}  // namespace wye::test
