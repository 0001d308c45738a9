// Scenarios from a seed: who asks when, and what goes wrong meanwhile. See scenario.h.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sim/chance.h"
#include "sim/random_policy.h"
#include "sim/scenario.h"

namespace wye::sim {
namespace {

constexpr MonoUs second_us = 1'000'000;

ProviderPlan draw_provider(const std::string& name, Chance& chance) {
  ProviderPlan provider;
  provider.name = name;
  provider.seed = chance.next();
  provider.ttft_ms = chance.one_of<DurationMs>({0, 5, 50, 50, 400});
  provider.tokens_per_second = chance.one_of<double>({0, 0, 20, 100, 1000});
  const bool long_answers = chance.percent(5);
  provider.words_min = long_answers ? 60 : 3;
  provider.words_max = long_answers ? 300 : 15;
  return provider;
}

// One model at two vendors gives the same answer, and can go on with the other's.
void speak_like(const ProviderPlan& other, ProviderPlan& provider) {
  provider.seed = other.seed;
  provider.words_min = other.words_min;
  provider.words_max = other.words_max;
}

std::string draw_model(const PolicyNames& names, Chance& chance) {
  const std::int64_t sort = chance.between(1, 20);
  if (sort == 1) return "nobody-knows-this";
  if (sort <= 3) return chance.one_of(names.deployments);
  if (sort <= 6) return chance.one_of(names.routes);
  if (sort <= 7) return "m0";
  return "task/" + chance.one_of(names.tasks);
}

void append_words(std::size_t count, std::string& content) {
  constexpr std::string_view words = " word0 word1 word2 word3 word4 word5 word6";
  constexpr std::size_t word_bytes = 6;
  std::size_t left = count * word_bytes;
  for (; left > words.size(); left -= words.size()) content += words;
  content += words.substr(0, left);
}

AskPlan draw_ask(int number, const PolicyNames& names, MonoUs within, Chance& chance) {
  AskPlan ask;
  ask.number = number;
  ask.at_us = chance.between(0, within);
  ask.model = draw_model(names, chance);
  // Few and many words, so that some go beyond the smallest window.
  const std::int64_t length = chance.percent(1) ? 3'000 : chance.between(1, 12);
  ask.content = fmt::format("ask {}:", number);
  append_words(static_cast<std::size_t>(length), ask.content);
  ask.stream = chance.percent(55);
  ask.wants_usage = ask.stream && chance.percent(30);
  ask.broken_body = chance.percent(2);
  ask.wrong_key = chance.percent(2);
  ask.no_fallback = chance.percent(3);
  if (chance.percent(8)) ask.timeout_ms = chance.one_of<std::int64_t>({1, 50, 600, 5'000});
  if (chance.percent(15)) ask.tokens_max = chance.between(1, 30);
  if (chance.percent(15)) {
    ask.leaves_after_us =
        1 + chance.between(0, chance.one_of<MonoUs>({2'000, 200'000, 3 * second_us}));
  }
  if (chance.percent(10)) {
    ask.read_pause_us = chance.one_of<MonoUs>({1'000, 50'000, 500'000, 100 * second_us});
  }
  return ask;
}

std::string draw_fault(Chance& chance) {
  const std::string_view kind = chance.word({"status_500",
                                             "status_503",
                                             "status_529",
                                             "rate_limit",
                                             "quota",
                                             "auth",
                                             "permission",
                                             "model_gone",
                                             "context_length",
                                             "content_filter",
                                             "bad_request",
                                             "no_prefill",
                                             "refusal",
                                             "reset",
                                             "hang",
                                             "garbage",
                                             "wrong_length",
                                             "html_200",
                                             "empty",
                                             "malformed_event",
                                             "no_done",
                                             "error_event",
                                             "slow_first_token",
                                             "cut",
                                             "stall"});
  return fmt::format(
      R"({{"kind":"{}","rate":{},"after_tokens":{},"wait_ms":{},"retry_after_ms":{}}})", kind,
      chance.word({"1", "1", "0.5", "0.2"}), chance.one_of<int>({0, 1, 5, 20}),
      chance.one_of<int>({-1, 50, 1'000, 5'000}), chance.one_of<int>({-1, 0, 10, 1'000, 30'000}));
}

MonoUs draw_duration(Chance& chance) {
  return chance.between(1'000, chance.one_of<MonoUs>({100'000, 2 * second_us, 20 * second_us}));
}

Trouble draw_provider_trouble(const PolicyNames& names, Chance& chance) {
  using Kind = Trouble::Kind;
  Trouble trouble;
  trouble.provider = chance.one_of(names.providers);
  trouble.kind = chance.percent(70)
                     ? Kind::provider_fault
                     : chance.one_of<Kind>({Kind::refused, Kind::no_name, Kind::silent,
                                            Kind::slow_network, Kind::resets, Kind::restart});
  if (trouble.kind == Kind::provider_fault) trouble.setting = draw_fault(chance);
  if (trouble.kind == Kind::slow_network) trouble.amount = chance.one_of<int>({20'000, 1'500'000});
  if (trouble.kind == Kind::resets) trouble.amount = chance.one_of<int>({20, 100});
  return trouble;
}

Trouble draw_own_trouble(Chance& chance) {
  using Kind = Trouble::Kind;
  Trouble trouble;
  trouble.kind = chance.one_of<Kind>({Kind::store_full, Kind::store_errors, Kind::store_slow});
  if (trouble.kind == Kind::store_errors) trouble.amount = chance.between(1, 20);
  return trouble;
}

Trouble draw_clock_step(Chance& chance) {
  Trouble trouble;
  trouble.kind = Trouble::Kind::clock_step;
  trouble.amount = chance.one_of<std::int64_t>({-3'600'000, -5'000, -1, 1, 5'000, 3'600'000});
  return trouble;
}

void draw_troubles(Scenario& scenario, const PolicyNames& names, MonoUs within, Chance& chance) {
  const auto add = [&](Trouble trouble) {
    trouble.at_us = chance.between(0, within);
    trouble.for_us = draw_duration(chance);
    scenario.troubles.push_back(std::move(trouble));
  };
  const std::int64_t most = chance.one_of<std::int64_t>({0, 2, 5, 12});
  for (std::int64_t i = chance.between(0, most); i > 0; --i) {
    add(draw_provider_trouble(names, chance));
  }
  // A fault from the beginning to the end, as an outage is seen by those who come into it.
  if (chance.percent(25)) {
    Trouble trouble = draw_provider_trouble(names, chance);
    trouble.for_us = within;
    scenario.troubles.push_back(std::move(trouble));
  }
  if (chance.percent(20)) {
    for (std::int64_t i = chance.between(1, 3); i > 0; --i) add(draw_own_trouble(chance));
  }
  if (chance.percent(20)) {
    for (std::int64_t i = chance.between(1, 3); i > 0; --i) add(draw_clock_step(chance));
  }
}

}  // namespace

// Reading a policy takes as long as serving dozens of requests, so neighbouring seeds share theirs.
constexpr std::uint64_t seeds_of_a_policy = 16;

Scenario make_scenario(std::uint64_t seed) {
  Chance chance(seed);
  Chance policy_chance(seed / seeds_of_a_policy);
  Scenario scenario;
  scenario.seed = seed;
  const PolicyNames names = draw_names(policy_chance);
  for (const std::string& name : names.providers) {
    ProviderPlan provider = draw_provider(name, chance);
    if (names.twins && !scenario.providers.empty())
      speak_like(scenario.providers.front(), provider);
    scenario.providers.push_back(std::move(provider));
  }
  scenario.policies.push_back(draw_policy(names, policy_chance));
  const MonoUs within = chance.one_of<MonoUs>({20'000, second_us, 10 * second_us, 60 * second_us});
  const std::int64_t count = chance.between(1, chance.one_of<std::int64_t>({3, 15, 60, 240}));
  for (int i = 0; i < count; ++i) scenario.asks.push_back(draw_ask(i, names, within, chance));
  std::sort(scenario.asks.begin(), scenario.asks.end(),
            [](const AskPlan& a, const AskPlan& b) { return a.at_us < b.at_us; });
  draw_troubles(scenario, names, within, chance);
  if (chance.percent(20)) {
    for (std::int64_t i = chance.between(1, 3); i > 0; --i) {
      scenario.reloads.push_back({chance.between(0, within), scenario.policies.size()});
      scenario.policies.push_back(draw_policy(names, policy_chance));
    }
  }
  // In the middle of it all, or when all is over.
  scenario.drain_at_us =
      chance.percent(40) ? chance.between(0, within) : within + chance.between(0, 30 * second_us);
  scenario.drain_limit_us = chance.one_of<MonoUs>({0, 300'000, 30 * second_us, 30 * second_us});
  scenario.books_delay_us = chance.one_of<MonoUs>({200, 1'000, 5'000});
  scenario.slow_buffer_bytes = chance.one_of<std::size_t>({200, 1'024, 16'384});
  return scenario;
}

}  // namespace wye::sim
