#include "chaos/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "stories/story.h"

namespace wye::chaos {
namespace {

using story::Heard;
using story::Story;
using story::Told;
using story::Wish;

constexpr std::string_view two_providers = R"(
version: 1
keys: { app: { secret: "${env:APP_KEY}" } }
providers:
  acme:   { kind: openai_compatible, base_url: "http://acme.sim/v1" }
  backup: { kind: openai_compatible, base_url: "http://backup.sim/v1" }
deployments:
  first:  { provider: acme,   model: sim-a, price: { input: $1/M, output: $2/M }, context: 128k, abilities: [stream, tools] }
  second: { provider: backup, model: sim-b, price: { input: $3/M, output: $6/M }, context: 128k, abilities: [stream, tools] }
tasks:
  chat: { route: [first, second], latency: { sensitivity: interactive, ttft: 2s, stall: 2s, total: 20s } }
)";

// Every way of failing that the simulator has and that another provider can make good, in equal
// parts; together they strike half of the requests.
constexpr std::string_view half_of_all =
    R"({"words_min":5,"words_max":12,"ttft_ms":40,"tokens_per_second":400,"faults":[
  {"kind":"status_500","rate":0.05},{"kind":"status_503","rate":0.05,"retry_after_ms":-1},{"kind":"status_529","rate":0.05},
  {"kind":"reset","rate":0.05},{"kind":"hang","rate":0.05},{"kind":"garbage","rate":0.05},{"kind":"wrong_length","rate":0.05},
  {"kind":"html_200","rate":0.05},{"kind":"error_event","rate":0.05,"after_tokens":2},
  {"kind":"slow_first_token","rate":0.05,"wait_ms":20000},{"kind":"cut","rate":0.05,"after_tokens":2},
  {"kind":"stall","rate":0.05,"after_tokens":2}]})";

constexpr std::string_view dead = R"({"faults":[{"kind":"status_503","retry_after_ms":-1}]})";

constexpr std::string_view quick =
    R"({"words_min":5,"words_max":12,"ttft_ms":40,"tokens_per_second":400})";

void set(Story& story, const std::string& provider, std::string_view setting) {
  if (!story.provider(provider).change(setting)) std::abort();
}

std::size_t scaled(double scale, std::size_t count, std::size_t least = 100) {
  return std::max(least, static_cast<std::size_t>(scale * static_cast<double>(count)));
}

// Half of the requests are streamed; each has a prompt of its own.
Wish wish_number(std::size_t number) {
  Wish wish;
  wish.stream = number % 2 == 0;
  wish.content = fmt::format("question {}", number);
  return wish;
}

// Asks `count` times, `at_once` at a time; `look` sees each answer.
template <class Look>
void ask_many(Story& story, std::size_t count, std::size_t at_once, Look look) {
  for (std::size_t done = 0; done < count; done += at_once) {
    std::vector<Wish> wishes;
    for (std::size_t i = done; i < std::min(count, done + at_once); ++i) {
      wishes.push_back(wish_number(i));
    }
    const std::vector<Told> told = story.ask_all(wishes);
    for (std::size_t i = 0; i < told.size(); ++i) look(wishes[i], told[i]);
  }
}

double percent(std::size_t part, std::size_t all) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(all);
}

double ratio(std::uint64_t calls, std::size_t asks) {
  return static_cast<double>(calls) / static_cast<double>(asks);
}

}  // namespace

Figure half_of_one_provider_fails(double scale) {
  Story story(two_providers);
  set(story, "acme", half_of_all);
  set(story, "backup", quick);
  const std::size_t asks = scaled(scale, 100'000);
  std::size_t answered = 0;
  ask_many(story, asks, 100, [&](const Wish& wish, const Told& told) {
    if (told.status == 200 && told.heard(wish).whole) ++answered;
  });
  return {"answered, one of two providers at 50 % errors of all kinds", ">= 99.99 %",
          fmt::format("{:.3f} % of {}", percent(answered, asks), asks),
          answered * 10'000 >= asks * 9'999};
}

Figure load_with_a_dead_provider(double scale) {
  Story story(two_providers);
  set(story, "acme", dead);
  set(story, "backup", quick);
  const std::size_t asks = scaled(scale, 10'000, 2'000);
  ask_many(story, asks, 10, [](const Wish&, const Told&) {});
  const double calls = ratio(story.calls("acme") + story.calls("backup"), asks);
  return {"calls a request, first provider dead", "<= 1.02", fmt::format("{:.4f}", calls),
          calls <= 1.02};
}

Figure load_when_everything_fails(double scale) {
  Story story(two_providers);
  for (const char* name : {"acme", "backup"}) set(story, name, R"({"faults":["status_500"]})");
  const std::size_t asks = scaled(scale, 10'000);
  ask_many(story, asks, 10, [](const Wish&, const Told&) {});
  const double calls = ratio(story.calls("acme") + story.calls("backup"), asks);
  return {"calls a request, both providers dead", "<= 1.10", fmt::format("{:.4f}", calls),
          calls <= 1.10};
}

Figure calls_until_a_circuit_opens(double) {
  Story story(two_providers);
  set(story, "acme", dead);
  set(story, "backup", quick);
  std::uint64_t before = 0;
  // One after the other, so that each may learn of the one before.
  for (int i = 0; i < 50; ++i) {
    before = story.calls("acme");
    (void)story.ask(wish_number(1));
    if (story.calls("acme") == before) break;
  }
  return {"failures until a dead provider's circuit is open", "<= 5", fmt::format("{}", before),
          before <= 5};
}

Figure probes_of_a_dead_provider(double scale) {
  Story story(two_providers);
  set(story, "acme", dead);
  set(story, "backup", quick);
  for (int i = 0; i < 10; ++i) (void)story.ask(wish_number(1));
  const std::uint64_t opened = story.calls("acme");
  const auto minutes = std::max<std::int64_t>(1, static_cast<std::int64_t>(10 * scale));
  const TimeMs until = story.now_ms() + minutes * 60'000;
  while (story.now_ms() < until) {
    (void)story.ask(wish_number(1));
    story.pass(200);
  }
  // Cooldowns double from 5 s to 30 s: six windows in the first two minutes, two a minute then.
  const auto windows = static_cast<std::uint64_t>(3 + 2 * minutes);
  const std::uint64_t probes = story.calls("acme") - opened;
  return {"probes of a dead provider", "<= 1 a window",
          fmt::format("{} in {} min ({} windows)", probes, minutes, windows), probes <= windows};
}

Figure cut_streams_that_look_whole(double scale) {
  const std::size_t asks = scaled(scale, 10'000);
  std::size_t wrong = 0;
  std::size_t whole = 0;
  for (const bool alike : {true, false}) {
    Story story(two_providers);
    set(story, "acme",
        R"({"words_min":40,"words_max":60,"faults":[{"kind":"cut","after_tokens":20},{"kind":"cut","after_tokens":3}]})");
    // A second provider that says the same may go on; one that says something else may not.
    set(story, "backup",
        alike ? R"({"words_min":40,"words_max":60})" : R"({"words_min":4,"words_max":6})");
    Story healthy(two_providers);
    set(healthy, "acme", R"({"words_min":40,"words_max":60})");
    for (std::size_t i = 0; i < asks / 2; i += 50) {
      // The circuit would open and spare us the cuts.
      if (i % 100 == 0) story.pass(40'000);
      std::vector<Wish> wishes;
      for (std::size_t j = i; j < std::min(asks / 2, i + 50); ++j)
        wishes.push_back(wish_number(2 * j));
      const std::vector<Told> told = story.ask_all(wishes);
      const std::vector<Told> right = healthy.ask_all(wishes);
      for (std::size_t j = 0; j < told.size(); ++j) {
        const Heard heard = told[j].heard(wishes[j]);
        if (!heard.whole) continue;
        const bool by_second = told[j].header("x-wye-deployment") == "second";
        if (!by_second && heard.text != right[j].heard(wishes[j]).text) ++wrong;
        ++whole;
      }
    }
  }
  return {"cut streams that look whole", "0 of 10,000",
          fmt::format("{} of {} ({} were made whole)", wrong, asks, whole), wrong == 0};
}

namespace {

struct FirstTokens {
  double p99_ms = 0;
  double extra_percent = 0;
};

FirstTokens first_tokens(bool hedging, std::size_t asks) {
  std::string policy(two_providers);
  if (hedging) policy += "reliability: { hedge: { after: p95, max_extra: 2% } }\n";
  Story story(policy);
  set(story, "acme",
      R"({"words_min":5,"words_max":12,"ttft_ms":100,"jitter":0.2,"tokens_per_second":400,"faults":[{"kind":"slow_first_token","rate":0.0125,"wait_ms":1900}]})");
  set(story, "backup",
      R"({"words_min":5,"words_max":12,"ttft_ms":100,"jitter":0.2,"tokens_per_second":400})");
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < asks; ++i) {
    times.push_back(story.ask(wish_number(2 * i)).first_byte_us);
  }
  std::sort(times.begin(), times.end());
  const std::uint64_t calls = story.calls("acme") + story.calls("backup");
  return {static_cast<double>(times[times.size() * 99 / 100]) / 1000.0,
          percent(calls - asks, asks)};
}

}  // namespace

Figure first_tokens_with_hedging(double scale) {
  const std::size_t asks = scaled(scale, 10'000, 2'000);
  const FirstTokens without = first_tokens(false, asks);
  const FirstTokens with = first_tokens(true, asks);
  const double better = without.p99_ms / with.p99_ms;
  return {"first-token p99 with hedging, 1.25 % slow answers (so that p99 is one of them)",
          ">= 5x for <= 2 % more calls",
          fmt::format("{:.0f} ms to {:.0f} ms, {:.1f}x, {:.2f} % more calls", without.p99_ms,
                      with.p99_ms, better, with.extra_percent),
          better >= 5 && with.extra_percent <= 2};
}

Figure reloads_under_load(double scale) {
  Story story(two_providers);
  for (const char* name : {"acme", "backup"}) set(story, name, quick);
  const auto reloads = static_cast<int>(std::max(10.0, 100 * scale));
  std::size_t failed = 0;
  std::size_t asks = 0;
  for (int i = 0; i < reloads; ++i) {
    std::vector<Wish> wishes;
    for (std::size_t j = 0; j < 20; ++j) wishes.push_back(wish_number(j));
    // The reload comes while the answers are on their way.
    story.after(30, [&story, i] {
      std::string changed(two_providers);
      changed += fmt::format("reliability: {{ deadline: {}s }}\n", 30 + i % 7);
      story.reload(changed);
    });
    const std::vector<Told> told = story.ask_all(wishes);
    for (std::size_t j = 0; j < told.size(); ++j) {
      ++asks;
      if (told[j].status != 200 || !told[j].heard(wishes[j]).whole) ++failed;
    }
  }
  return {"requests that fail while the policy is reloaded 100 times", "0",
          fmt::format("{} of {} in {} reloads", failed, asks, reloads), failed == 0};
}

}  // namespace wye::chaos
